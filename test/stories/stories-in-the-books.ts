/** Whatever a story bills also stands in the books: posted as an invoice, paid, and nothing left of it but what was earned and owed as tax. */
import { afterAll, expect } from 'vitest';
import type { Bill } from '../../engine/model.ts';
import { bookPayment } from '../../server/receivables/book-payment.ts';
import { createTestDatabase } from '../server/database.ts';
import { enrol } from '../server/engagement-books.ts';
import { openAmounts } from '../server/ledger-books.ts';

const told: Bill[] = [];

/** Takes a bill down, to be posted and paid when all stories of the file are told. */
export function noteBill(bill: Bill): void {
  told.push(bill);
}

// Closing the database asks all checks of the ledger.
afterAll(async () => {
  const { db, close } = await createTestDatabase();
  for (const [index, bill] of told.entries()) await postAndPay(db, `T-${index + 1}`, bill);
  const open = Object.values(await openAmounts(db)).filter((amount) => Number(amount) !== 0);
  expect(open, 'what is open of the invoices of the stories once they are paid').toEqual([]);
  await close();
});

async function postAndPay(db: Parameters<typeof enrol>[0], id: string, { prepaid: _, ...bill }: Bill): Promise<void> {
  const { currency, net, tax, total } = bill;
  await enrol(db, id);
  await db('billing_account')
    .where({ account_id: `A-${id}` })
    .update({ currency });
  await db('invoice').insert({
    number: id,
    legal_entity: 'NM-DE',
    account_id: `A-${id}`,
    customer_id: id,
    period_from: bill.from,
    period_until: bill.until,
    issued_on: bill.until,
    due_on: bill.until,
    currency,
    net,
    tax,
    total,
    bill: JSON.stringify(bill),
  });
  if (Number(total) === 0) return;
  const payment = { provider: 'story', id, receivedOn: bill.until, amount: total, currency, method: 'manual' } as const;
  const booked = await db.transaction((trx) => bookPayment(trx, { ...payment, invoiceNumber: id }, bill.until));
  expect(booked.kind).toBe('booked');
}
