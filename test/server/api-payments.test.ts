import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi, systemNow } from './api-books.ts';
import { camt } from './camt.ts';
import { enrol } from './engagement-books.ts';
import { issue, openAmounts } from './ledger-books.ts';

const secret = 'a secret of two';
let it: ApiUnderTest;
beforeEach(async () => {
  it = await startApi({ paymentSecret: secret });
  await enrol(it.db, 'C-1');
  await issue(it.db, 'NM-DE-2026-000001');
});
afterEach(() => it.close());

const payment = {
  provider: 'shop',
  id: 'pi_1',
  amount: '119.00',
  currency: 'EUR',
  method: 'card',
  invoiceNumber: 'NM-DE-2026-000001',
};
const post = async (url: string, body: object | string | Buffer, headers: Record<string, string> = {}) => {
  const answer = await it.api.inject({ method: 'POST', url, payload: body, headers });
  return { status: answer.statusCode, body: answer.json() };
};
const get = async (url: string) => (await it.api.inject({ url })).json();

describe('POST /v1/payments', () => {
  test('takes a payment in once, and answers with what it settles', async () => {
    const first = await post('/v1/payments', payment);
    expect(first).toMatchObject({
      status: 201,
      body: {
        ...{
          id: 'shop:pi_1',
          accountId: 'A-C-1',
          customerName: 'Customer C-1',
          receivedOn: '2026-06-16',
          matchedBy: 'sender',
          unused: '0.00',
        },
        allocations: [
          {
            invoiceNumber: 'NM-DE-2026-000001',
            amount: '119.00',
            because: 'The sender names the invoice NM-DE-2026-000001',
          },
        ],
      },
    });
    expect(await post('/v1/payments', payment)).toEqual({ status: 200, body: first.body });
    expect(await get('/v1/payments/shop:pi_1')).toEqual(first.body);
  });

  test('refuses another payment under the same id', async () => {
    await post('/v1/payments', payment);
    const other = await post('/v1/payments', { ...payment, amount: '118.00' });
    expect(other).toMatchObject({ status: 409, body: { type: '/v1/problems/payment-differs' } });
  });

  test.each<[string, object, string]>([
    ['nothing', { amount: '0.00' }, '#/amount must be more than nothing'],
    ['parts of a cent', { amount: '119.005' }, '#/amount must have no more than 2 digits after the point in EUR'],
    ['money of the future', { receivedOn: '2026-06-18' }, '#/receivedOn lies in the future'],
    [
      'an invoice of another account than the one it names',
      { accountId: 'A-C-2' },
      '#/invoiceNumber is an invoice of account A-C-1, not of A-C-2',
    ],
    ['less than nothing', { amount: '-1' }, '#/amount must be an amount as text, like "12.50"'],
    ['a provider that is kept for statements', { provider: 'bank' }, '#/provider is kept for account statements'],
    ['an IBAN that is none', { payerIban: '123' }, '#/payerIban must be an IBAN without blanks'],
  ])('refuses %s', async (_, change, detail) => {
    const answer = await post('/v1/payments', { ...payment, ...change });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining(detail) } });
    expect(await it.db('payment')).toEqual([]);
  });
});

test('An amount of more digits than its currency has is kept as it is paid', async () => {
  const answer = await post('/v1/payments', { ...payment, amount: '119.00000', receivedOn: '2026-06-17' });
  expect(answer).toMatchObject({ status: 201, body: { amount: '119.00', unused: '0.00' } });
});

