import type { Knex } from 'knex';
import { cycleBounds } from '../../engine/cycles.ts';
import type { AccountCycle, LocalDate } from '../../engine/model.ts';
import { readAccountTimes } from '../accounts/account-changes.ts';
import { loadCycles } from '../corrections/open-cycles.ts';
import { withUsage } from './read-drafts.ts';

/**
 * One account's cycle: as the bill run rated it, or as one would load it now. Without `periodFrom`: the last cycle that a run has taken up, or the one
 * that is open today if none has. Undefined for an unknown account.
 */
export async function findAccountCycle(
  db: Knex,
  accountId: string,
  today: LocalDate,
  periodFrom?: LocalDate,
): Promise<AccountCycle | undefined> {
  const times = await readAccountTimes(db, accountId);
  if (!times) return undefined;
  const known = await db('account_cycle')
    .where({ account_id: accountId, ...(periodFrom ? { period_from: periodFrom } : {}) })
    .orderBy('period_from', 'desc')
    .first();
  if (known?.inputs) {
    const [cycle] = await withUsage(db, [{ inputs: known.inputs, usageCut: known.usage_cut }]);
    return cycle;
  }
  const bounds = known
    ? { from: known.period_from, until: known.period_until, nextUntil: known.next_until }
    : cycleBounds(times, periodFrom ?? today);
  const [cycle] = await loadCycles(db, [{ accountId, bounds }]);
  return cycle;
}

/** An invoice that a run or the clock has issued; undefined for one of the predecessor system. */
export async function findOwnInvoice(db: Knex, number: string) {
  return db('invoice')
    .where({ number })
    .where((ours) => ours.whereNotNull('run_id').orWhere('interim', '>', 0))
    .first();
}

/** The cycle that an invoice of ours was made from: as a run rated it, or for one before its end as it was by then. */
export async function findInvoicedCycle(
  db: Knex,
  invoice: Readonly<Record<'number' | 'account_id' | 'issued_on' | 'period_from', string>> & {
    readonly interim: number;
  },
): Promise<AccountCycle | undefined> {
  const { number, account_id, issued_on, period_from, interim } = invoice;
  if (interim === 0) return findAccountCycle(db, account_id, issued_on, period_from);
  const then = await db('interim_invoice').where({ number }).first('inputs', { usageCut: 'usage_cut' });
  return then && (await withUsage(db, [then]))[0];
}
