import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestClock } from '../../server/engagement/clock.ts';
import { type ApiUnderTest, acquired, startApi } from './api-books.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';
import { storyRules } from './engagement-rules.ts';

describe('engagement over HTTP', () => {
  let it: ApiUnderTest;
  beforeEach(async () => {
    it = await startApi();
  });
  afterEach(() => it.close());
  const post = (url: string, payload: object, type = 'application/json') =>
    it.api.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });

  test('an event leads to a message and a voucher, all of which can be looked at', async () => {
    expect((await post('/v1/events', acquired('1'), 'application/cloudevents+json')).json()).toEqual({
      accepted: 1,
      duplicate: 0,
    });
    const events = (await it.api.inject('/v1/events')).json();
    expect(events.items).toMatchObject([
      { id: '1', type: 'ratebook.customer.acquired', outcome: { rules: [{ rule: 'offer.app_install' }] } },
    ]);
    const { items } = (await it.api.inject('/v1/messages')).json();
    expect(items).toMatchObject([
      {
        template: 'app-invitation',
        subject: 'About app-invitation',
        recipient: 'aino@example.org',
        rule: 'offer.app_install',
      },
    ]);
    const message = await it.api.inject(`/v1/messages/${encodeURIComponent(items[0].key)}`);
    expect(message.json()).toMatchObject({ key: items[0].key, html: '<p>Hello</p>', text: 'Hello' });
    const vouchers = (await it.api.inject('/v1/vouchers?customerId=C-1')).json();
    expect(vouchers.items).toMatchObject([
      { customerId: 'C-1', uses: 0, usesAllowed: 1, validUntil: '2026-07-16T21:00:00.000Z' },
    ]);
  });

  test('a batch is counted: new ones accepted, known ones duplicate', async () => {
    await post('/v1/events', acquired('1'));
    const response = await post(
      '/v1/events',
      [acquired('1'), acquired('2'), acquired('2')],
      'application/cloudevents-batch+json',
    );
    expect([response.statusCode, response.json()]).toEqual([202, { accepted: 1, duplicate: 2 }]);
  });

  test('a fault in a single event is told of the event, in words', async () => {
    const response = await post('/v1/events', acquired('1', { country: 'de', language: 'German' }));
    expect(response.json()).toMatchObject({
      status: 422,
      errors: [
        { pointer: '#/data/customer/country', detail: 'must be two capital letters, like DE' },
        { pointer: '#/data/customer/language', detail: 'must be two small letters, like de' },
      ],
    });
    const { id: _, ...nameless } = acquired('1');
    expect((await post('/v1/events', nameless)).json().errors).toEqual([
      { pointer: '#/id', detail: 'is required and missing' },
    ]);
  });

  test('a faulty event in a batch names its place and field, and nothing of the batch is stored', async () => {
    const response = await post('/v1/events', [acquired('1'), acquired('2', { zone: 'Mars/Olympus' })]);
    expect([response.statusCode, response.json().errors]).toEqual([
      422,
      [{ pointer: '#/1/data/customer/zone', detail: 'must be an IANA time zone like Europe/Berlin' }],
    ]);
    expect((await it.api.inject('/v1/events')).json().items).toEqual([]);
  });

  test('an event that the rules cannot decide names the fact and its customer', async () => {
    const facts = [{ name: 'customer.tier', type: { kind: 'text' }, scope: 'customer', doc: 'Loyalty tier.' }] as const;
    const [offer, ...others] = storyRules().decisions;
    if (offer === undefined) throw new Error('The stories have no decisions');
    const document = {
      ...storyRules(),
      facts: [...storyRules().facts, ...facts],
      decisions: [{ ...offer, facts: [...offer.facts, 'customer.tier'] }, ...others],
    };
    const strict = await startApi({ engagement: storyDeps(it.db, document) });
    const response = await strict.api.inject({ method: 'POST', url: '/v1/events', payload: acquired('1') });
    expect(response.json()).toMatchObject({
      status: 422,
      type: '/v1/problems/missing-fact',
      errors: [
        {
          pointer: '#/data/customer/facts',
          detail: 'customer.tier of customer C-1 is required and missing (Loyalty tier.)',
        },
      ],
    });
    expect([await it.db('business_event'), await it.db('customer'), strict.logged]).toEqual([[], [], []]);
    const told = acquired('1', { facts: { 'customer.tier': 'gold' } });
    expect((await strict.api.inject({ method: 'POST', url: '/v1/events', payload: told })).statusCode).toBe(202);
    await strict.close();
  });

  test('every type that is accepted publishes the schema of its data', async () => {
    const { items } = (await it.api.inject('/v1/events/types')).json();
    expect(items.map((item: { type: string }) => item.type)).toEqual([
      'ratebook.customer.acquired',
      'ratebook.order.placed',
      'ratebook.order.shipped',
      'ratebook.order.cancelled',
      'ratebook.order.completed',
      'ratebook.invoice.disputed',
      'ratebook.dispute.settled',
      'ratebook.payment.received',
      'ratebook.subscription.renewed',
      'ratebook.subscription.resumed',
      'ratebook.subscription.cancelled',
    ]);
    expect(items[2].data).toMatchObject({ type: 'object', required: ['orderId'] });
  });

  test('nobody outside can claim what only Ratebook notices', async () => {
    const response = await post('/v1/events', {
      ...acquired('1'),
      type: 'ratebook.invoice.issued',
      data: { invoiceNumber: 'N-1' },
    });
    expect([response.statusCode, response.json().errors[0].pointer]).toEqual([422, '#/type']);
  });

  test('a voucher is redeemed once; every refusal has its type', async () => {
    await post('/v1/events', acquired('1'));
    const [voucher] = (await it.api.inject('/v1/vouchers')).json().items;
    const redeem = (code: string, orderId: string, customerId = 'C-1') =>
      post(`/v1/vouchers/${encodeURIComponent(code)}/redeem`, { orderId, customerId });
    const typed = voucher.code.toLowerCase().replaceAll('-', ' ');
    expect((await redeem(typed, 'O-1', 'C-2')).json()).toMatchObject({
      status: 409,
      reason: 'voucher-of-another-customer',
    });
    expect((await redeem(typed, 'O-1')).json()).toMatchObject({
      code: voucher.code,
      orderId: 'O-1',
      takeInWords: '10 %',
      off: 'your next order',
    });
    expect((await redeem(typed, 'O-1')).json()).toMatchObject({ status: 409, reason: 'voucher-used', sameOrder: true });
    expect((await redeem('0000', 'O-1')).json()).toMatchObject({
      status: 409,
      reason: 'voucher-unknown',
      type: '/v1/problems/voucher-unknown',
    });
  });

  test('the test clock moves forward, does what becomes due, and never back', async () => {
    await enrol(it.db, 'C-9', { subscription: { renews_on: '2026-04-01' } });
    await startTestClock(it.db, instant('2026-01-01T00:00:00Z'));
    const move = (now: string) => it.api.inject({ method: 'PUT', url: '/v1/clock', payload: { now } });
    expect((await move('2026-06-01T00:00:00+02:00')).json()).toMatchObject({
      now: '2026-05-31T22:00:00.000Z',
      test: true,
      report: { remindersSent: 3 },
    });
    expect((await it.api.inject('/v1/clock')).json()).toEqual({ now: '2026-05-31T22:00:00.000Z', test: true });
    expect((await move('2026-05-01T00:00:00Z')).json()).toMatchObject({
      status: 409,
      type: '/v1/problems/clock-backwards',
      now: '2026-05-31T22:00:00.000Z',
    });
  });
});

test('a test clock that would pass too much stops on the way, says where, and goes on from there', async () => {
  const it = await startApi({ mostMoments: 1 });
  await enrol(it.db, 'C-9', { subscription: { renews_on: '2026-04-01' } });
  await startTestClock(it.db, instant('2026-03-01T00:00:00Z'));
  const move = async () =>
    (await it.api.inject({ method: 'PUT', url: '/v1/clock', payload: { now: '2026-04-02T00:00:00Z' } })).json();
  const stopped = await move();
  expect(stopped).toMatchObject({ status: 409, type: '/v1/problems/clock-too-far' });
  expect((await it.api.inject('/v1/clock')).json()).toEqual({ now: stopped.now, test: true });
  expect(stopped.now > '2026-03-01' && stopped.now < '2026-04-02').toBe(true);
  const done = await move();
  expect(done).toMatchObject({ now: '2026-04-02T00:00:00.000Z', test: true });
  expect(await it.db('reminder').where({ state: 'sent' })).toHaveLength(3);
  await it.close();
});
