import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assignPayment } from '../../server/receivables/assign-payment.ts';
import type { IncomingPayment } from '../../server/receivables/payment.ts';
import { returnPayment } from '../../server/receivables/return-payment.ts';
import { takePayment } from '../../server/receivables/take-payment.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';
import { issue, openAmounts, trialBalance } from './ledger-books.ts';

const now = instant('2026-06-16T12:00:00+02:00');
let database: TestDatabase;
let db: Knex;

beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
  await enrol(db, 'C-1', { customer: { name: 'Jürgen von Möller' } });
  await enrol(db, 'C-2', { customer: { name: 'Anna Schmidt' } });
  await issue(db, 'NM-DE-2026-000123');
  await issue(db, 'NM-DE-2026-000124', { account: 'A-C-2', net: '50.00', tax: '9.50' });
});
afterEach(() => database.close());

let count = 0;
const take = (payment: Partial<IncomingPayment>) =>
  db.transaction((trx) =>
    takePayment(
      trx,
      storyDeps(db),
      {
        provider: 'shop',
        id: `${++count}`,
        receivedOn: '2026-06-10',
        amount: '119.00',
        currency: 'EUR',
        method: 'manual',
        ...payment,
      },
      now,
    ),
  );
const queue = () => db('exception').orderBy('exception_id').select('code', 'subject', 'state');

describe('a payment finds its invoice', () => {
  const first = 'NM-DE-2026-000123';
  test.each<[string, Partial<IncomingPayment>, string, string]>([
    ['because the sender names it', { invoiceNumber: first }, 'sender', first],
    ['because the sender names it in small letters', { invoiceNumber: 'nm-de-2026-000123' }, 'sender', first],
    ['by its structured reference', { references: [first] }, 'reference', first],
    // RF06…: the check digits of ISO 11649, worked out with the algorithm of ISO 7064: 98 − (NMDE2026000123RF00 mod 97).
    ['by a creditor reference of ISO 11649', { references: [rf('NMDE2026000123')] }, 'reference', first],
    ['by the end-to-end id', { references: ['', first] }, 'reference', first],
    ['in free text', { remittance: `Rechnung ${first} vom 01.06.` }, 'text', first],
    ['in free text with blanks and without hyphens', { remittance: 'nm de 2026 000 123 danke' }, 'text', first],
    ['in free text, glued to a word', { remittance: 'RE:NMDE2026000123/KD 77' }, 'text', first],
    ['with one digit wrong, since the amount fits', { remittance: 'NM-DE-2026-000128' }, 'typing', first],
    ['with one digit missing, since the amount fits', { remittance: 'NM-DE-2026-00123' }, 'typing', first],
    ['with two digits exchanged, since the amount fits', { remittance: 'NM-DE-2026-000132' }, 'typing', first],
    ['by the account in the text', { remittance: 'Kunde A-C-1, Juni' }, 'account', first],
    ['by the payer’s name and the exact amount', { payerName: 'VON MOLLER, JURGEN' }, 'amount', first],
  ])('%s', async (_, payment, by, invoiceNumber) => {
    expect(await take(payment)).toMatchObject({ kind: 'booked', accountId: 'A-C-1', invoiceNumber, matchedBy: by });
    expect(await openAmounts(db)).toEqual({ 'NM-DE-2026-000123': '0.00', 'NM-DE-2026-000124': '59.50' });
    expect(await queue()).toEqual([]);
  });

  test('its own, though a slip of the finger names somebody else’s, since amount and payer are those of its own', async () => {
    const slip = await take({ remittance: 'NM-DE-2026-000124', payerName: 'Jürgen von Möller' });
    expect(slip).toMatchObject({ accountId: 'A-C-1', invoiceNumber: first, matchedBy: 'typing' });
    const gift = await take({ remittance: 'NM-DE-2026-000124', payerName: 'Jürgen von Möller', amount: '20.00' });
    expect(gift).toMatchObject({ accountId: 'A-C-2', matchedBy: 'text' });
  });

  test('by the IBAN that paid for the account before', async () => {
    await take({ references: [first], payerIban: 'DE02120300000000202051', amount: '100.00' });
    const second = await take({ payerIban: 'DE02120300000000202051', amount: '19.00' });
    expect(second).toMatchObject({ accountId: 'A-C-1', matchedBy: 'iban', invoiceNumber: first });
    expect(second).toMatchObject({
      because: expect.stringMatching(
        /^DE02120300000000202051 is known for this account \(payment shop:\d+\); the amount is what is open/,
      ),
    });
  });

  test('by the IBAN of the mandate that the account’s customer gave us', async () => {
    const mandate = { kind: 'direct debit', mandate: 'M-1', iban: 'FI2112345600000785', signed_on: '2026-01-01' };
    await db('payment_instrument').insert({ account_id: 'A-C-1', ...mandate });
    const paid = await take({ payerIban: 'FI2112345600000785', amount: '20.00' });
    expect(paid).toMatchObject({
      accountId: 'A-C-1',
      matchedBy: 'iban',
      because: expect.stringContaining('(mandate M-1)'),
    });
  });

  test('and says why, in words, where people look it up', async () => {
    await take({ remittance: 'Rechnung NM-DE-2026-000123' });
    expect(await db('payment').first('because')).toEqual({
      because: 'NM-DE-2026-000123 stands in the text “Rechnung NM-DE-2026-000123”',
    });
    expect(await db('allocation').pluck('because')).toEqual([
      'NM-DE-2026-000123 stands in the text “Rechnung NM-DE-2026-000123”',
    ]);
  });

  test('several invoices that it names, in their order of due days, before any other', async () => {
    await issue(db, 'NM-DE-2026-000200', { dueOn: '2026-06-01' });
    await issue(db, 'NM-DE-2026-000201', { dueOn: '2026-07-30' });
    await take({ remittance: 'NM-DE-2026-000201 + NM-DE-2026-000123', amount: '230.00' });
    // 119.00 for 123, 111.00 for 201; 200 is not named and keeps waiting.
    expect(await openAmounts(db)).toMatchObject({
      'NM-DE-2026-000123': '0.00',
      'NM-DE-2026-000200': '119.00',
      'NM-DE-2026-000201': '8.00',
    });
  });
});

