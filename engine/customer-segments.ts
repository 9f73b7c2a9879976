/** Segments: what kind of customer this is. Decided before everything else that reads the customer. */
import { applyPolicy } from './decide/policy.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import type { SegmentOutcome } from './outcomes.ts';
import type { DecisionSet, Facts } from './rule-set.ts';

/**
 * The value of `customer.segments`: the names of all segments whose rules match, in the order of the rules. The same in
 * the bill cycle and on events, because a segment reads the customer alone.
 *
 * @param facts of the customer, complete; throws an Error if one that a segment reads has no value.
 */
export function customerSegments(facts: Facts, rules: LoadedRuleSet, record: Decision[] = []): readonly string[] {
  const loaded = rules.sets.get('segment');
  if (!loaded) return [];
  const seen = loaded.project(facts);
  const matches = loaded.matches(seen).map((index) => loaded.set.rules[index]?.name ?? '');
  record.push({ set: 'segment', facts: seen, matches });
  return segmentsIn(loaded.set, matches);
}

function segmentsIn(set: DecisionSet, matches: readonly string[]): readonly string[] {
  return applyPolicy(set as DecisionSet<SegmentOutcome>, matches).rules.map(
    ({ event }) => event.params.outcome.segment,
  );
}
