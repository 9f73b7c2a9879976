import type { Knex } from 'knex';
import { tooLateUsage } from '../../engine/late-usage.ts';
import type { AccountCycle, Bill, Exception } from '../../engine/model.ts';
import { formatAmount, parseDecimal, subtract } from '../../engine/money.ts';
import { everything } from '../bill-run/load-usage.ts';
import { lockRatings } from '../bill-run/rating-lock.ts';
import { storeExceptions } from '../bill-run/store-exceptions.ts';
import { usageCuts } from '../bill-run/usage-cuts.ts';
import { cutUsage } from '../usage/usage-lock.ts';
import { bookCredit, settleReopened } from './credit-of-corrections.ts';
import { type CorrectionRequest, findAsked } from './find-asked.ts';
import type { FoundCorrection } from './find-corrections.ts';
import { storeCorrecting, storeLate } from './late-usage.ts';
import { assignNoteNumbers } from './number-credit-notes.ts';
import { issueCorrections, readAskedCorrections, storeCorrections } from './store-corrections.ts';
import { settleChanges } from './unsettled-changes.ts';

export interface AskedBy {
  readonly by: string;
  readonly why: string;
  /** Day of the credit notes. */
  readonly today: string;
  /** The bill run that asks by itself, with its usage cut. */
  readonly run?: { readonly id: string; readonly usageCut: number };
}

/** One invoice, as it stood and as it should be. */
export interface CorrectedInvoice {
  readonly invoice: string;
  readonly accountId: string;
  readonly from: string;
  readonly until: string;
  readonly currency: string;
  readonly before: Sums;
  readonly after: Sums;
  readonly difference: Sums;
  readonly creditNotes: readonly (Sums & { readonly corrects: string; readonly number?: string })[];
  /** What the account's next invoice charges. */
  readonly charges: readonly {
    readonly title: string;
    readonly amount: string;
    readonly tax: string;
    readonly how: string;
  }[];
  /** What is the matter with it that was not before. */
  readonly exceptions: readonly string[];
}

interface Sums {
  readonly net: string;
  readonly tax: string;
  readonly total: string;
}

/** What would be corrected; nothing is stored. */
export async function previewCorrections(db: Knex, request: CorrectionRequest): Promise<readonly CorrectedInvoice[]> {
  const found: CorrectedInvoice[] = [];
  for (const accountId of request.accounts)
    found.push(...(await findAsked(db, accountId, request, everything)).found.map((one) => inBrief(one)));
  return found;
}

export interface AppliedCorrections {
  readonly invoices: readonly CorrectedInvoice[];
  /** Accounts that could not be corrected now, and why. */
  readonly refused: readonly Refusal[];
}

interface Refusal {
  readonly accountId: string;
  readonly why: string;
  /** What is the matter with a cycle as it would be corrected. */
  readonly exception?: Exception;
}

/** Corrects account by account: credit notes at once, what is owed more with the account's next invoice. */
export async function applyCorrections(
  db: Knex,
  request: CorrectionRequest,
  asked: AskedBy,
): Promise<AppliedCorrections> {
  const invoices: CorrectedInvoice[] = [];
  const refused: Refusal[] = [];
  for (const accountId of request.accounts) {
    const outcome = await db.transaction((trx) => correctAccount(trx, accountId, request, asked));
    if ('why' in outcome) refused.push(outcome);
    else invoices.push(...outcome);
  }
  return { invoices, refused };
}

