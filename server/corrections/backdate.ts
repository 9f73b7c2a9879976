import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';
import { addDays } from '../../engine/period.ts';
import { versionsOf } from '../../engine/plans.ts';
import { type BackdatedChange, enterBackdated, takenUpUntil } from '../accounts/backdated-changes.ts';
import { lockRatings } from '../bill-run/rating-lock.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { type CorrectedInvoice, correctAccount } from './ask-corrections.ts';
import { readIssuedCycles, type StoredCycle } from './issued-cycles.ts';

/** What was so of a subscription while its account was billed otherwise. */
export interface BackdateRequest {
  readonly subscriptionId: string;
  /** Entered in this order, all or none. */
  readonly changes: readonly BackdatedChange[];
}

export interface BackdatedBy {
  readonly by: string;
  readonly why: string;
  /** Day on which it becomes known, and of the credit notes. */
  readonly today: LocalDate;
}

export type BackdateOutcome =
  | { readonly kind: 'corrected'; readonly invoices: readonly CorrectedInvoice[] }
  | { readonly kind: 'unknown subscription' }
  | { readonly kind: 'unknown change' | 'overlapping pause'; readonly index: number }
  /** It would end before `first`, the first day on which it can. */
  | { readonly kind: 'ends too early'; readonly index: number; readonly first: LocalDate }
  /** Bills that are issued would not change: they need no correction. */
  | { readonly kind: 'ahead'; readonly billedUntil: LocalDate }
  /** Bills cannot be corrected, or not now; `why` says what to do. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Enters changes that reach back into billed cycles, and corrects the issued ones, in one transaction: credit notes at once, what is owed more
 * with the account's next invoice. Nothing is stored unless all of it is.
 */
export async function backdate(db: Knex, request: BackdateRequest, told: BackdatedBy): Promise<BackdateOutcome> {
  return inTransaction(db, request, told, (outcome) => outcome.kind === 'corrected');
}

/** What `backdate` would do now, done and taken back: nothing is stored, and no number is used. */
export async function previewBackdated(db: Knex, request: BackdateRequest, today: LocalDate): Promise<BackdateOutcome> {
  const outcome = await inTransaction(db, request, { by: 'preview', why: 'preview', today }, () => false);
  if (outcome.kind !== 'corrected') return outcome;
  const invoices = outcome.invoices.map((invoice) => ({
    ...invoice,
    creditNotes: invoice.creditNotes.map(({ number: _, ...note }) => note),
  }));
  return { kind: 'corrected', invoices };
}

async function inTransaction(
  db: Knex,
  request: BackdateRequest,
  told: BackdatedBy,
  isKept: (outcome: BackdateOutcome) => boolean,
): Promise<BackdateOutcome> {
  const undone: { outcome?: BackdateOutcome } = {};
  try {
    // Not by `trx.commit()`, which says nothing when the database goes away under it.
    return await db.transaction(async (trx) => {
      const outcome = await enterAndCorrect(trx, request, told);
      if (isKept(outcome)) return outcome;
      undone.outcome = outcome;
      throw new Error(outcome.kind);
    });
  } catch (error) {
    if (undone.outcome) return undone.outcome;
    throw error;
  }
}

async function enterAndCorrect(
  trx: Knex.Transaction,
  { subscriptionId, changes }: BackdateRequest,
  { by, why, today }: BackdatedBy,
): Promise<BackdateOutcome> {
  await lockRatings(trx);
  const row = await trx('subscription').where({ subscription_id: subscriptionId }).first('account_id');
  if (!row) return { kind: 'unknown subscription' };
  const billedUntil = await takenUpUntil(trx, subscriptionId);
  const days: LocalDate[] = [];
  for (const [index, change] of changes.entries()) {
    const entered = await enterBackdated(trx, subscriptionId, change, { by, why, on: today });
    if (entered === 'unknown') return { kind: 'unknown change', index };
    if (entered === 'paused already') return { kind: 'overlapping pause', index };
    if (entered === 'already billed') throw new Error(`The change ${index} of ${subscriptionId} was not written down`);
    if ('endsBefore' in entered) return { kind: 'ends too early', index, first: entered.endsBefore };
    days.push(entered.from);
  }
  const first = days.reduce((a, b) => (a < b ? a : b));
  if (first > billedUntil) return { kind: 'ahead', billedUntil };
  const lost = await readUnrepeatable(trx, row.account_id, first);
  if (lost !== undefined) return { kind: 'refused', why: lost };
  const issued = await readIssuedCycles(trx, row.account_id, '9999-12-31');
  const unknown = await readUnknownPlan(trx, changes, issued);
  if (unknown !== undefined) return { kind: 'refused', why: unknown };
  // The day before, if no issued bill would have known of it.
  const from = issued.find(({ inputs }) => inputs.bounds.until >= first)?.inputs.bounds.from ?? addDays(first, -1);
  const outcome = await correctAccount(trx, row.account_id, { from }, { by, why, today });
  return 'why' in outcome ? { kind: 'refused', why: outcome.why } : { kind: 'corrected', invoices: outcome };
}

/** Which plan the rules of the last invoice do not know, in words. */
async function readUnknownPlan(
  trx: Knex.Transaction,
  changes: readonly BackdatedChange[],
  issued: readonly StoredCycle[],
): Promise<string | undefined> {
  const last = issued.at(-1);
  if (!last) return undefined;
  const { document } = await loadReleasedRuleSet(trx, last.standing.bill.ruleSet);
  const unknown = changes.find((one) => one.kind === 'plan change' && versionsOf(document, one.plan).length === 0);
  if (unknown?.kind !== 'plan change') return undefined;
  return `The rules of invoice ${last.standing.invoice} know no plan “${unknown.plan}”: choose one of theirs`;
}

/** Why bills that would have known of a day cannot be evaluated once more; undefined if all can. */
async function readUnrepeatable(trx: Knex.Transaction, accountId: string, day: LocalDate): Promise<string | undefined> {
  const last = await trx('invoice as i')
    .where('i.account_id', accountId)
    // Those in mid-cycle close no days.
    .where('i.interim', 0)
    .where('i.period_until', '>=', day)
    .whereNotExists(
      trx('account_cycle as c').whereRaw('c.invoice_number = i.number and c.inputs is not null').select(trx.raw('1')),
    )
    .orderBy('i.period_until', 'desc')
    .first('i.number', 'i.period_until');
  if (!last) return undefined;
  return `This would change days from ${day} on. Invoice ${last.number} of days until ${last.period_until} was taken over, and what it was made from is not known: change days after ${last.period_until} alone, and settle what was before by hand`;
}
