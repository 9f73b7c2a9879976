/** Decides inside the bill cycle: the generated function, then the policy; every decision is recorded. */
import type { LoadedRuleSet, LoadedSet } from '../load.ts';
import type { Decision } from '../model.ts';
import type { Outcome } from '../outcomes.ts';
import { isKept } from '../recording.ts';
import type { Facts, StockRule } from '../rule-set.ts';
import { fireByPolicy, type Verdict } from './policy.ts';

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
  const { set } = loaded;
  const isRecorded = isKept(record);
  const seen = isRecorded ? loaded.project(facts) : loaded.complete(facts);
  const found = loaded.matches(seen);
  if (isRecorded) {
    const matches = found.map((index) => set.rules[index]?.name ?? '');
    record.push({ set: setId, ...(about !== undefined && { about }), facts: seen, matches });
  }
  return verdictOf(loaded, found) as Verdict<O>;
}

function verdictOf({ set, alone, unmatched, pairs }: LoadedSet, found: readonly number[]): Verdict | undefined {
  const [first] = found;
  if (first === undefined) return unmatched;
  if (found.length === 1) return alone[first];
  const fired = () =>
    fireByPolicy(
      set,
      found.map((index) => set.rules[index] as StockRule),
    );
  if (found.length > 2) return fired();
  const pair = first * set.rules.length + (found[1] as number);
  const verdict = pairs.get(pair) ?? fired();
  pairs.set(pair, verdict);
  return verdict;
}