/** Corrects one account in a transaction; nothing of it is stored if it is refused. */
export async function correctAccount(
  trx: Knex.Transaction,
  accountId: string,
  request: Omit<CorrectionRequest, 'accounts'>,
  { by, why, today, run }: AskedBy,
): Promise<readonly CorrectedInvoice[] | Refusal> {
  // No rating begins meanwhile, so that it sees either nothing of this or all of it.
  await lockRatings(trx);
  const inWork = await readInWork(trx, accountId);
  if (inWork !== undefined) return { accountId, why: inWork };
  const usageCut = run ? (await usageCuts(trx, [accountId], run.usageCut))(accountId) : await cutUsage(trx);
  const { found, late, open } = await findAsked(trx, accountId, request, usageCut);
  const doubtful = found.flatMap(({ newExceptions }) => newExceptions).find(({ action }) => action === 'hold');
  if (doubtful) return { accountId, why: `${doubtful.code}: ${doubtful.evidence}`, exception: doubtful };
  await settleChanges(trx, accountId, request.from ?? '', today);
  await storeCorrections(
    trx,
    found.map((one) => ({ ...one, origin: { request: { by, why } } })),
  );
  await storeCorrecting(trx, open, late.correcting);
  if (run) await tellTooLate(trx, run.id, { ...open, tooLate: late.tooLate.map(({ event }) => event) });
  const drafts = await readAskedCorrections(trx, accountId);
  const account = await trx('billing_account').where({ account_id: accountId }).first('legal_entity', 'customer_id');
  await assignNoteNumbers(
    trx,
    drafts.map((draft) => ({ ...draft, legal_entity: account.legal_entity, notes: draft.credit_notes.length })),
    Number(today.slice(0, 4)),
  );
  const numbered = await readAskedCorrections(trx, accountId);
  const reopened = await bookCredit(trx, numbered, today);
  await issueCorrections(trx, numbered, {
    runId: run?.id ?? null,
    issuedOn: today,
    chargedOn: () => null,
    accountOf: () => ({ legalEntity: account.legal_entity, customerId: account.customer_id }),
  });
  await settleReopened(trx, reopened, today);
  const numbersOf = ({ stored }: FoundCorrection) =>
    numbered.find(({ invoice_number }) => invoice_number === stored.standing.invoice)?.note_numbers ?? [];
  return found.map((one) => inBrief(one, numbersOf(one)));
}

/** Why an account cannot be corrected now: a run has rated its cycle by the books as they are, and not issued it. */
async function readInWork(db: Knex, accountId: string): Promise<string | undefined> {
  const row = await db('account_cycle')
    .where({ account_id: accountId })
    .whereNotIn('state', ['open', 'invoiced', 'rejected'])
    .first('run_id', 'state');
  if (!row) return undefined;
  const then = row.state === 'held' ? 'decide its exceptions first' : 'ask again when the run has issued its invoice';
  return `Bill run ${row.run_id} is in work on its cycle, which is ${row.state}: ${then}`;
}

/** No cycle opens any more that would tell it. */
async function tellTooLate(trx: Knex.Transaction, runId: string, cycle: AccountCycle): Promise<void> {
  await storeLate(trx, [{ cycle, late: [] }]);
  const exceptions = tooLateUsage(cycle);
  await storeExceptions(
    trx,
    exceptions.map((exception) => ({ exception, runId, accountId: cycle.account.id })),
  );
}

function inBrief(
  { stored, cycle, before, after, creditNotes, charges, newExceptions }: FoundCorrection,
  numbers: readonly string[] = [],
): CorrectedInvoice {
  const { from, until } = cycle.bounds;
  return {
    invoice: stored.standing.invoice,
    accountId: cycle.account.id,
    from,
    until,
    currency: after.currency,
    before: sumsOf(before),
    after: sumsOf(after),
    difference: differenceOf(before, after),
    creditNotes: creditNotes.map((note, index) => {
      const number = numbers[index];
      return { ...(number !== undefined && { number }), corrects: note.corrects, ...sumsOf(note) };
    }),
    charges: charges.map(({ title, amount, tax, because }) => ({ title, amount, tax, how: because.how })),
    exceptions: newExceptions.map(({ code, evidence }) => `${code}: ${evidence}`),
  };
}

function sumsOf({ net, tax, total }: Sums): Sums {
  return { net, tax, total };
}

/** Negative where less is owed. */
function differenceOf(before: Bill, after: Bill): Sums {
  const less = (a: string, b: string) => formatAmount(subtract(parseDecimal(a), parseDecimal(b)), after.currency);
  return {
    net: less(after.net, before.net),
    tax: less(after.tax, before.tax),
    total: less(after.total, before.total),
  };
}
