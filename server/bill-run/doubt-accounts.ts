import type { Knex } from 'knex';
import { doubtCode, findMixedIdentity } from '../source-check/mixed-identity.ts';
import { readRunCycles } from '../source-check/run-cycles.ts';
import type { CollectContext } from '../usage/place-line.ts';
import type { AccountCycleState, ShardAccount } from './run-context.ts';
import { storeExceptions } from './store-exceptions.ts';

/**
 * Doubts single accounts, before anything is rated: those of subscriptions whose records seem to be another one's, or the other way round. The
 * run goes on; rating holds their bills. What has been mended since is settled.
 */
export async function doubtAccounts(context: CollectContext, runId: string): Promise<void> {
  const { db } = context;
  const found = await findMixedIdentity(context, await readRunCycles(db, runId));
  await db.transaction(async (trx) => {
    await storeExceptions(
      trx,
      found.map((one) => ({ ...one, runId })),
    );
    await trx('exception')
      .where({ run_id: runId, code: doubtCode, state: 'open' })
      .whereNotIn(
        'subject',
        found.map(({ exception }) => exception.subject),
      )
      .update({ state: 'approved', reason: 'It is so no more: mended by what came since.', decided_by: 'Ratebook' });
  });
}

/**
 * The state that a doubt gives the cycle of an account, whatever its bill is: held until a person has decided, rejected if one has
 * rejected it already. The cycles are locked, so that no decision falls between.
 */
export async function doubtedAccounts(
  trx: Knex.Transaction,
  runId: string,
  shard: readonly ShardAccount[],
): Promise<ReadonlyMap<string, Extract<AccountCycleState, 'held' | 'rejected'>>> {
  const accounts = shard.map(({ accountId }) => accountId);
  await trx('account_cycle')
    .where({ run_id: runId })
    .whereIn('account_id', accounts)
    .orderBy('account_id')
    .forUpdate()
    .select('account_id');
  const rows: { account_id: string; state: string }[] = await trx('exception')
    .where({ run_id: runId, code: doubtCode })
    .whereIn('account_id', accounts)
    .whereIn('state', ['open', 'rejected'])
    .select('account_id', 'state');
  return new Map(
    rows
      .sort((a, b) => (a.state < b.state ? -1 : 1))
      .map((row) => [row.account_id, row.state === 'rejected' ? 'rejected' : 'held']),
  );
}
