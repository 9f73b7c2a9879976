import type { Knex } from 'knex';
import type { CarriedOver } from '../../engine/carry-over.ts';
import { carryOver } from '../../engine/carry-over.ts';
import type { CreditNote } from '../../engine/credit-note.ts';
import type { AccountCycle, Bill, Exception, RatedUsage } from '../../engine/model.ts';
import { storeCarriedOver } from '../bill-run/store-carried-over.ts';
import { makeRoomForNotes } from '../receivables/write-off.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import type { FoundCorrection } from './find-corrections.ts';

/** What brought a correction about: the rating of the account's open cycle, or somebody who asked for it. */
export type Origin = { readonly foundBy: string } | { readonly request: { readonly by: string; readonly why: string } };

/** Keeps corrections as drafts: nothing follows from them before they are issued. */
export async function storeCorrections(
  trx: Knex.Transaction,
  found: readonly (FoundCorrection & { readonly origin: Origin })[],
): Promise<void> {
  const rows = found.map(({ stored, cycle, origin, ...one }) => ({
    account_id: cycle.account.id,
    period_from: cycle.bounds.from,
    number: stored.corrections + 1,
    invoice_number: stored.standing.invoice,
    found_by: 'foundBy' in origin ? origin.foundBy : null,
    request: 'request' in origin ? JSON.stringify(origin.request) : null,
    reason: one.reason,
    usage_cut: one.usageCut,
    rule_set: one.after.ruleSet,
    inputs: JSON.stringify({ ...cycle, usage: [] }),
    rated: JSON.stringify(one.rated),
    before: JSON.stringify(one.before),
    after: JSON.stringify(one.after),
    exceptions: JSON.stringify(one.newExceptions),
    credit_notes: JSON.stringify(one.creditNotes),
    charges: JSON.stringify(one.charges),
  }));
  if (rows.length > 0) await trx('correction').insert(rows);
}

/** The cycles that were being rated when corrections were found. */
export type FoundBy = readonly { readonly accountId: string; readonly periodFrom: string }[];

export interface DraftCorrection {
  readonly account_id: string;
  readonly period_from: string;
  readonly number: number;
  readonly found_by: string;
  readonly inputs: AccountCycle;
  readonly rated: RatedUsage;
  readonly after: Bill;
  readonly rule_set: string;
  readonly credit_notes: readonly CreditNote[];
  readonly note_numbers: readonly string[] | null;
  readonly charges: readonly unknown[];
  readonly exceptions: readonly Exception[];
  readonly invoice_number: string;
}

/** Drafts that go with the bills of some cycles. */
export async function readDraftCorrections(db: Knex, foundBy: FoundBy): Promise<readonly DraftCorrection[]> {
  if (foundBy.length === 0) return [];
  return db('correction')
    .whereIn(
      ['account_id', 'found_by'],
      foundBy.map(({ accountId, periodFrom }) => [accountId, periodFrom]),
    )
    .whereNull('issued_on')
    .orderBy(['account_id', 'period_from', 'number']);
}

/** Drafts that a person asked for: those of the transaction that makes and issues them. */
export async function readAskedCorrections(
  trx: Knex.Transaction,
  accountId: string,
): Promise<readonly DraftCorrection[]> {
  return trx('correction')
    .where({ account_id: accountId, found_by: null, issued_on: null })
    .orderBy(['period_from', 'number']);
}

/** What is the matter with the cycles that were corrected together with a bill, as it was found then. */
export async function correctionExceptions(
  db: Knex,
  accountId: string,
  foundBy: string,
): Promise<readonly Exception[]> {
  const rows: Pick<DraftCorrection, 'exceptions' | 'invoice_number'>[] = await db('correction')
    .where({ account_id: accountId, found_by: foundBy })
    .orderBy(['period_from', 'number'])
    .select('exceptions', 'invoice_number');
  return rows.flatMap(({ exceptions, invoice_number }) => exceptions.map((one) => naming(invoice_number, one)));
}

/** What is newly the matter with a corrected cycle, said of its invoice: it holds the bill, because neither may go out without the other. */
export function withInvoice({ newExceptions, stored }: FoundCorrection): readonly Exception[] {
  return newExceptions.map((one) => naming(stored.standing.invoice, one));
}

function naming(invoice: string, exception: Exception): Exception {
  return { ...exception, evidence: `Correcting invoice ${invoice}: ${exception.evidence}` };
}

export interface Issue {
  readonly runId: string | null;
  readonly issuedOn: string;
  /** Of the account's invoice that charges what is owed more; none for what a person asked for. */
  readonly chargedOn: (accountId: string) => string | null;
  readonly accountOf: (accountId: string) => { readonly legalEntity: string; readonly customerId: string };
}

/** Issues drafts whose credit notes have their numbers: the notes, and what the corrected cycles leave for later ones. */
export async function issueCorrections(
  trx: Knex.Transaction,
  drafts: readonly DraftCorrection[],
  issue: Issue,
): Promise<void> {
  const notes = drafts.flatMap((draft) =>
    draft.credit_notes.map((note, index) => noteRow(note, draft.note_numbers?.[index], issue)),
  );
  if (notes.length > 0) {
    await makeRoomForNotes(trx, notes, issue.issuedOn);
    await trx('credit_note').insert(notes);
  }
  for (const draft of drafts) {
    await trx('correction')
      .where({ account_id: draft.account_id, period_from: draft.period_from, number: draft.number })
      .update({
        issued_on: issue.issuedOn,
        charged_on: draft.charges.length > 0 ? issue.chargedOn(draft.account_id) : null,
      });
    const { document } = await loadReleasedRuleSet(trx, draft.rule_set);
    await replaceCarriedOver(trx, draft.inputs, carryOver(draft.inputs, draft.rated, draft.after, document));
  }
}

function noteRow(note: CreditNote, number: string | undefined, { runId, issuedOn, accountOf }: Issue) {
  if (number === undefined) throw new Error(`A credit note on ${note.corrects} has no number`);
  const { legalEntity, customerId } = accountOf(note.accountId);
  return {
    number,
    legal_entity: legalEntity,
    account_id: note.accountId,
    customer_id: customerId,
    run_id: runId,
    corrects: note.corrects,
    issued_on: issuedOn,
    currency: note.currency,
    net: note.net,
    tax: note.tax,
    total: note.total,
    note: JSON.stringify(note),
    rule_set: note.ruleSet,
  };
}

async function replaceCarriedOver(trx: Knex.Transaction, { account, bounds }: AccountCycle, carried: CarriedOver) {
  const { from, until } = bounds;
  for (const table of ['allowance_balance', 'credit_balance'])
    await trx(table).where({ account_id: account.id, known_from: until }).delete();
  for (const table of ['commitment_charge', 'past_cycle'])
    await trx(table).where({ account_id: account.id, period_from: from }).delete();
  await storeCarriedOver(trx, [{ accountId: account.id, until, carried }]);
}
