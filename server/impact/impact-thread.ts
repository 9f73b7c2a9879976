import { type AccountImpact, accountImpact, type ImpactSums, startImpact } from '../../engine/impact.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { serveTasks } from '../threads.ts';
import { type RecordedCycle, readRecorded } from './recorded-cycles.ts';

export interface ImpactSetup {
  readonly before: RuleSet;
  readonly after: RuleSet;
  /** Whether every account is wanted, beside the sums. */
  readonly isEachWanted: boolean;
}

export interface PartImpact {
  readonly sums: ImpactSums;
  readonly accounts: readonly AccountImpact[];
}

/** Bills parts of the cycles under both rule sets. */
export async function startImpacts({ before, after, isEachWanted }: ImpactSetup) {
  const [old, young] = [loadRuleSet(before), loadRuleSet(after)];
  return async (part: readonly RecordedCycle[]): Promise<PartImpact> => {
    const sum = startImpact();
    const accounts: AccountImpact[] = [];
    for (const recorded of part) {
      for (const cycle of readRecorded(recorded)) {
        const one = accountImpact(cycle, old, young);
        sum.add(one);
        if (isEachWanted) accounts.push(one);
      }
    }
    return { sums: sum.sums(), accounts };
  };
}

serveTasks(startImpacts);
