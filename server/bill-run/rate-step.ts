import { rateCycle } from '../../engine/cycle.ts';
import { cutUsage } from '../usage/usage-lock.ts';
import { loadCycles } from './load-cycles.ts';
import { moveAccounts } from './move-accounts.ts';
import { countAccounts, forEachShard, type RunContext } from './run-context.ts';

const shardSize = 25;

/** Rates the usage of every open account cycle; what rating leaves is kept with the cycle. */
export async function rateStep(context: RunContext): Promise<void> {
  const { db, run, rules } = context;
  const usageCut = await fixUsageCut(context);
  const total = await countAccounts(context);
  let done = total - (await countAccounts(context, ['open']));
  await forEachShard(context, 'open', shardSize, async (shard) => {
    const cycles = await loadCycles(
      db,
      shard.map((account) => ({ ...account, usageCut })),
    );
    const moves = cycles.map((cycle) => ({
      accountId: cycle.account.id,
      periodFrom: cycle.bounds.from,
      state: 'rated' as const,
      usageCut,
      inputs: { ...cycle, usage: [] },
      rated: rateCycle(cycle, rules).usage,
    }));
    await db.transaction((trx) => moveAccounts(trx, run.id, 'open', moves));
    done += shard.length;
    context.onProgress({ step: 'rate', done, total, unit: 'accounts' });
  });
}

/** Fixed once per run, so that a rating that was killed goes on with the same usage. */
async function fixUsageCut({ db, run }: RunContext): Promise<number> {
  return db.transaction(async (trx) => {
    const cut = await cutUsage(trx);
    await trx('bill_run').where({ run_id: run.id, usage_cut: null }).update({ usage_cut: cut });
    const row = await trx('bill_run').where({ run_id: run.id }).first('usage_cut');
    return row.usage_cut;
  });
}
