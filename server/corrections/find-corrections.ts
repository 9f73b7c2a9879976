import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import { type CorrectedCycle, correctCycles, type IssuedCycle } from '../../engine/correct-cycles.ts';
import type { CorrectionCharge, CorrectionReason } from '../../engine/correction-charge.ts';
import { creditOverpaid } from '../../engine/credit.ts';
import { exceptionOf } from '../../engine/exceptions.ts';
import type { AccountCycle, Bill, Exception, UsageEvent } from '../../engine/model.ts';
import type { LateRecord, UsageSelection } from '../bill-run/load-usage.ts';
import { loadUsage } from '../bill-run/load-usage.ts';
import { identity } from '../bill-run/store-exceptions.ts';
import { type PaidOutCredit, readPaidOutCredit } from '../receivables/carried-credit.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { readIssuedCycles, type StoredCycle } from './issued-cycles.ts';
import { readUnsettled, withLivesNow } from './unsettled-changes.ts';

/** One issued cycle as it should be, and how that is brought about. */
export interface FoundCorrection extends CorrectedCycle {
  readonly stored: StoredCycle;
  readonly reason: CorrectionReason;
  readonly usageCut: number;
  /** What is the matter with the cycle that was not when it was billed. */
  readonly newExceptions: readonly Exception[];
}

/** An open cycle whose account may have issued ones to correct, with the late records that correct them. */
export type OpenSelection = UsageSelection & { readonly usageCut: number; readonly late: readonly LateRecord[] };

/** What corrects the issued cycles of each account, by the usage that is known at the cut; in the order of the selection. */
export async function findCorrections(
  db: Knex,
  open: readonly OpenSelection[],
): Promise<readonly (readonly FoundCorrection[])[]> {
  const withdrawn = await readWithdrawn(db, open);
  const waiting = await readWaiting(db, open);
  const unsettled = await readUnsettled(
    db,
    open.map(({ accountId }) => accountId),
  );
  const found: (readonly FoundCorrection[])[] = [];
  for (const [index, { accountId, late, usageCut, times, bounds }] of open.entries()) {
    const starts = [...late.map(({ event }) => event.startAt), ...(withdrawn.get(index) ?? [])];
    const owed = waiting.get(accountId);
    if (owed !== undefined) starts.push(startOfAccountDay(times, owed));
    const changedFrom = unsettled.get(accountId);
    // A bill knows changes of the day after its cycle, too.
    if (changedFrom !== undefined) starts.push(startOfAccountDay(times, changedFrom) - 1);
    const first = Math.min(...starts);
    const issued = starts.length > 0 ? await readIssuedCycles(db, accountId, bounds.from) : [];
    const affected = issued.filter(({ inputs }) => startOfAccountDay(times, inputs.bounds.until) > first);
    const wanted = changedFrom === undefined ? affected : await withLivesNow(db, affected);
    const ofUsage = withdrawn.has(index) ? 'corrected usage' : 'late usage';
    const reason = changedFrom === undefined ? ofUsage : 'changed records';
    found.push(await correctStored(db, wanted, { usageCut, reason, late, charging: true }));
  }
  return found;
}

export interface Evaluation {
  readonly usageCut: number;
  /** Where the rules are those of the invoice. */
  readonly reason: Exclude<CorrectionReason, 'repaired rules'>;
  /** What came since the account's last rating and corrects them. */
  readonly late: readonly LateRecord[];
  /** Hash of the rule set; each cycle by that of its invoice, if absent. */
  readonly ruleSet?: string;
  /** There will be an invoice now: what waits for one is charged. */
  readonly charging: boolean;
}

/** Evaluates issued cycles of one account once more; those of which nothing is different are left out. */
export async function correctStored(
  db: Knex,
  issued: readonly StoredCycle[],
  { usageCut, reason, late, ruleSet, charging }: Evaluation,
): Promise<readonly FoundCorrection[]> {
  if (issued.length === 0) return [];
  const usage = await loadUsage(
    db,
    issued.map(({ inputs: { account, bounds } }) => ({ accountId: account.id, times: account, bounds, usageCut })),
  );
  const cycles: IssuedCycle[] = [];
  for (const [index, { inputs, inputsNow = inputs, standing }] of issued.entries()) {
    const rules = await loadReleasedRuleSet(db, ruleSet ?? standing.bill.ruleSet);
    const known = [...(usage[index] ?? []), ...startedIn(inputs, late)];
    const own = rules.document.hash === standing.bill.ruleSet ? reason : ('repaired rules' as const);
    cycles.push({ cycle: { ...inputsNow, usage: known }, standing, rules, reason: own });
  }
  const corrected = correctCycles(cycles);
  const paidOut = await readPaidOutCredit(
    db,
    issued.map(({ inputs: { account } }) => account.id),
  );
  return corrected.flatMap((one, index): readonly FoundCorrection[] => {
    const stored = issued[index];
    if (!stored || isSame(one, stored, charging ? [] : stored.waiting)) return [];
    const newExceptions = [...one.exceptions, ...overpaid(one, paidOut)].filter(
      (exception) => !stored.exceptions.has(identity(exception)),
    );
    const own = cycles[index]?.reason ?? reason;
    return [{ ...one, ...told(one, stored, own), stored, usageCut, newExceptions }];
  });
}