describe('nobody can tell whose a payment is', () => {
  test.each<[string, Partial<IncomingPayment>, RegExp]>([
    ['without any reference', { amount: '33.00' }, /of no invoice exactly this is open/],
    [
      'by the amount alone',
      { amount: '59.50', payerName: 'Somebody Else' },
      /exactly this is open of NM-DE-2026-000124 \(Anna Schmidt\)/,
    ],
    ['if the number goes on with another digit', { remittance: 'NM-DE-2026-0001234', amount: '1.00' }, /no reference/],
    ['with a slip and another amount', { remittance: 'NM-DE-2026-000125', amount: '100.00' }, /no reference/],
    ['if it names invoices of two accounts', { remittance: 'NM-DE-2026-000123 NM-DE-2026-000124' }, /several accounts/],
    ['if the sender names an account that is not there', { accountId: 'A-9', amount: '1.00' }, /no reference/],
  ])('%s', async (_, payment, evidence) => {
    const booked = await take(payment);
    expect(booked).toMatchObject({ kind: 'booked', because: expect.stringMatching(evidence) });
    expect(booked).not.toHaveProperty('accountId');
    expect(await queue()).toEqual([{ code: 'unknown-payment', subject: `shop:${count}`, state: 'open' }]);
    expect((await trialBalance(db))['unmatched payments']).toBe(`-${payment.amount ?? '119.00'}`);
  });

  test('if a known payer names an invoice of somebody else, whose amount is another', async () => {
    await take({ references: ['NM-DE-2026-000123'], payerIban: 'FI2112345600000785', amount: '100.00' });
    const odd = await take({ references: ['NM-DE-2026-000124'], payerIban: 'FI2112345600000785', amount: '19.01' });
    expect(odd).toMatchObject({ because: expect.stringMatching(/the payer is known for account A-C-1/) });
    const paysForAnna = await take({
      references: ['NM-DE-2026-000124'],
      payerIban: 'FI2112345600000785',
      amount: '59.50',
    });
    expect(paysForAnna).toMatchObject({ accountId: 'A-C-2', matchedBy: 'reference' });
  });

  test('in another currency than the account’s: it waits apart', async () => {
    await take({ references: ['NM-DE-2026-000123'], currency: 'USD' });
    expect(await queue()).toEqual([{ code: 'payment-currency', subject: `shop:${count}`, state: 'open' }]);
    expect(await openAmounts(db)).toMatchObject({ 'NM-DE-2026-000123': '119.00' });
  });
});

describe('too much, too little, twice', () => {
  const named = { invoiceNumber: 'NM-DE-2026-000123' };

  test('the same payment told twice is one', async () => {
    expect(await take({ ...named, id: 'x' })).toMatchObject({ kind: 'booked' });
    expect(await take({ ...named, id: 'x' })).toEqual({ kind: 'known', paymentId: 'shop:x' });
    expect(await take({ ...named, id: 'x', amount: '118.00' })).toEqual({ kind: 'differs', paymentId: 'shop:x' });
    expect(await db('payment')).toHaveLength(1);
  });

  test('an invoice paid twice: the second payment is credit, and a person is told', async () => {
    await take({ ...named, id: 'a' });
    await take({ ...named, id: 'b' });
    expect(await queue()).toEqual([{ code: 'duplicate-payment', subject: 'shop:b', state: 'open' }]);
    expect((await trialBalance(db))['customer credit']).toBe('-119.00');
  });

  test('what is too much pays the account’s other open invoice at once', async () => {
    await issue(db, 'NM-DE-2026-000300');
    await take({ ...named, amount: '200.00' });
    // 2 × 119.00 − 200.00.
    expect(await openAmounts(db)).toMatchObject({ 'NM-DE-2026-000123': '0.00', 'NM-DE-2026-000300': '38.00' });
    expect(await queue()).toEqual([]);
  });

  test('what is too little leaves the rest open, of which the rules hear', async () => {
    await take({ ...named, amount: '100.00' });
    expect(await openAmounts(db)).toMatchObject({ 'NM-DE-2026-000123': '19.00' });
    expect(await db('business_event').first('type', 'subject', 'data')).toMatchObject({
      type: 'ratebook.payment.received',
      data: { accountId: 'A-C-1', invoiceNumber: 'NM-DE-2026-000123', amount: '100.00' },
    });
  });
});