describe('what goes back of a payment', () => {
  beforeEach(() => post('/v1/payments', payment));
  const back = { id: 'r-1', kind: 'return', amount: '19.00', by: 'Ines', reason: 'The bank took it' };
  const url = '/v1/payments/shop:pi_1/returns';

  test.each<[string, object, string]>([
    ['parts of a cent', { amount: '0.001' }, '#/amount must have no more than 2 digits'],
    ['a charge of parts of a cent', { bankCharge: '3.333' }, '#/bankCharge must have no more than 2 digits'],
    ['on a day before it came', { returnedOn: '2026-06-15' }, '#/returnedOn is before 2026-06-16'],
    ['on a day to come', { returnedOn: '2026-06-18' }, '#/returnedOn lies in the future'],
  ])('is not %s', async (_, change, detail) => {
    const answer = await post(url, { ...back, ...change });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining(detail) } });
    expect(await it.db('payment_return')).toEqual([]);
  });

  test('is known by its id: another amount, or of another payment, under the same id is refused and not swallowed', async () => {
    await post('/v1/payments', { ...payment, id: 'pi_2' });
    expect(await post(url, back)).toMatchObject({ status: 201 });
    expect(await post(url, { ...back, amount: '19.000' })).toMatchObject({ status: 200 });
    for (const [where, one] of [
      [url, { ...back, amount: '20.00' }],
      ['/v1/payments/shop:pi_2/returns', back],
    ] as const)
      expect(await post(where, one)).toMatchObject({ status: 409, body: { type: '/v1/problems/return-differs' } });
    expect(await it.db('payment_return')).toHaveLength(1);
  });
});

test('What the sender names and nobody knows is kept for the person who places the money', async () => {
  const nobodys = { ...payment, accountId: 'A-nix', invoiceNumber: 'R-nix' };
  expect(await post('/v1/payments', nobodys)).toMatchObject({
    status: 201,
    body: {
      accountId: null,
      because:
        '119.00 EUR from somebody unnamed: no reference, account or payer is known; exactly this is open of NM-DE-2026-000001 (Customer C-1); the sender names the account “A-nix” and the invoice “R-nix”, which the books do not know',
    },
  });
  expect(await get('/v1/exceptions?state=open')).toMatchObject({
    items: [
      { code: 'unknown-payment', evidence: expect.stringContaining('the account “A-nix” and the invoice “R-nix”') },
    ],
  });
  expect(
    await post('/v1/payments', { ...payment, id: 'pi_2', accountId: 'A-C-1', invoiceNumber: 'R-nix' }),
  ).toMatchObject({
    status: 201,
    body: { accountId: 'A-C-1', because: expect.stringContaining('the sender names the invoice “R-nix”') },
  });
});

describe('a payment that nobody knows', () => {
  beforeEach(() =>
    post('/v1/payments', { provider: 'shop', id: 'u', amount: '119.00', currency: 'EUR', method: 'manual' }),
  );

  test('is listed as unmatched until a person assigns it', async () => {
    expect(await get('/v1/payments?state=unmatched')).toMatchObject({
      total: 1,
      items: [{ id: 'shop:u', accountId: null, unused: '119.00' }],
    });
    const said = { invoiceNumber: 'NM-DE-2026-000001', by: 'Ines', reason: 'He called' };
    expect(await post('/v1/payments/shop:u/allocation', said)).toMatchObject({
      status: 200,
      body: { accountId: 'A-C-1', matchedBy: 'person', because: 'Assigned by Ines: He called', unused: '0.00' },
    });
    expect(await get('/v1/payments?state=unmatched')).toMatchObject({ total: 0 });
    expect(await get('/v1/payments?invoiceNumber=NM-DE-2026-000001')).toMatchObject({ total: 1 });
    expect(await get('/v1/exceptions?state=open')).toMatchObject({ total: 0 });
  });

  test.each([
    ['no target', {}, 422, 'invalid-body'],
    ['an account that is not there', { accountId: 'A-9' }, 409, 'not-assignable'],
  ])('cannot be assigned to %s', async (_, target, status, name) => {
    const answer = await post('/v1/payments/shop:u/allocation', { ...target, by: 'Ines', reason: 'Test' });
    expect(answer).toMatchObject({ status, body: { type: `/v1/problems/${name}` } });
  });

  test('can be sent back as a whole', async () => {
    const back = { id: 'r-1', kind: 'refund', by: 'Ines', reason: 'Not ours' };
    expect(await post('/v1/payments/shop:u/returns', back)).toMatchObject({
      status: 201,
      body: { unused: '0.00', returns: [{ amount: '119.00' }] },
    });
    expect(await post('/v1/payments/shop:u/returns', back)).toMatchObject({ status: 200 });
    const more = await post('/v1/payments/shop:u/returns', { ...back, id: 'r-2', amount: '0.01' });
    expect(more).toMatchObject({ status: 409, body: { type: '/v1/problems/too-much-back', available: '0.00' } });
    expect(await post('/v1/payments/none/returns', back)).toMatchObject({ status: 404 });
  });
});

