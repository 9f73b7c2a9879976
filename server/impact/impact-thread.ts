import { type AccountImpact, accountImpact } from '../../engine/impact.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { serveTasks } from '../threads.ts';
import { type RecordedCycle, readRecorded } from './recorded-cycles.ts';

export interface BothRuleSets {
  readonly before: RuleSet;
  readonly after: RuleSet;
}

/** Bills batches of cycles under both rule sets. */
export async function startImpacts({ before, after }: BothRuleSets) {
  const [old, young] = [loadRuleSet(before), loadRuleSet(after)];
  return async (cycles: readonly RecordedCycle[]): Promise<readonly AccountImpact[]> =>
    cycles.flatMap((one) => [...readRecorded(one)].map((cycle) => accountImpact(cycle, old, young)));
}

serveTasks(startImpacts);
