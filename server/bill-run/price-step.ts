import { priceCycle } from '../../engine/cycle.ts';
import { loadCycles } from './load-cycles.ts';
import { moveAccounts } from './move-accounts.ts';
import { readRated } from './read-drafts.ts';
import { countAccounts, forEachShard, type RunContext } from './run-context.ts';

const shardSize = 100;

/** Makes draft bills of what rating left: fees, discounts, taxes, totals. */
export async function priceStep(context: RunContext): Promise<void> {
  const { db, run, rules } = context;
  const total = await countAccounts(context);
  let done = total - (await countAccounts(context, ['rated']));
  await forEachShard(context, 'rated', shardSize, async (shard) => {
    const [cycles, rated] = await Promise.all([loadCycles(db, shard, { usage: false }), readRated(db, shard)]);
    const moves = cycles.map((cycle, index) => {
      const usage = rated[index];
      if (!usage) throw new Error(`Account ${cycle.account.id} has no rated usage to price`);
      return {
        accountId: cycle.account.id,
        periodFrom: cycle.bounds.from,
        state: 'priced' as const,
        bill: priceCycle(cycle, usage, rules).bill,
      };
    });
    await db.transaction((trx) => moveAccounts(trx, run.id, 'rated', moves));
    done += shard.length;
    context.onProgress({ step: 'price', done, total, unit: 'accounts' });
  });
}
