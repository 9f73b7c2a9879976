import type { Knex } from 'knex';
import type { CreditNote } from '../../../engine/credit-note.ts';

/** A credit note as it was issued. */
export interface IssuedCreditNote {
  readonly number: string;
  readonly corrects: string;
  readonly accountId: string;
  readonly issuedOn: string;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  /** Lines, taxes and reasons. */
  readonly note: CreditNote;
}

/** In the order of issue. */
export async function readCreditNotes(
  db: Knex,
  where: { readonly corrects: string } | { readonly account_id: string },
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
