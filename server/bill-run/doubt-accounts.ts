import type { Knex } from 'knex';
import { exceptionOf } from '../../engine/exceptions.ts';
import { type Doubt, readRunCycles } from '../source-check/run-cycles.ts';
import { strangeDevices } from '../source-check/strange-devices.ts';
import { tornRecords } from '../source-check/torn-records.ts';
import type { CollectContext } from '../usage/place-line.ts';
import type { AccountCycleState, ShardAccount } from './run-context.ts';
import { storeExceptions } from './store-exceptions.ts';

/** Of doubts about whose the records are: found before rating, of more than one account at once. */
export const doubtCode = 'mixed-identity';

/** Sentences that the evidence quotes. */
const quoted = 3;

/**
 * Doubts single accounts, before anything is rated: those of subscriptions whose records seem to be another one's, or the other way round. The
 * run goes on; rating holds their bills. What has been mended since is settled.
 */
export async function doubtAccounts(db: Knex, runId: string, context: Omit<CollectContext, 'db'>): Promise<void> {
  const cycles = await readRunCycles(db, runId);
  const doubts = [...(await tornRecords(context, db, cycles)), ...(await strangeDevices(db, cycles))];
  const bySubscription = new Map<string, Doubt[]>();
  for (const doubt of doubts) {
    const known = bySubscription.get(doubt.subscriptionId);
    if (known) known.push(doubt);
    else bySubscription.set(doubt.subscriptionId, [doubt]);
  }
  const found = [...bySubscription].flatMap(([subscriptionId, [first, ...others]]) =>
    first
      ? [
          {
            exception: exceptionOf(doubtCode, subscriptionId, inWords([first, ...others])),
            runId,
            accountId: first.cycle.accountId,
            periodFrom: first.cycle.periodFrom,
          },
        ]
      : [],
  );
  await db.transaction(async (trx) => {
    await storeExceptions(trx, found);
    await trx('exception')
      .where({ run_id: runId, code: doubtCode, state: 'open' })
      .whereNotIn('subject', [...bySubscription.keys()])
      .update({ state: 'approved', reason: 'It is so no more: mended by what came since.', decided_by: 'Ratebook' });
  });
}

function inWords(doubts: readonly Doubt[]): string {
  const sentences = doubts.map(({ evidence }) => evidence);
  const more = sentences.length > quoted ? [`And ${sentences.length - quoted} more like these.`] : [];
  return [...sentences.slice(0, quoted), ...more].join(' ');
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
