import type { Knex } from 'knex';
import { evaluateCycle } from '../../engine/cycle.ts';
import { cutUsage } from '../usage/usage-lock.ts';
import { loadCycles } from './load-cycles.ts';
import { moveAccounts } from './move-accounts.ts';
import type { RunContext, ShardAccount } from './run-context.ts';
import { type FoundException, storeExceptions } from './store-exceptions.ts';

/**
 * Bills the open account cycles of a shard by the one function that everybody calls. The bill is kept as a draft with what
 * it was made from; doubtful ones are held for a person, the others are clear.
 */
export async function rateShard(
  trx: Knex.Transaction,
  { run, rules }: RunContext,
  shard: readonly ShardAccount[],
): Promise<void> {
  const usageCut = run.usageCut ?? 0;
  const cycles = await loadCycles(
    trx,
    shard.map((account) => ({ ...account, usageCut })),
  );
  const found: FoundException[] = [];
  const moves = cycles.map((cycle) => {
    const [accountId, periodFrom] = [cycle.account.id, cycle.bounds.from];
    const { rated, bill, exceptions, intents } = evaluateCycle(cycle, rules);
    found.push(...exceptions.map((exception) => ({ exception, runId: run.id, accountId, periodFrom })));
    const isHeld = exceptions.some(({ action }) => action === 'hold');
    const state = isHeld ? ('held' as const) : ('clear' as const);
    return { accountId, periodFrom, state, usageCut, inputs: { ...cycle, usage: [] }, rated, bill, intents };
  });
  await storeExceptions(trx, found);
  await moveAccounts(trx, run.id, 'open', moves);
}

/** Fixed once per run, so that whatever is rated again is rated with the same usage. */
export async function fixUsageCut({ db, run }: RunContext): Promise<void> {
  await db.transaction(async (trx) => {
    const cut = await cutUsage(trx);
    await trx('bill_run').where({ run_id: run.id, usage_cut: null }).update({ usage_cut: cut });
  });
}