describe('POST /v1/payments/statements', () => {
  const entry = { amount: '119.00', transactions: [{ text: ['NM-DE-2026-000001'] }] };
  const xml = { 'content-type': 'application/xml' };

  test('takes a file of the bank in', async () => {
    const answer = await post('/v1/payments/statements', camt([{ closing: '1119.00', entries: [entry] }]), xml);
    expect(answer).toMatchObject({ status: 200, body: { statements: [{ id: 'ST-1', kind: 'taken', matched: 1 }] } });
    expect(await openAmounts(it.db)).toEqual({ 'NM-DE-2026-000001': '0.00' });
  });

  test('refuses one that does not add up, with the reason', async () => {
    const answer = await post('/v1/payments/statements', camt([{ closing: '1.00', entries: [entry] }]), xml);
    expect(answer).toMatchObject({
      status: 422,
      body: {
        type: '/v1/problems/statement-unusable',
        detail: expect.stringContaining('Statement ST-1 does not add up'),
      },
    });
  });

  test('takes nothing but XML', async () => {
    expect(await post('/v1/payments/statements', { a: 1 })).toMatchObject({ status: 415 });
  });
});

describe('POST /v1/payments/webhook', () => {
  const now = Math.floor(systemNow / 1000);
  const sign = (body: string, time = now, key = secret) =>
    `t=${time},v1=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`;
  const body = JSON.stringify(payment);
  const call = (text: string, signature?: string) =>
    post('/v1/payments/webhook', text, {
      'content-type': 'application/json',
      ...(signature && { 'ratebook-signature': signature }),
    });

  test('takes a payment in that is signed with the secret', async () => {
    expect(await call(body, sign(body))).toMatchObject({ status: 201, body: { id: 'shop:pi_1', matchedBy: 'sender' } });
  });

  test('takes one of several signatures, while the secret is changed', async () => {
    expect(
      await call(body, `${sign(body, now, 'old').replace('v1=', 'v1=00,v1=')},${sign(body).split(',')[1]}`),
    ).toMatchObject({ status: 201 });
  });

  test.each([
    ['without a signature', undefined],
    ['with a signature of another secret', sign(body, now, 'guess')],
    ['with the signature of another body', sign(`${body} `)],
    ['with a signature that is none', 't=now,v1=zz'],
    ['signed more than five minutes ago', sign(body, now - 301)],
    ['signed in the future', sign(body, now + 301)],
  ])('refuses a message %s', async (_, signature) => {
    expect(await call(body, signature)).toMatchObject({ status: 401, body: { type: '/v1/problems/signature-wrong' } });
    expect(await it.db('payment')).toEqual([]);
  });

  test('refuses to hear the same message again; the same payment, signed anew, is the same', async () => {
    await call(body, sign(body));
    expect(await call(body, sign(body))).toMatchObject({
      status: 409,
      body: { type: '/v1/problems/signature-repeated' },
    });
    expect(await call(body, sign(body, now + 1))).toMatchObject({ status: 200 });
    expect(await it.db('payment')).toHaveLength(1);
  });

  test('checks what is signed, too, and hears it again when it is mended', async () => {
    expect(await call('{"a":', sign('{"a":'))).toMatchObject({ status: 400 });
    const wrong = JSON.stringify({ ...payment, amount: '0' });
    expect(await call(wrong, sign(wrong))).toMatchObject({ status: 422 });
    expect(await it.db('signed_message')).toEqual([]);
  });

  test('takes nothing as long as no secret is set', async () => {
    await it.close();
    it = await startApi();
    expect(await call(body, sign(body))).toMatchObject({ status: 503, body: { type: '/v1/problems/webhook-off' } });
  });
});
