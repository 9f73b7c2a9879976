/** What was changed in how accounts count days and cycles: read for the bill cycle, entered by an operator. */
import type { Knex } from 'knex';
import type { AccountChange, AccountTimes } from '../../engine/billing-account.ts';
import type { LocalDate } from '../../engine/model.ts';
import { isConstraintViolation } from '../database/constraint-violation.ts';

export type AccountChangesById = ReadonlyMap<string, Required<Pick<AccountTimes, 'changes'>>>;

/** By account, in order of time; only accounts that have changes. Without ids: all. */
export async function readAccountChanges(db: Knex, accountIds?: readonly string[]): Promise<AccountChangesById> {
  const query = db('account_change').orderBy(['account_id', 'from_day']);
  const rows: ChangeRow[] = await (accountIds ? query.whereIn('account_id', accountIds) : query);
  const byAccount = new Map<string, { changes: AccountChange[] }>();
  for (const row of rows) {
    const known = byAccount.get(row.account_id) ?? { changes: [] };
    known.changes.push(toChange(row));
    byAccount.set(row.account_id, known);
  }
  return byAccount;
}

/** Undefined for an unknown account. */
export async function readAccountTimes(db: Knex, accountId: string): Promise<AccountTimes | undefined> {
  const row = await db('billing_account').where({ account_id: accountId }).first('zone', 'cycle_day');
  if (!row) return undefined;
  return { zone: row.zone, cycleDay: row.cycle_day, ...(await readAccountChanges(db, [accountId])).get(accountId) };
}

/** Held by who takes up cycles, to the end of the transaction: the changes that it has read stay all there are. */
export async function lockAccountChanges(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock_shared(hashtext('account_change'))`);
}

/** Enters a change, or replaces the one of the same day. */
export async function setAccountChange(
  db: Knex,
  accountId: string,
  { from, zone, cycleDay, bridge = 'shorter' }: AccountChange,
): Promise<'set' | 'unknown account' | 'already billed'> {
  const known = await db('billing_account').where({ account_id: accountId }).first('account_id');
  if (!known) return 'unknown account';
  const row = { zone: zone ?? null, cycle_day: cycleDay ?? null, bridge: cycleDay === undefined ? null : bridge };
  return unlessBilled(async () => {
    await db('account_change')
      .insert({ account_id: accountId, from_day: from, ...row })
      .onConflict(['account_id', 'from_day'])
      .merge(row);
    return 'set' as const;
  });
}

/** Takes back a change that no bill has counted with yet. */
export async function removeAccountChange(
  db: Knex,
  accountId: string,
  from: LocalDate,
): Promise<'removed' | 'unknown change' | 'already billed'> {
  return unlessBilled(async () => {
    const removed = await db('account_change').where({ account_id: accountId, from_day: from }).delete();
    return removed > 0 ? ('removed' as const) : ('unknown change' as const);
  });
}

interface ChangeRow {
  readonly account_id: string;
  readonly from_day: LocalDate;
  readonly zone: string | null;
  readonly cycle_day: number | null;
  readonly bridge: 'shorter' | 'longer' | null;
}

function toChange({ from_day, zone, cycle_day, bridge }: ChangeRow): AccountChange {
  return {
    from: from_day,
    ...(zone !== null && { zone }),
    ...(cycle_day !== null && { cycleDay: cycle_day }),
    ...(bridge !== null && { bridge }),
  };
}

async function unlessBilled<T>(change: () => Promise<T>): Promise<T | 'already billed'> {
  try {
    return await change();
  } catch (error) {
    if (isConstraintViolation(error, 'account_change_is_ahead')) return 'already billed';
    throw error;
  }
}