/** Credit that the cycle would not leave any more, and that was paid out when its account was closed: a person must say what becomes of it. */
function overpaid({ cycle, carried }: CorrectedCycle, paidOut: PaidOutCredit): readonly Exception[] {
  const { id, currency } = cycle.account;
  return creditOverpaid(carried.credits, paidOut(id, cycle.bounds.until), currency).map(
    ({ amount, taxCategory, taxPercent }) =>
      exceptionOf(
        'closed-account',
        id,
        `${amount} ${currency} before tax (${taxCategory} ${taxPercent} %) of the credit that its bill from ${cycle.bounds.from} carried forward would not be due any more, and have been paid out: claim them from the customer, or leave them`,
      ),
  );
}

/** What only waited for its invoice is still owed for the reason for which it was found. */
function told(one: CorrectedCycle, stored: StoredCycle, found: CorrectionReason) {
  const reason = isAsFound(one, stored) ? (stored.waiting[0]?.reason ?? found) : found;
  const withReason = <T extends object>(document: T) => ({ ...document, reason });
  return { reason, creditNotes: one.creditNotes.map(withReason), charges: one.charges.map(withReason) };
}

function startedIn({ account, bounds }: AccountCycle, late: readonly LateRecord[]): readonly UsageEvent[] {
  const [from, until] = [startOfAccountDay(account, bounds.from), startOfAccountDay(account, bounds.until)];
  return late.map(({ event }) => event).filter(({ startAt }) => startAt >= from && startAt < until);
}

/** Nothing is owed but what waits already, and what the cycle leaves is what it left. */
function isSame(one: CorrectedCycle, stored: StoredCycle, waiting: readonly CorrectionCharge[]): boolean {
  const { creditNotes, charges, credit } = one;
  if (creditNotes.length > 0 || credit.used.length > 0 || charges.length !== waiting.length) return false;
  if (charges.some(({ amount, tax }, index) => amount !== waiting[index]?.amount || tax !== waiting[index]?.tax))
    return false;
  return isAsFound(one, stored);
}

/** Nothing has become known of the cycle since it was last found right. */
function isAsFound({ after, rated, cycle }: CorrectedCycle, stored: StoredCycle): boolean {
  return (
    isDeepStrictEqual(compared(after), compared(stored.standing.bill)) &&
    isDeepStrictEqual(plain(rated), plain(stored.rated)) &&
    isDeepStrictEqual(plain({ ...cycle, usage: [] }), plain(stored.inputs))
  );
}

/** A bill but for what the invoice says beyond its own cycle: its rules, what was told, and that taxes are of corrections, too. */
function compared(bill: Bill) {
  const { ruleSet: _, advantages: __, taxes, ...own } = plain(bill);
  return { ...own, taxes: taxes.map(({ because: ___, ...tax }) => tax) };
}

/** As the database gives it back. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** Starts of records of earlier cycles that were withdrawn or replaced since the account was last rated, by place. */
export async function readWithdrawn(
  db: Knex,
  open: readonly (UsageSelection & { readonly usageCut: number })[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { rows } = await db.raw<{ rows: { place: number; start_at: number }[] }>(
    `
    select w.place, e.start_at
    from unnest(?::text[], ?::bigint[], ?::int[], ?::date[]) with ordinality as w (account_id, from_ms, cut, period_from, place)
    join usage_version e on e.account_id = w.account_id and e.known_until is not null and e.start_at < w.from_ms and e.known_until <= w.cut
      and e.known_until > coalesce((select max(k.usage_cut) from account_cycle k
        where k.account_id = w.account_id and k.period_until <= w.period_from and k.state = 'invoiced'), 0)`,
    [
      open.map(({ accountId }) => accountId),
      open.map(({ bounds, times }) => startOfAccountDay(times, bounds.from)),
      open.map(({ usageCut }) => usageCut),
      open.map(({ bounds }) => bounds.from),
    ],
  );
  const starts = new Map<number, number[]>();
  for (const { place, start_at } of rows) starts.set(place - 1, [...(starts.get(place - 1) ?? []), start_at]);
  return starts;
}

/** The first cycle of each account that owes more by a correction that a person asked for, on no invoice yet. */
async function readWaiting(db: Knex, open: readonly OpenSelection[]): Promise<ReadonlyMap<string, string>> {
  const rows: { account_id: string; first: string }[] = await db('correction as c')
    .whereIn(
      'account_id',
      open.map(({ accountId }) => accountId),
    )
    .whereNotNull('issued_on')
    .whereNull('charged_on')
    .whereRaw("charges <> '[]'")
    .whereNotExists(
      db('correction as later')
        .whereRaw('later.account_id = c.account_id and later.period_from = c.period_from and later.number > c.number')
        .whereNotNull('later.issued_on')
        .select(db.raw('1')),
    )
    .groupBy('account_id')
    .select('account_id', db.raw('min(period_from) as first'));
  return new Map(rows.map(({ account_id, first }) => [account_id, first]));
}
