/** What the last bill of a closed account carries forward has no bill to go to: it is paid out, once, and nothing of it is lost or given twice. */
import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyCorrections } from '../../server/corrections/ask-corrections.ts';
import { createClock } from '../../server/engagement/clock.ts';
import { findLedgerFaults } from '../../server/receivables/ledger-faults.ts';
import { payOut } from '../../server/receivables/pay-out.ts';
import { readBooks } from '../../server/report/books.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';
import { pay, postingsOf, sumsOfMetrics, trialBalance } from './ledger-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const rulebook = `
plan flat "Flat" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line" 30.00 EUR monthly in advance, prorated by day
  rate data charge 1.00 EUR per GB

tax standard otherwise 20% category S
`;
const now = instant('2026-06-20T12:00:00+03:00');
const said = { by: 'Ines', reason: 'The contract has ended' };

let books: SmallBooks;
let db: Knex;
let it: ApiUnderTest;
beforeEach(async () => {
  books = await openSmallBooks(rulebook);
  db = books.db;
  const story = { ...storyDeps(db), rules: () => books.rules };
  it = await startApi({ engagement: story, clock: createClock(db, () => now) });
  await enrol(db, 'C-1', { subscription: { activated_on: '2026-04-01' } });
});
afterEach(async () => {
  await it.close();
  await books.close();
});

const use = (id: string, day: string, gigabytes: number) =>
  `R,${id},1,+358401234567,data,${day}T10:00:00+03:00,0,${gigabytes * 1e9},0,outgoing,,,24405`;

async function billApril(paid = true) {
  await books.bill('2026-05-01');
  // April and May: 30.00 each, with 20 %.
  expect(await totals()).toEqual(['72.00']);
  if (paid) await pay(db, 'p', { amount: '72.00', invoice: await lastInvoice(), on: '2026-05-10' });
}

/** Leaves 11 days of May, 11 / 31 of 30.00, as credit: 10.65 before tax, 12.78 with it. */
async function close() {
  await db('subscription').update({ cancelled_on: '2026-05-21' });
  await db('billing_account').update({ closed_on: '2026-05-21' });
  await books.bill('2026-06-01');
  expect((await totals()).at(-1)).toBe('0.00');
}

const totals = async (): Promise<string[]> => db('invoice').orderBy('number').pluck('total');
const lastInvoice = async () => (await db('invoice').orderBy('number', 'desc').first()).number;
const url = '/v1/accounts/A-C-1/pay-outs';
const post = async (body: object) => {
  const answer = await it.api.inject({ method: 'POST', url, payload: { id: 'O-1', ...said, ...body } });
  return { status: answer.statusCode, body: answer.json() };
};
const refunded = (amount: string) => [{ paymentId: 'p', amount, payerIban: '' }];

describe('the credit of a closed account', () => {
  test('is paid out with its tax, once: revenue and tax are given back, and the payment is refunded', async () => {
    await billApril();
    await close();
    const account = async () => (await it.api.inject({ url: '/v1/accounts/A-C-1' })).json();
    expect((await account()).carriedForward).toEqual({ amount: '12.78', canBePaidOut: true });
    const first = await post({});
    expect((await account()).carriedForward).toBeUndefined();
    expect(first).toEqual({
      status: 201,
      body: { currency: 'EUR', released: '12.78', refunds: refunded('12.78') },
    });
    expect(await post({})).toEqual({ status: 200, body: first.body });
    expect(await post({ id: 'O-2' })).toMatchObject({ status: 409, body: { available: '0.00' } });
    expect(await postingsOf(db, 'carried credit O-1')).toEqual([
      'customer credit A-C-1 -12.78',
      'revenue 10.65',
      'tax payable S 20 2.13',
    ]);
    // 60.00 were billed in advance, and 49.35 are what it cost.
    expect(await trialBalance(db)).toMatchObject({
      revenue: '-49.35',
      'tax payable': '-9.87',
      clearing: '59.22',
      'customer credit': '0.00',
      receivables: '0.00',
    });
    const [revenue, tax] = ['-49.35', '-9.87'];
    expect(await sumsOfMetrics(db)).toEqual({ 'by plan': revenue, 'by service': revenue, 'by tax': revenue, tax });
    expect(await findLedgerFaults(db)).toEqual([]);
  });

  test('is in the books and in what is owed at the end of a day', async () => {
    await billApril();
    await close();
    await post({ amount: '2.78' });
    let text = '';
    for await (const part of readBooks(db)) text += part;
    expect(JSON.parse(text).releasedCredits).toMatchObject([
      { pay_out: 'O-1', account_id: 'A-C-1', known_from: '2026-06-01', amount: '10.65', tax: '2.13' },
    ]);
    const ageing = (await it.api.inject({ url: '/v1/reports/ageing?on=2026-06-20' })).json();
    expect(ageing.accounts).toMatchObject([{ accountId: 'A-C-1', open: '0.00', credit: '10.00' }]);
    expect(await post({ id: 'O-2' })).toEqual({ status: 201, body: { currency: 'EUR', refunds: refunded('10.00') } });
    expect(await findLedgerFaults(db)).toEqual([]);
  });

  test('is paid out once by many who ask at the same time, each under an id of its own', async () => {
    await billApril();
    await close();
    const asked = ['a', 'b', 'c', 'd', 'a'].map((id) =>
      db.transaction((trx) =>
        payOut(trx, { id, accountId: 'A-C-1', on: '2026-06-20', ...said }, { now, today: '2026-06-20' }),
      ),
    );
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind).sort();
    expect(kinds.filter((kind) => kind === 'paid out')).toEqual(['paid out']);
    expect(await db('payment_return').sum('amount')).toEqual([{ sum: '12.78' }]);
    expect(await db('released_credit')).toHaveLength(1);
    await expect(
      db('released_credit').insert({ ...(await db('released_credit').first()), pay_out: 'again', number: 2 }),
    ).rejects.toThrow('more would be released');
    await expect(db('released_credit').delete()).rejects.toThrow('never changes');
  });

  test('settles what the account still owes first', async () => {
    await billApril(false);
    await close();
    expect(await post({})).toEqual({ status: 201, body: { currency: 'EUR', released: '12.78', refunds: [] } });
    expect(await post({})).toMatchObject({ status: 200, body: { released: '12.78', refunds: [] } });
    expect(await post({ amount: '1.00' })).toMatchObject({
      status: 409,
      body: { type: '/v1/problems/pay-out-differs' },
    });
    expect(await trialBalance(db)).toMatchObject({ receivables: '59.22', 'customer credit': '0.00' });
    expect(await findLedgerFaults(db)).toEqual([]);
  });
});

describe('nothing is paid out', () => {
  const nothingDone = async () => {
    expect(await db('released_credit')).toEqual([]);
    expect(await db('payment_return')).toEqual([]);
  };

  test('of an account that is open: the credit is for its next invoice', async () => {
    await billApril();
    await db('subscription').update({ cancelled_on: '2026-05-21' });
    await books.bill('2026-06-01');
    const { status, body } = await post({});
    expect([status, body.available]).toEqual([409, '0.00']);
    expect(body.detail).toBe(
      '0.00 of account A-C-1 can be paid out. 12.78 more are carried forward to its next invoice: they can be paid out when the account is closed and its last cycle is billed',
    );
    await nothingDone();
  });

  test('before the last cycle of a closed account is billed', async () => {
    await billApril();
    await db('subscription').update({ cancelled_on: '2026-05-21' });
    await db('billing_account').update({ closed_on: '2026-06-10' });
    await books.bill('2026-06-01');
    expect(await post({})).toMatchObject({ status: 409, body: { available: '0.00' } });
    await books.bill('2026-07-01');
    expect(await post({})).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/on' }] } });
    await nothingDone();
    expect(
      await db.transaction((trx) =>
        payOut(trx, { id: 'O', accountId: 'A-C-1', on: '2026-07-02', ...said }, { now, today: '2026-07-02' }),
      ),
    ).toMatchObject({ kind: 'paid out', released: '12.78' });
  });

  test.each<[string, object, number, string]>([
    ['more than there is', { amount: '12.79' }, 409, 'not-so-much-credit'],
    ['parts of a cent', { amount: '1.001' }, 422, 'invalid-body'],
    ['another currency', { amount: '10.00', currency: 'USD' }, 422, 'invalid-body'],
    ['on a day before the bill that carries it forward', { on: '2026-06-01' }, 422, 'invalid-body'],
  ])('where %s is asked for', async (_, change, status, type) => {
    await billApril();
    await close();
    expect(await post(change)).toMatchObject({ status, body: { type: `/v1/problems/${type}` } });
    await nothingDone();
  });
});

describe('what becomes known after the credit was paid out', () => {
  test('raises the credit: the rest can be paid out', async () => {
    await books.collect([use('wrong', '2026-05-05', 5)]);
    await billApril();
    await close();
    expect(await post({})).toMatchObject({ body: { released: '6.78' } });
    await books.withdraw(['wrong']);
    const asked = { by: 'Test', why: 'Test', today: '2026-06-20' };
    expect((await applyCorrections(db, { accounts: ['A-C-1'] }, asked)).refused).toEqual([]);
    expect(await post({ id: 'O-2' })).toMatchObject({ body: { released: '6.00', refunds: refunded('6.00') } });
    expect(await findLedgerFaults(db)).toEqual([]);
  });

  test('would lower the credit: a person looks at it, and nothing is changed', async () => {
    await billApril();
    await close();
    await post({});
    await books.collect([use('late', '2026-05-05', 5)]);
    const asked = { by: 'Test', why: 'Test', today: '2026-06-20' };
    const { refused, invoices } = await applyCorrections(db, { accounts: ['A-C-1'] }, asked);
    expect(invoices).toEqual([]);
    expect(refused).toMatchObject([
      {
        accountId: 'A-C-1',
        why: 'closed-account: 5.00 EUR before tax (S 20 %) of the credit that its bill from 2026-05-01 carried forward would not be due any more, and have been paid out: claim them from the customer, or leave them',
      },
    ]);
    expect(await db('credit_balance').pluck('amount')).toEqual(['10.65']);
  });

  test('is on a bill after all, if the account is opened again: it does not use what was paid out', async () => {
    await billApril();
    await close();
    await post({});
    await db('billing_account').update({ closed_on: null });
    await db('subscription').update({ cancelled_on: null });
    await books.collect([use('june', '2026-06-05', 5)]);
    await books.bill('2026-07-01');
    const { bill } = await db('invoice').where({ period_from: '2026-06-01' }).first();
    expect(bill.lines.filter(({ kind }: { kind: string }) => kind === 'credit brought forward')).toEqual([]);
    const { inputs } = await db('account_cycle').where({ period_from: '2026-06-01' }).first();
    expect(inputs.credits).toEqual([]);
    expect(inputs.creditPaidOut).toMatchObject([{ amount: '10.65' }]);
  });
});
