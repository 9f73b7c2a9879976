/** What will never be paid is given up, and what an account has too much is paid out: posted, once, and never more than there is. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeRoomForNotes } from '../../server/receivables/write-off.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { enrol } from './engagement-books.ts';
import { giveBack, issue, openAmounts, postingsOf, trialBalance } from './ledger-books.ts';

let it: ApiUnderTest;
beforeEach(async () => {
  it = await startApi();
  await enrol(it.db, 'C-1');
  await issue(it.db, 'I-000001');
});
afterEach(() => it.close());

const post = async (url: string, body: object) => {
  const answer = await it.api.inject({ method: 'POST', url, payload: body });
  return { status: answer.statusCode, body: answer.json() };
};
const get = async (url: string) => (await it.api.inject({ url })).json();
const pay = (id: string, amount: string, more: object = { invoiceNumber: 'I-000001' }) =>
  post('/v1/payments', { provider: 'shop', id, amount, currency: 'EUR', method: 'card', ...more });
const said = { by: 'Ines', reason: 'Insolvent' };

describe('POST /v1/invoices/:number/write-offs', () => {
  const url = '/v1/invoices/I-000001/write-offs';

  test('gives up what is open: posted from receivables, once, and neither revenue nor tax changes', async () => {
    await pay('p', '50.00');
    const first = await post(url, { id: 'W-1', ...said });
    expect(first).toMatchObject({ status: 201, body: { number: 'I-000001', total: '119.00', open: '0.00' } });
    expect(await post(url, { id: 'W-1', ...said })).toEqual({ status: 200, body: first.body });
    expect(await postingsOf(it.db, 'allocation write-off decision W-1 I-000001 1')).toEqual([
      'written off 69.00',
      'receivables A-C-1 -69.00',
    ]);
    expect(await trialBalance(it.db)).toMatchObject({
      receivables: '0.00',
      'written off': '69.00',
      revenue: '-100.00',
    });
  });

  test('a part of it, with the tax that it includes, which for the whole invoice is its tax to the cent', async () => {
    // 119.00 have 19.00 of tax: 33.33 have 5.3215, 66.66 have 10.643.
    for (const [id, amount] of [
      ['W-1', '33.33'],
      ['W-2', '33.33'],
      ['W-3', '52.34'],
    ])
      expect(await post(url, { id, amount, ...said })).toMatchObject({ status: 201 });
    const { rows } = await get('/v1/reports/write-offs?from=2026-06-16&until=2026-06-16');
    expect(rows.map((row: Record<string, string>) => [row.id, row.amount, row.taxIncluded])).toEqual([
      ['W-1', '33.33', '5.32'],
      ['W-2', '33.33', '5.32'],
      ['W-3', '52.34', '8.36'],
    ]);
    expect(await get('/v1/reports/write-offs?until=2026-06-15')).toEqual({ rows: [] });
    const csv = await it.api.inject({ url: '/v1/reports/write-offs?format=csv' });
    expect(csv.body.split('\r\n')[1]).toBe(
      '2026-06-16,W-1,I-000001,A-C-1,Customer C-1,EUR,33.33,5.32,Written off by Ines: Insolvent',
    );
  });

  test.each<[string, string, object, number, string]>([
    ['more than is open', url, { amount: '119.01' }, 409, 'not-so-much-open'],
    ['parts of a cent', url, { amount: '1.001' }, 422, 'invalid-body'],
    ['a day before the invoice', url, { on: '2026-05-31' }, 422, 'invalid-body'],
    ['a day to come', url, { on: '2026-06-18' }, 422, 'invalid-body'],
    ['an invoice that is not there', '/v1/invoices/I-9/write-offs', {}, 404, 'not-found'],
  ])('refuses %s', async (_, where, change, status, name) => {
    const answer = await post(where, { id: 'W-1', ...said, ...change });
    expect(answer).toMatchObject({ status, body: { type: `/v1/problems/${name}` } });
    expect(await it.db('allocation')).toEqual([]);
  });

  test('refuses another one under a known id', async () => {
    await post(url, { id: 'W-1', amount: '10.00', ...said });
    const other = await post(url, { id: 'W-1', amount: '11.00', ...said });
    expect(other).toMatchObject({ status: 409, body: { type: '/v1/problems/write-off-differs' } });
  });

  test('what is paid after all comes back, as far as it is paid, and the rest stays written off', async () => {
    await post(url, { id: 'W-1', amount: '100.00', ...said });
    // 19.00 are open still, 31.00 of what was given up are paid.
    await pay('p', '50.00');
    expect(await trialBalance(it.db)).toMatchObject({ receivables: '0.00', 'written off': '69.00', clearing: '50.00' });
    const { rows } = await get('/v1/reports/write-offs');
    expect(rows.map((row: Record<string, string>) => [row.amount, row.because])).toEqual([
      ['100.00', 'Written off by Ines: Insolvent'],
      ['-31.00', 'What was written off is paid'],
    ]);
    await pay('unknown', '30.00', {});
    await post('/v1/payments/shop:unknown/allocation', { invoiceNumber: 'I-000001', by: 'Ines', reason: 'He called' });
    expect(await trialBalance(it.db)).toMatchObject({ 'written off': '39.00', clearing: '80.00' });
    expect((await get('/v1/payments/shop:unknown')).unused).toBe('0.00');
  });

  test('money that names no invoice is credit and revives nothing', async () => {
    await post(url, { id: 'W-1', ...said });
    await pay('p', '50.00', { accountId: 'A-C-1' });
    expect(await trialBalance(it.db)).toMatchObject({ 'written off': '119.00', 'customer credit': '-50.00' });
  });

  test('a credit note on what nobody paid lowers what was written off, and gives nobody credit', async () => {
    await pay('p', '50.00');
    await post(url, { id: 'W-1', ...said });
    await it.db.transaction(async (trx) => {
      await makeRoomForNotes(trx, [{ corrects: 'I-000001', total: '23.80' }], '2026-06-20');
      await giveBack(trx, 'N-1', 'I-000001', '20.00', '3.80');
    });
    const balance = await trialBalance(it.db);
    expect(balance).toMatchObject({ receivables: '0.00', 'written off': '45.20', revenue: '-80.00' });
    expect(balance['customer credit']).toBe('0.00');
  });
});

describe('POST /v1/accounts/:id/pay-outs', () => {
  const url = '/v1/accounts/A-C-1/pay-outs';

  test('pays out what was paid too much, as a refund of the payment, once', async () => {
    await pay('p', '150.00', { invoiceNumber: 'I-000001', payerIban: 'DE02120300000000202051' });
    const first = await post(url, { id: 'O-1', ...said });
    const refunds = [{ paymentId: 'shop:p', amount: '31.00', payerIban: 'DE02120300000000202051' }];
    expect(first).toEqual({ status: 201, body: { currency: 'EUR', refunds } });
    expect(await post(url, { id: 'O-1', ...said })).toEqual({ status: 200, body: first.body });
    expect(await trialBalance(it.db)).toMatchObject({ 'customer credit': '0.00', clearing: '119.00' });
  });

  test('pays out what a credit note gave back of a paid invoice, which stays paid', async () => {
    await pay('p', '119.00');
    await giveBack(it.db, 'N-1', 'I-000001', '20.00', '3.80', '2026-06-16');
    expect((await trialBalance(it.db))['customer credit']).toBe('-23.80');
    expect(await post(url, { id: 'O-1', amount: '10.00', ...said })).toMatchObject({ status: 201 });
    expect(await post(url, { id: 'O-2', ...said })).toMatchObject({
      status: 201,
      body: { refunds: [{ paymentId: 'shop:p', amount: '13.80' }] },
    });
    expect(await openAmounts(it.db)).toEqual({ 'I-000001': '0.00' });
    expect(await trialBalance(it.db)).toMatchObject({
      'customer credit': '0.00',
      clearing: '95.20',
      receivables: '0.00',
    });
    expect((await get('/v1/payments/shop:p')).returns.map(({ amount }: { amount: string }) => amount)).toEqual([
      '10.00',
      '13.80',
    ]);
  });

  test('takes both together from as many payments as it needs', async () => {
    await issue(it.db, 'I-000002');
    await pay('p', '60.00');
    await pay('q', '59.00');
    await pay('r', '130.00', { invoiceNumber: 'I-000002' });
    await giveBack(it.db, 'N-1', 'I-000001', '100.00', '19.00', '2026-06-16');
    // 11.00 too much, and 119.00 given back, of which the payments of the invoice were 60.00 and 59.00.
    const { body } = await post(url, { id: 'O-1', amount: '100.00', ...said });
    const amounts = body.refunds.map(({ paymentId, amount }: Record<string, string>) => [paymentId, amount]);
    expect(amounts).toEqual([
      ['shop:r', '11.00'],
      ['shop:q', '59.00'],
      ['shop:p', '30.00'],
    ]);
    expect(await openAmounts(it.db)).toEqual({ 'I-000001': '0.00', 'I-000002': '0.00' });
    expect((await trialBalance(it.db))['customer credit']).toBe('-30.00');
  });

  test.each<[string, string, object, number, string]>([
    ['more than there is', url, { amount: '31.01' }, 409, 'not-so-much-credit'],
    ['parts of a cent', url, { amount: '1.001' }, 422, 'invalid-body'],
    ['a day before the payment', url, { on: '2026-06-15' }, 422, 'invalid-body'],
    ['a day to come', url, { on: '2026-06-18' }, 422, 'invalid-body'],
    ['an account that is not there', '/v1/accounts/A-9/pay-outs', {}, 404, 'not-found'],
  ])('refuses %s', async (_, where, change, status, name) => {
    await pay('p', '150.00');
    const answer = await post(where, { id: 'O-1', ...said, ...change });
    expect(answer).toMatchObject({ status, body: { type: `/v1/problems/${name}` } });
    expect(await it.db('payment_return')).toEqual([]);
    expect(await it.db('allocation')).toHaveLength(1);
  });

  test('refuses another one under a known id, and an account that has nothing', async () => {
    await pay('p', '150.00');
    await post(url, { id: 'O-1', amount: '31.00', ...said });
    const other = await post(url, { id: 'O-1', amount: '30.00', ...said });
    expect(other).toMatchObject({ status: 409, body: { type: '/v1/problems/pay-out-differs' } });
    expect(await post(url, { id: 'O-2', ...said })).toMatchObject({ status: 409, body: { available: '0.00' } });
  });
});
