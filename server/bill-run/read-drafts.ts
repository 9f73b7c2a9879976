import type { Knex } from 'knex';
import type { AccountCycle, Bill, MessageIntent } from '../../engine/model.ts';
import { loadUsage } from './load-usage.ts';
import type { ShardAccount } from './run-context.ts';

/** What rating has left of one account cycle. */
export interface Draft {
  /** The cycle as rating found it, without its usage: what changes in the books meanwhile belongs to the next cycle. */
  readonly inputs: AccountCycle;
  readonly usageCut: number;
  readonly bill: Bill;
  readonly intents: readonly MessageIntent[];
}

/** The drafts of a shard, in the shard's order. */
export async function readDrafts(db: Knex, shard: readonly ShardAccount[]): Promise<readonly Draft[]> {
  const keys = shard.map((one) => [one.accountId, one.bounds.from]);
  const rows = await db('account_cycle')
    .whereIn(['account_id', 'period_from'], keys)
    .select('account_id', 'period_from', 'inputs', { usageCut: 'usage_cut' }, 'bill', 'intents');
  const byKey = new Map(rows.map((row) => [`${row.account_id} ${row.period_from}`, row]));
  return shard.map((one) => {
    const row = byKey.get(`${one.accountId} ${one.bounds.from}`);
    if (!row?.inputs)
      throw new Error(`The cycle of account ${one.accountId} from ${one.bounds.from} has not been rated`);
    return row;
  });
}

/** The drafts' cycles with the very usage that was rated. */
export async function withUsage(
  db: Knex,
  drafts: readonly Pick<Draft, 'inputs' | 'usageCut'>[],
): Promise<readonly AccountCycle[]> {
  const usage = await loadUsage(
    db,
    drafts.map(({ inputs, usageCut }) => ({
      accountId: inputs.account.id,
      times: inputs.account,
      bounds: inputs.bounds,
      usageCut,
    })),
  );
  return drafts.map(({ inputs }, index) => ({ ...inputs, usage: usage[index] ?? [] }));
}
