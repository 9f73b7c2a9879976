/** Facts that analysts declared, and what holds a bill where one that is never missing has no value. */
import { exceptionOf } from './exceptions.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Exception } from './model.ts';
import { onceOf } from './once-of.ts';
import type { FactDefinition } from './rule-set.ts';
import { serviceFacts } from './service-facts.ts';
import { builtInFacts } from './vocabulary.ts';

/** Asked for every account, of one rule set. */
export const declaredFacts = onceOf(({ document }: LoadedRuleSet): readonly FactDefinition[] => {
  const { facts, services } = document;
  const builtIn = new Set([...builtInFacts, ...services.flatMap(serviceFacts)].map((fact) => fact.name));
  return facts.filter((fact) => !builtIn.has(fact.name));
});

/** One exception for each declared fact that a rule reads, that is never missing, and that this customer lacks. */
export function missingFacts(cycle: AccountCycle, rules: LoadedRuleSet): readonly Exception[] {
  const given = { ...cycle.customer.facts, ...cycle.stated };
  return declaredFacts(rules)
    .filter((fact) => fact.scope !== 'event' && given[fact.name] === undefined && mustBeKnown(fact, rules))
    .map((fact) =>
      exceptionOf('missing-fact', cycle.account.id, `"${fact.name}" is not known for customer ${cycle.customer.id}.`),
    );
}

/** Some rule reads it without asking whether it is known. */
export function mustBeKnown({ name, optional }: FactDefinition, rules: LoadedRuleSet): boolean {
  return !optional && [...rules.sets.values()].some(({ inputs }) => inputs.includes(name));
}
