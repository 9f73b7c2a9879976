import { availableParallelism } from 'node:os';
import { type AccountImpact, type Impact, startImpact } from '../../engine/impact.ts';
import { workThrough } from '../threads.ts';
import { type BothRuleSets, startImpacts } from './impact-thread.ts';
import type { RecordedCycle } from './recorded-cycles.ts';

/**
 * Bills recorded cycles under two rule sets, in threads of their own, and sums what differs. Cycles are read as they are needed.
 *
 * @param threads one for each core if not told.
 * @param onAccount hears of every account, in no particular order.
 */
export async function impactOf(
  rules: BothRuleSets,
  cycles: AsyncIterable<RecordedCycle>,
  onAccount: (one: AccountImpact) => void = () => {},
  threads = availableParallelism(),
): Promise<readonly Impact[]> {
  const sum = startImpact();
  const module = new URL(
    import.meta.url.endsWith('.ts') ? './impact-thread.ts' : './impact-thread.js',
    import.meta.url,
  );
  await workThrough({ module, start: startImpacts, setup: rules, threads }, batches(cycles), (impacts) => {
    for (const one of impacts) {
      sum.add(one);
      onAccount(one);
    }
  });
  return sum.result();
}

/** Handing a cycle to a thread costs little if several go at once, as those of a file do anyway. */
const batchSize = 10;

async function* batches(cycles: AsyncIterable<RecordedCycle>): AsyncGenerator<readonly RecordedCycle[]> {
  let batch: RecordedCycle[] = [];
  for await (const cycle of cycles) {
    batch.push(cycle);
    if (batch.length < batchSize && !('lines' in cycle)) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
