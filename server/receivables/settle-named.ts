import type { Knex } from 'knex';
import { takeWriteOffsBack } from './write-off.ts';

/**
 * An invoice that a payment names takes what is left of it, before any other does. What was written off of the invoice comes back as far as it is
 * paid now.
 */
export async function settleNamed(trx: Knex, paymentId: string, invoiceNumber: string, because: string): Promise<void> {
  const { rows } = await trx.raw<{ rows: { beyond: string; since: string }[] }>(
    `select (c.unused - o.open)::text as beyond, c.since
     from credit_source c join open_invoice o on o.account_id = c.account_id and o.currency = c.currency
     where c.kind = 'payment' and c.document = ? and o.number = ? and c.unused > o.open`,
    [paymentId, invoiceNumber],
  );
  for (const { beyond, since } of rows)
    await takeWriteOffsBack(trx, { invoiceNumber, amount: beyond, on: since, because: 'What was written off is paid' });
  await trx.raw(
    `insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
     select c.kind, c.document, o.number,
            1 + (select count(*) from allocation a where a.kind = c.kind and a.document = c.document and a.invoice_number = o.number),
            o.account_id, least(c.unused, o.open), greatest(c.since, o.issued_on), ?
     from credit_source c join open_invoice o on o.account_id = c.account_id and o.currency = c.currency
     where c.kind = 'payment' and c.document = ? and o.number = ? and least(c.unused, o.open) > 0`,
    [because, paymentId, invoiceNumber],
  );
}
