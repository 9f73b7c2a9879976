import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import { cycleBounds } from '../../engine/cycles.ts';
import type { AccountCycle, Customer } from '../../engine/model.ts';
import { readAccountTimes } from '../accounts/account-changes.ts';
import { loadCyclesWithoutUsage } from '../bill-run/load-cycles.ts';
import { loadCycleUsage } from '../bill-run/load-usage.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { correctStored, type FoundCorrection, readWithdrawn } from './find-corrections.ts';
import { readIssuedCycles, type StoredCycle } from './issued-cycles.ts';
import { type SortedLate, sortLate } from './late-usage.ts';
import { readUnsettled, withLivesNow } from './unsettled-changes.ts';

/** What a person wants to have evaluated once more. */
export interface CorrectionRequest {
  readonly accounts: readonly string[];
  /** First day of the first cycle to correct; all that can be, if absent. */
  readonly from?: string;
  /** Hash of repaired rules; each cycle by those of its invoice, if absent. */
  readonly ruleSet?: string;
  /** Customer and subscriptions as they are in the books now, or of the customer what taxes go by, and not as they were when billed. */
  readonly records?: 'now' | 'tax';
}

export interface Asked {
  readonly found: readonly FoundCorrection[];
  /** What came since the account's last rating. */
  readonly late: SortedLate;
  /** The cycle that opens next. */
  readonly open: AccountCycle;
}

/** What is to be corrected of an account by what is known at the cut. */
export async function findAsked(
  db: Knex,
  accountId: string,
  { from = '', ruleSet, records }: Omit<CorrectionRequest, 'accounts'>,
  usageCut: number,
): Promise<Asked> {
  const issued = (await readIssuedCycles(db, accountId, '9999-12-31')).filter(
    ({ inputs }) => inputs.bounds.from >= from,
  );
  const open = await nextCycle(db, accountId);
  const late = await sortKnown(db, open, issued, usageCut);
  const isBackdated = (await readUnsettled(db, [accountId])).has(accountId);
  const withLives = isBackdated ? await withLivesNow(db, issued) : issued;
  const wanted = records ? await withRecordsNow(db, withLives, records) : withLives;
  const reason = records || isBackdated ? ('changed records' as const) : await usageReason(db, open, usageCut);
  const evaluation = { usageCut, reason, late: late.correcting, charging: false };
  const found = await correctStored(db, wanted, { ...evaluation, ...(ruleSet !== undefined && { ruleSet }) });
  return { found, late, open };
}

async function usageReason(db: Knex, { account, bounds }: AccountCycle, usageCut: number) {
  const withdrawn = await readWithdrawn(db, [{ accountId: account.id, times: account, bounds, usageCut }]);
  return withdrawn.size > 0 ? ('corrected usage' as const) : ('late usage' as const);
}

/** The first cycle of an account that no run has rated, without its usage. */
async function nextCycle(db: Knex, accountId: string): Promise<AccountCycle> {
  const times = await readAccountTimes(db, accountId);
  if (!times) throw new Error(`There is no billing account ${accountId}`);
  const rated = await db('account_cycle')
    .where({ account_id: accountId })
    .whereNot({ state: 'open' })
    .max({ until: 'period_until' })
    .first();
  const { opened_on: openedOn } = await db('billing_account').where({ account_id: accountId }).first('opened_on');
  const [cycle] = await loadCyclesWithoutUsage(db, [
    { accountId, bounds: cycleBounds(times, rated?.until ?? openedOn) },
  ]);
  return cycle as AccountCycle;
}

/** By the rules of the account's last invoice; of what starts before the first cycle that is corrected, nothing is decided yet. */
async function sortKnown(
  db: Knex,
  open: AccountCycle,
  issued: readonly StoredCycle[],
  usageCut: number,
): Promise<SortedLate> {
  const [first, last] = [issued[0], issued.at(-1)];
  if (!first || !last) return { correcting: [], billedHere: [], tooLate: [] };
  const { account, bounds } = open;
  const [usage] = await loadCycleUsage(db, [{ accountId: account.id, times: account, bounds, usageCut }]);
  const begin = startOfAccountDay(account, first.inputs.bounds.from);
  const late = (usage?.late ?? []).filter(({ event }) => event.startAt >= begin);
  const rules = await loadReleasedRuleSet(db, last.standing.bill.ruleSet);
  const [sorted] = await sortLate(db, [open], [late], rules.document);
  return sorted as SortedLate;
}

async function withRecordsNow(
  db: Knex,
  issued: readonly StoredCycle[],
  records: 'now' | 'tax',
): Promise<readonly StoredCycle[]> {
  const now = await loadCyclesWithoutUsage(
    db,
    issued.map(({ inputs: { account, bounds } }) => ({ accountId: account.id, bounds })),
  );
  return issued.map((one, index) => {
    const { inputs, inputsNow = inputs } = one;
    const { customer, subscriptions } = now[index] ?? inputs;
    if (records === 'now') return { ...one, inputsNow: { ...inputsNow, customer, subscriptions } };
    return { ...one, inputsNow: { ...inputsNow, customer: taxedAs(inputsNow.customer, customer) } };
  });
}

function taxedAs({ vatId: _, ...then }: Customer, { category, country, taxCountry, vatId }: Customer): Customer {
  return { ...then, category, country, taxCountry, ...(vatId !== undefined && { vatId }) };
}
