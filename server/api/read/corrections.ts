import type { Knex } from 'knex';
import type { CorrectionCharge } from '../../../engine/correction-charge.ts';
import type { CreditNote } from '../../../engine/credit-note.ts';
import type { Bill } from '../../../engine/model.ts';
import { type Page, type PageQuery, when } from '../paging.ts';
import { type ListSql, readCountedPage } from './counted-page.ts';

/** A credit note as a list of other things shows it. */
export interface CreditNoteItem {
  readonly number: string;
  readonly corrects: string;
  readonly accountId: string;
  readonly issuedOn: string;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
}

/** A credit note as it was issued. */
export interface IssuedCreditNote extends CreditNoteItem {
  /** Lines, taxes and reasons. */
  readonly note: CreditNote;
}

/** In the order of issue. */
export async function readCreditNotes(
  db: Knex,
  where: { readonly corrects: string } | { readonly account_id: string } | { readonly number: string },
): Promise<readonly IssuedCreditNote[]> {
  return db('credit_note').where(where).orderBy(['issued_on', 'number']).select({
    number: 'number',
    corrects: 'corrects',
    accountId: 'account_id',
    issuedOn: 'issued_on',
    currency: 'currency',
    net: 'net',
    tax: 'tax',
    total: 'total',
    note: 'note',
  });
}

/** Newest first, with the number of all that fit. */
export async function listCreditNotes(
  db: Knex,
  query: PageQuery & { readonly accountId?: string },
): Promise<Page<IssuedCreditNote> & { readonly total: number }> {
  return readCountedPage(db, query, list, [when(query.accountId, 'n.account_id = ?')]);
}

const list: ListSql<IssuedCreditNote, IssuedCreditNote> = {
  select: `select n.number, n.corrects, n.account_id as "accountId", n.issued_on as "issuedOn", n.currency, n.net, n.tax, n.total,
    n.note from credit_note n`,
  counted: 'from credit_note n',
  order: 'n.issued_on desc, n.number desc',
  view: (row) => row,
  cursor: (row) => [row.issuedOn, row.number],
  parts: 2,
  after: (values) => ({ sql: '(n.issued_on, n.number) < (?::date, ?)', values }),
};

/** One correction of an invoice: what was, what should be, and what carried the difference. */
export interface IssuedCorrection {
  readonly issuedOn: string;
  readonly reason: string;
  /** Who asked for it and why; null where a run found it. */
  readonly request: { readonly by: string; readonly why: string } | null;
  readonly before: Bill;
  readonly after: Bill;
  readonly creditNotes: readonly string[];
  readonly charges: readonly CorrectionCharge[];
  /** The invoice that charges what is owed more; null while it waits for the next one. */
  readonly chargedOn: string | null;
}

/** In the order in which they were made. */
export async function readCorrections(db: Knex, invoiceNumber: string): Promise<readonly IssuedCorrection[]> {
  const rows = await db('correction')
    .where({ invoice_number: invoiceNumber })
    .whereNotNull('issued_on')
    .orderBy('number')
    .select({
      issuedOn: 'issued_on',
      reason: 'reason',
      request: 'request',
      before: 'before',
      after: 'after',
      creditNotes: 'note_numbers',
      charges: 'charges',
      chargedOn: 'charged_on',
    });
  return rows.map((row) => ({ ...row, creditNotes: row.creditNotes ?? [] }));
}
