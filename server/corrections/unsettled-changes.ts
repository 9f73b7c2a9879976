/** What has become known late of subscriptions' lives: which bills do not know of it yet, and those bills' cycles with it. */
import type { Knex } from 'knex';
import { withKnownLives } from '../../engine/known-lives.ts';
import type { LocalDate } from '../../engine/model.ts';
import { loadCyclesWithoutUsage } from '../bill-run/load-cycles.ts';
import type { StoredCycle } from './issued-cycles.ts';

/** By account: the first day that is otherwise than it was billed. Only accounts that have any. */
export async function readUnsettled(db: Knex, accountIds: readonly string[]): Promise<ReadonlyMap<string, LocalDate>> {
  const rows: { account_id: string; first: LocalDate }[] = await db('unsettled_change')
    .whereIn('account_id', accountIds)
    .groupBy('account_id')
    .select('account_id', db.raw('min(from_day) as first'));
  return new Map(rows.map(({ account_id, first }) => [account_id, first]));
}

/** Issued cycles of one account with the lives of its subscriptions as they are known now. */
export async function withLivesNow(db: Knex, issued: readonly StoredCycle[]): Promise<readonly StoredCycle[]> {
  const last = issued.at(-1);
  if (!last) return issued;
  const { account, bounds } = last.inputs;
  const [now] = await loadCyclesWithoutUsage(db, [{ accountId: account.id, bounds }]);
  return issued.map((one) => ({ ...one, inputsNow: withKnownLives(one.inputs, now?.subscriptions ?? []) }));
}

/** Keeps with which cycles changes were found: they are settled when those are issued. */
export async function markFound(
  trx: Knex.Transaction,
  cycles: readonly { readonly accountId: string; readonly periodFrom: LocalDate }[],
): Promise<void> {
  await trx.raw(
    `
    update backdated_change b set found_by = w.period_from
    from unsettled_change u join unnest(?::text[], ?::date[]) as w (account_id, period_from) using (account_id)
    where (u.subscription_id, u.number) = (b.subscription_id, b.number)`,
    [cycles.map(({ accountId }) => accountId), cycles.map(({ periodFrom }) => periodFrom)],
  );
}

/** Settles what the correction of an account's cycles from a day on has taken in. */
export async function settleChanges(
  trx: Knex.Transaction,
  accountId: string,
  from: LocalDate | '',
  on: LocalDate,
): Promise<void> {
  await trx.raw(
    `
    update backdated_change b set settled_on = ?
    from unsettled_change u
    where u.account_id = ? and u.from_day > ? and (u.subscription_id, u.number) = (b.subscription_id, b.number)`,
    [on, accountId, from || '-infinity'],
  );
}
