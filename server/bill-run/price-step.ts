import { priceCycle } from '../../engine/cycle.ts';
import { moveAccounts } from './move-accounts.ts';
import { readDrafts } from './read-drafts.ts';
import { countAccounts, forEachShard, type RunContext } from './run-context.ts';

const shardSize = 100;

/** Makes draft bills of what rating left: fees, discounts, taxes, totals. */
export async function priceStep(context: RunContext): Promise<void> {
  const { db, run, rules } = context;
  const total = await countAccounts(context);
  let done = total - (await countAccounts(context, ['rated']));
  await forEachShard(context, 'rated', shardSize, async (shard) => {
    const moves = (await readDrafts(db, shard)).map(({ inputs, rated }) => ({
      accountId: inputs.account.id,
      periodFrom: inputs.bounds.from,
      state: 'priced' as const,
      bill: priceCycle(inputs, rated, rules).bill,
    }));
    await db.transaction((trx) => moveAccounts(trx, run.id, 'rated', moves));
    done += shard.length;
    context.onProgress({ step: 'price', done, total, unit: 'accounts' });
  });
}
