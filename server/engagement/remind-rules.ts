import type { LoadedRuleSet } from '../../engine/load.ts';
import type { RemindOutcome } from '../../engine/outcomes.ts';
import type { DecisionSet, Facts } from '../../engine/rule-set.ts';
import { dayOf } from './event-facts.ts';

/** A `remind` rule of the rules in force, with the set that it is decided in. */
export interface RemindRule {
  readonly name: string;
  readonly set: DecisionSet;
  readonly outcome: RemindOutcome;
}

/** All `remind` rules, in the author's order. */
export function remindRules(rules: LoadedRuleSet): readonly RemindRule[] {
  return rules.document.decisions
    .filter((set) => set.family === 'remind')
    .flatMap((set) => set.rules.map((rule) => ({ name: rule.name, set, outcome: rule.event.params.outcome })))
    .filter((rule): rule is RemindRule => rule.outcome.kind === 'remind');
}

/** The day that a date fact names; absent while it is missing. */
export function dateFact(facts: Facts, fact: string): string | undefined {
  const value = facts[fact];
  return typeof value === 'number' && facts[`${fact}.known`] !== false ? dayOf(value) : undefined;
}
