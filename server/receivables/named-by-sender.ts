import type { Knex } from 'knex';
import { type OpenInvoice, readNamed } from './match-candidates.ts';
import type { IncomingPayment } from './payment.ts';
import { plainReference } from './reference-text.ts';

/** What the sender of a payment names of whose it is, as far as the books know it. */
export interface NamedBySender {
  readonly kind: 'named';
  readonly accountId?: string;
  readonly invoice?: OpenInvoice;
  /** What the books do not know of it, in words; empty if they know all. */
  readonly unknown: string;
}

/** An account and an invoice of another one cannot both be meant: only the sender knows which is. Reads only. */
export async function namedBySender(
  trx: Knex,
  { accountId, invoiceNumber }: IncomingPayment,
): Promise<NamedBySender | { readonly kind: 'contradiction'; readonly detail: string }> {
  const [invoice] = invoiceNumber === undefined ? [] : await readNamed(trx, [plainReference(invoiceNumber)]);
  if (invoice !== undefined && accountId !== undefined && invoice.accountId !== accountId)
    return { kind: 'contradiction', detail: `is an invoice of account ${invoice.accountId}, not of ${accountId}` };
  const account =
    accountId === undefined
      ? undefined
      : await trx('billing_account').where({ account_id: accountId }).first('account_id');
  const unknown = [
    ...(accountId !== undefined && account === undefined ? [`the account “${accountId}”`] : []),
    ...(invoiceNumber !== undefined && invoice === undefined ? [`the invoice “${invoiceNumber}”`] : []),
  ].join(' and ');
  return {
    kind: 'named',
    ...(accountId !== undefined && account !== undefined && { accountId }),
    ...(invoice !== undefined && { invoice }),
    unknown: unknown === '' ? '' : `the sender names ${unknown}, which the books do not know`,
  };
}
