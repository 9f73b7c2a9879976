import type { Knex } from 'knex';
import { accountDate } from '../../engine/account-days.ts';
import type { AccountTimes } from '../../engine/billing-account.ts';
import { cycleBounds } from '../../engine/cycles.ts';
import type { CycleBounds, EpochMs, LocalDate } from '../../engine/model.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { readAccountChanges } from '../accounts/account-changes.ts';

/** An account whose open cycle may have come to an amount that its plans say. */
export interface OpenAccount {
  readonly accountId: string;
  readonly bounds: CycleBounds;
  readonly times: AccountTimes;
  /** The day in the account's zone. */
  readonly today: LocalDate;
}

/**
 * Accounts with a plan that says such amounts, in whose open cycle usage has become known since it was last asked by these rules. What the
 * cycle opens with must be known: who still waits for the bill of the cycle before is not among them. In the order of the accounts.
 *
 * @param usageCut the last delivery that counts.
 * @param accountId asks of this account only, also if nothing has become known.
 */
export async function findOpenAccounts(
  db: Knex,
  { hash, plans }: RuleSet,
  usageCut: number,
  now: EpochMs,
  accountId?: string,
): Promise<readonly OpenAccount[]> {
  const names = plans.filter(({ invoiceAt }) => invoiceAt).flatMap(({ id, renamedFrom }) => [id, renamedFrom ?? id]);
  if (names.length === 0) return [];
  const { rows } = await db.raw<{ rows: AccountRow[] }>(
    `
    with metered as (
      select s.account_id from subscription s where s.plan = any(:names)
      union select s.account_id from subscription s join plan_change c using (subscription_id) where c.plan = any(:names)),
    open as (
      select a.account_id, a.zone, a.cycle_day, a.closed_on,
        greatest(a.opened_on,
          (select max(i.period_until) from invoice i where i.account_id = a.account_id),
          (select max(k.period_until) from account_cycle k where k.account_id = a.account_id and k.state = 'rejected')) as open_from
      from billing_account a join metered using (account_id)
      where not exists (select from account_cycle k where k.account_id = a.account_id and k.state not in ('invoiced', 'rejected'))
        and (:account::text is null or a.account_id = :account))
    select o.* from open o left join threshold_look l on l.account_id = o.account_id and l.rule_set = :hash
    where :account::text is not null or exists (
      -- Days of accounts begin at most 14 hours before those of UTC.
      select from usage_version e where e.account_id = o.account_id and e.start_at >= (extract(epoch from o.open_from) - 50400) * 1000
        and e.file_id > coalesce(l.usage_cut, 0) and e.file_id <= :cut)
    order by o.account_id collate "C"`,
    { names, hash, cut: usageCut, account: accountId ?? null },
  );
  const changes = await readAccountChanges(
    db,
    rows.map((row) => row.account_id),
  );
  return rows.flatMap((row) => {
    const times = { zone: row.zone, cycleDay: row.cycle_day, ...changes.get(row.account_id) };
    const today = accountDate(times, now);
    const bounds = cycleBounds(times, today);
    const isOpen = row.open_from >= bounds.from && (row.closed_on === null || row.closed_on > today);
    return isOpen ? [{ accountId: row.account_id, bounds, times, today }] : [];
  });
}

interface AccountRow {
  readonly account_id: string;
  readonly zone: string;
  readonly cycle_day: number;
  readonly closed_on: string | null;
  /** Everything before this day is decided. */
  readonly open_from: string;
}
