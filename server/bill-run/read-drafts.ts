import type { Knex } from 'knex';
import type { Bill, MessageIntent, RatedUsage } from '../../engine/model.ts';
import type { ShardAccount } from './run-context.ts';

export interface Draft {
  readonly rated: RatedUsage;
  readonly bill: Bill;
  readonly intents: readonly MessageIntent[];
}

/** What rating left for each account of a shard, in the shard's order. */
export async function readRated(db: Knex, shard: readonly ShardAccount[]): Promise<readonly RatedUsage[]> {
  return (await readColumns(db, shard, ['rated'])).map((row) => row.rated);
}

/** Rated usage, draft bill and message intents of each account of a shard, in the shard's order. */
export async function readDrafts(db: Knex, shard: readonly ShardAccount[]): Promise<readonly Draft[]> {
  return readColumns(db, shard, ['rated', 'bill', 'intents']);
}

async function readColumns(
  db: Knex,
  shard: readonly ShardAccount[],
  columns: readonly string[],
): Promise<readonly Draft[]> {
  const rows = await db('account_cycle')
    .whereIn(
      ['account_id', 'period_from'],
      shard.map((one) => [one.accountId, one.bounds.from]),
    )
    .select('account_id', 'period_from', ...columns);
  const byKey = new Map(rows.map((row) => [`${row.account_id} ${row.period_from}`, row]));
  return shard.map((one) => {
    const row = byKey.get(`${one.accountId} ${one.bounds.from}`);
    if (!row) throw new Error(`Account ${one.accountId} has no cycle from ${one.bounds.from}`);
    return row;
  });
}
