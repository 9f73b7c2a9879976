import type { LoadedRuleSet } from '../../engine/load.ts';
import type { DecisionSet, Facts, SourceLocation } from '../../engine/rule-set.ts';
import { isSchedule, type ScheduleOutcome } from '../../engine/schedule.ts';
import { dayOf } from './event-facts.ts';
import type { SubjectScope } from './subjects.ts';

/** A `remind` or `dunning` rule of the rules in force, with the set that it is decided in. */
export interface RemindRule {
  readonly name: string;
  readonly at: SourceLocation;
  readonly set: DecisionSet;
  readonly scope: SubjectScope;
  readonly outcome: ScheduleOutcome;
}

/** All rules with steps, in the author's order. */
export function remindRules(rules: LoadedRuleSet): readonly RemindRule[] {
  return rules.document.decisions
    .filter((set) => set.family === 'remind' || set.family === 'dunning')
    .flatMap((set) =>
      set.rules.flatMap(({ name, event: { params } }) => {
        const { outcome, at } = params;
        const scope = set.scope as SubjectScope;
        return isSchedule(outcome) ? [{ name, at, set, scope, outcome }] : [];
      }),
    );
}

/** The day that a date fact names; absent while it is missing. */
export function dateFact(facts: Facts, fact: string): string | undefined {
  const value = facts[fact];
  return typeof value === 'number' && facts[`${fact}.known`] !== false ? dayOf(value) : undefined;
}