describe('a person', () => {
  const assign = (paymentId: string, changes: object) =>
    db.transaction((trx) =>
      assignPayment(trx, storyDeps(db), { paymentId, by: 'Ines', reason: 'She called', ...changes }, now),
    );

  test('assigns a payment that nobody knew: the invoice is settled, the question answered, the rules hear of it', async () => {
    await take({ id: 'u', amount: '59.50' });
    expect(await assign('shop:u', { invoiceNumber: 'NM-DE-2026-000124' })).toEqual({ kind: 'assigned' });
    expect(await openAmounts(db)).toMatchObject({ 'NM-DE-2026-000124': '0.00' });
    expect(await queue()).toEqual([{ code: 'unknown-payment', subject: 'shop:u', state: 'approved' }]);
    expect(await db('business_event').pluck('event_id')).toEqual(['shop:u']);
  });

  test('assigns to an account: its open invoices are settled by due day', async () => {
    await take({ id: 'u', amount: '20.00' });
    await assign('shop:u', { accountId: 'A-C-1' });
    expect(await openAmounts(db)).toMatchObject({ 'NM-DE-2026-000123': '99.00' });
  });

  test.each([
    ['an invoice that is not there', { invoiceNumber: 'X' }, 'unknown invoice'],
    ['an account that is not there', { accountId: 'X' }, 'unknown account'],
    ['an invoice of another account', { accountId: 'A-C-1', invoiceNumber: 'NM-DE-2026-000124' }, 'other account'],
  ])('cannot assign to %s', async (_, target, kind) => {
    await take({ id: 'u', amount: '1.00' });
    expect(await assign('shop:u', target)).toMatchObject({ kind });
    expect(await db('payment_assignment')).toEqual([]);
  });

  test('moves a payment from one account to another; what it had settled is open again', async () => {
    await take({ id: 'm', invoiceNumber: 'NM-DE-2026-000123', amount: '59.50' });
    await assign('shop:m', { invoiceNumber: 'NM-DE-2026-000124' });
    expect(await openAmounts(db)).toEqual({ 'NM-DE-2026-000123': '119.00', 'NM-DE-2026-000124': '0.00' });
  });
});

describe('a payment that goes back', () => {
  const back = (changes: object = {}) =>
    db.transaction((trx) =>
      returnPayment(
        trx,
        {
          id: 'r',
          paymentId: 'shop:p',
          kind: 'chargeback',
          returnedOn: '2026-06-16',
          reason: 'AC04',
          by: 'the bank',
          ...changes,
        },
        now,
      ),
    );

  test('opens its invoice again, once, however often it is told', async () => {
    await take({ id: 'p', invoiceNumber: 'NM-DE-2026-000123' });
    expect(await back()).toEqual({ kind: 'returned', amount: '119.00', reopened: ['NM-DE-2026-000123'] });
    expect(await back()).toEqual({ kind: 'known' });
    expect(await openAmounts(db)).toMatchObject({ 'NM-DE-2026-000123': '119.00' });
  });

  test('as a refund is what was paid too much, and no more', async () => {
    await take({ id: 'p', invoiceNumber: 'NM-DE-2026-000123', amount: '130.00' });
    expect(await back({ kind: 'refund', amount: '11.01' })).toEqual({ kind: 'too much', available: '11.00' });
    expect(await back({ kind: 'refund' })).toEqual({ kind: 'returned', amount: '11.00', reopened: [] });
    expect(await back({ kind: 'refund', id: 'r2' })).toEqual({ kind: 'too much', available: '0.00' });
  });

  test('teaches nothing about whose the IBAN is', async () => {
    await take({ id: 'p', invoiceNumber: 'NM-DE-2026-000123', payerIban: 'FI2112345600000785' });
    await back();
    expect(await take({ payerIban: 'FI2112345600000785', amount: '1.00' })).not.toHaveProperty('accountId');
  });

  test('is unknown if no payment of that id was taken in', async () => {
    expect(await back({ paymentId: 'shop:none' })).toEqual({ kind: 'unknown payment' });
  });
});

/** ISO 11649: RF, two check digits, the reference. */
function rf(reference: string): string {
  const digits = [...`${reference}RF00`].map((one) => Number.parseInt(one, 36)).join('');
  return `RF${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${reference}`;
}
