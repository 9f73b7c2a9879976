import { availableParallelism } from 'node:os';
import { type AccountImpact, type Impact, startImpact } from '../../engine/impact.ts';
import type { BothRuleSets } from '../rules/rule-revision.ts';
import { workThrough } from '../threads.ts';
import { startImpacts } from './impact-thread.ts';
import type { RecordedCycle } from './recorded-cycles.ts';

/**
 * Bills recorded cycles under two rule sets, in threads of their own, each of which sums what differs in its parts of them; here the
 * sums are joined. Cycles are read as they are needed. Rule sets that are still being compiled are waited for while the threads start.
 *
 * @param threads one for each core if not told.
 * @param onAccount hears of every account, in no particular order.
 */
export async function impactOf(
  rules: BothRuleSets | Promise<BothRuleSets>,
  cycles: AsyncIterable<RecordedCycle>,
  onAccount?: (one: AccountImpact) => void,
  threads = availableParallelism(),
): Promise<readonly Impact[]> {
  const sum = startImpact();
  const module = new URL(
    import.meta.url.endsWith('.ts') ? './impact-thread.ts' : './impact-thread.js',
    import.meta.url,
  );
  const setup = Promise.resolve(rules).then((both) => ({ ...both, isEachWanted: onAccount !== undefined }));
  await workThrough({ module, start: startImpacts, setup, threads }, batches(cycles), ({ sums, accounts }) => {
    sum.merge(sums);
    for (const one of accounts) onAccount?.(one);
  });
  return sum.result();
}

/** Handing a cycle to a thread costs little if several go at once, as those of a part of a file do anyway. */
const batchSize = 10;

async function* batches(cycles: AsyncIterable<RecordedCycle>): AsyncGenerator<readonly RecordedCycle[]> {
  let batch: RecordedCycle[] = [];
  for await (const cycle of cycles) {
    batch.push(cycle);
    if (batch.length < batchSize && !('until' in cycle)) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
