/** Decides inside the bill cycle: the generated function, then the policy; every decision is recorded. */
import type { LoadedRuleSet } from '../load.ts';
import type { Decision } from '../model.ts';
import type { Outcome } from '../outcomes.ts';
import type { Facts } from '../rule-set.ts';
import { applyPolicy, type Verdict } from './policy.ts';

/**
 * The verdict of a decision set on base facts, or undefined if the rule set has no such set. The caller says by `O` which
 * family it asked for; `about` names what is decided on: an event, a line, a subscription, the account. Throws an Error if a
 * fact the set reads has no value.
 */
export function decide<O extends Outcome>(
  rules: LoadedRuleSet,
  setId: string,
  facts: Facts,
  record: Decision[],
  about?: string,
): Verdict<O> | undefined {
  const loaded = rules.sets.get(setId);
  if (!loaded) return undefined;
  const seen = loaded.project(facts);
  const matches = loaded.matches(seen).map((index) => loaded.set.rules[index]?.name ?? '');
  record.push(about === undefined ? { set: setId, facts: seen, matches } : { set: setId, about, facts: seen, matches });
  return applyPolicy(loaded.set, matches) as Verdict<O>;
}
