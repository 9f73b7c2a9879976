import type { Knex } from 'knex';
import { cycleBounds } from '../../engine/cycles.ts';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import type { ScheduleAction } from '../../engine/outcomes.ts';
import { localDate } from '../../engine/period.ts';
import { readAccountTimes } from '../accounts/account-changes.ts';
import type { Subject } from './subjects.ts';

/** An account that no bill follows for. */
export interface Closed {
  readonly accountId: string;
  readonly closedOn: LocalDate;
}

/**
 * The account that a subject belongs to, where no bill follows that could carry a fee of now: it was closed before the cycle began that is open now.
 * Undefined where one follows. What a correction might open a cycle for counts for none: nobody knows whether there will be any.
 */
export async function closedWithoutBill(db: Knex, { account }: Subject, now: EpochMs): Promise<Closed | undefined> {
  if (account === undefined) return undefined;
  const row = await db('billing_account')
    .where({ account_id: account.id })
    .first<{ closed_on: LocalDate | null }>('closed_on');
  const times = await readAccountTimes(db, account.id);
  if (!row?.closed_on || !times) return undefined;
  const { from } = cycleBounds(times, localDate(now, account.zone));
  return from >= row.closed_on ? { accountId: account.id, closedOn: row.closed_on } : undefined;
}

/** Why a step goes without its fees. */
export function withoutFees(actions: readonly ScheduleAction[], { accountId, closedOn }: Closed): string {
  const titles = actions.flatMap((action) => (action.kind === 'fee' ? [`“${action.title}”`] : []));
  return `Without ${titles.join(', ')}: account ${accountId} is closed since ${closedOn}, and no bill follows`;
}
