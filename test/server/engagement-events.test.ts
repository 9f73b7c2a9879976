import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BusinessEventName } from '../../engine/vocabulary.ts';
import { acceptEvents, type IncomingEvent } from '../../server/engagement/business-events.ts';
import { raiseOverdueOrders } from '../../server/engagement/overdue-orders.ts';
import { redeemVoucher } from '../../server/engagement/vouchers.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, outbox, storyDeps } from './engagement-books.ts';
import { storyRules } from './engagement-rules.ts';

let database: TestDatabase;
let db: Knex;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterEach(() => database.close());

const noon = instant('2026-06-16T12:00:00+03:00');

function event(id: string, name: BusinessEventName, data: unknown): IncomingEvent {
  return { source: '/crm', id, name, at: noon, data };
}

const aino = {
  id: 'C-AINO',
  name: 'Aino Virtanen',
  category: 'consumer',
  email: 'aino@example.org',
  country: 'FI',
  language: 'en',
  zone: 'Europe/Helsinki',
  hasAppAccount: false,
};

describe('a customer is acquired', () => {
  test('without an app account: gets one invitation with a voucher that works once, on this order', async () => {
    const order = { id: 'O-1', category: 'phones', value: '499.00', currency: 'EUR', dueOn: '2026-06-20' };
    const deps = storyDeps(db);
    expect(await acceptEvents(deps, [event('1', 'customer acquired', { customer: aino, order })], noon)).toEqual({
      kind: 'accepted',
      accepted: 1,
      duplicate: 0,
    });
    expect(await outbox(db)).toEqual([
      {
        template: 'app-invitation',
        to: 'aino@example.org',
        state: 'queued',
        at: '2026-06-16T09:00:00.000Z',
        reason: null,
      },
    ]);
    const { data, rule, zone, language } = await db('message').first();
    expect({ rule, zone, language }).toEqual({ rule: 'offer.app_install', zone: 'Europe/Helsinki', language: 'en' });
    expect(data.voucher).toMatchObject({ take: '10 %', off: 'this order', validUntil: '2026-07-16' });
    expect(data.customer).toEqual({ id: 'C-AINO', name: 'Aino Virtanen', language: 'en', email: 'aino@example.org' });
    expect(await db('customer_order').where({ order_id: 'O-1' }).first('customer_id', 'value', 'due_on')).toEqual({
      customer_id: 'C-AINO',
      value: '499.00',
      due_on: '2026-06-20',
    });

    const redemption = { code: data.voucher.code, orderId: 'O-1', customerId: 'C-AINO', now: noon };
    expect(await redeemVoucher(db, redemption)).toMatchObject({
      kind: 'redeemed',
      take: { kind: 'percent', percent: '10' },
    });
    expect(await redeemVoucher(db, { ...redemption, orderId: 'O-2' })).toEqual({
      kind: 'refused',
      reason: 'voucher-used',
    });
  });

  test('with an app account: gets nothing', async () => {
    await acceptEvents(
      storyDeps(db),
      [event('1', 'customer acquired', { customer: { ...aino, hasAppAccount: true } })],
      noon,
    );
    expect(await outbox(db)).toEqual([]);
    expect(await db('voucher')).toEqual([]);
  });

  test('whose app account is not known: gets nothing, for missing is not false', async () => {
    const { hasAppAccount: _, ...unknown } = aino;
    await acceptEvents(storyDeps(db), [event('1', 'customer acquired', { customer: unknown })], noon);
    expect(await outbox(db)).toEqual([]);
  });

  test('who has not consented to promotions: the invitation is kept, suppressed, with the reason', async () => {
    await acceptEvents(
      storyDeps(db),
      [event('1', 'customer acquired', { customer: { ...aino, promotionConsent: false } })],
      noon,
    );
    expect(await outbox(db)).toMatchObject([
      { template: 'app-invitation', state: 'suppressed', reason: 'The customer has not consented to promotions' },
    ]);
  });

  test('at half past ten in the evening: the invitation waits for nine in the morning, customer time', async () => {
    await acceptEvents(
      storyDeps(db),
      [event('1', 'customer acquired', { customer: aino })],
      instant('2026-06-16T22:30:00+03:00'),
    );
    expect((await outbox(db)).map((message) => message.at)).toEqual(['2026-06-17T06:00:00.000Z']);
  });

  test('before dawn: the invitation waits for nine the same morning', async () => {
    await acceptEvents(
      storyDeps(db),
      [event('1', 'customer acquired', { customer: aino })],
      instant('2026-06-16T05:00:00+03:00'),
    );
    expect((await outbox(db)).map((message) => message.at)).toEqual(['2026-06-16T06:00:00.000Z']);
  });

  test('without an e-mail address: is invited by text message; without a number too, the message fails with the reason', async () => {
    const { email: _, ...silent } = aino;
    await acceptEvents(
      storyDeps(db),
      [event('1', 'customer acquired', { customer: { ...silent, phone: '+358401234567' } })],
      noon,
    );
    await acceptEvents(
      storyDeps(db),
      [event('2', 'customer acquired', { customer: { ...silent, id: 'C-MUTE' } })],
      noon,
    );
    const rows = await db('message').orderBy('customer_id').select('channel', 'recipient', 'state', 'reason');
    expect(rows).toEqual([
      { channel: 'sms', recipient: '+358401234567', state: 'queued', reason: null },
      { channel: 'email', recipient: '', state: 'failed', reason: 'The customer has no address for email or sms' },
    ]);
  });

  test('twice by the same event: counts as a duplicate and changes nothing', async () => {
    const deps = storyDeps(db);
    const acquired = event('1', 'customer acquired', { customer: aino });
    await acceptEvents(deps, [acquired], noon);
    expect(await acceptEvents(deps, [acquired, acquired], noon)).toEqual({
      kind: 'accepted',
      accepted: 0,
      duplicate: 2,
    });
    expect(await db('voucher')).toHaveLength(1);
    expect(await db('message')).toHaveLength(1);
  });

  test('by the same event from 20 senders at once: is taken in once', async () => {
    const deps = storyDeps(db);
    const acquired = event('1', 'customer acquired', { customer: aino });
    const results = await Promise.all(Array.from({ length: 20 }, () => acceptEvents(deps, [acquired], noon)));
    expect(results.map((result) => (result.kind === 'accepted' ? result.accepted : -1)).sort()).toEqual([
      ...Array(19).fill(0),
      1,
    ]);
    expect(await db('message')).toHaveLength(1);
  });

  test('when all vouchers are given out: no invitation leaves, and the event says why', async () => {
    const deps = storyDeps(db, storyRules({ inTotal: 1 }));
    await acceptEvents(
      deps,
      [
        event('1', 'customer acquired', { customer: aino }),
        event('2', 'customer acquired', { customer: { ...aino, id: 'C-2' } }),
      ],
      noon,
    );
    expect(await db('message').pluck('customer_id')).toEqual(['C-AINO']);
    const { outcome } = await db('business_event').where({ event_id: '2' }).first('outcome');
    expect(outcome.rules).toMatchObject([
      {
        rule: 'offer.app_install',
        messages: [],
        voucher: { kind: 'refused', reason: 'All 1 vouchers of this offer are given out' },
      },
    ]);
  });

  test('the event keeps which rules fired and why', async () => {
    await acceptEvents(storyDeps(db), [event('1', 'customer acquired', { customer: aino })], noon);
    const { outcome } = await db('business_event').first('outcome');
    expect(outcome.rules).toMatchObject([
      { rule: 'offer.app_install', voucher: { kind: 'granted' }, messages: [{ to: 'customer', state: 'queued' }] },
    ]);
    expect(JSON.stringify(outcome.why)).toContain('customer.app_account');
  });

  test('again with changes: what is not said stays as it is', async () => {
    const deps = storyDeps(db);
    await acceptEvents(
      deps,
      [event('1', 'customer acquired', { customer: { ...aino, profile: 'Likes gaming' } })],
      noon,
    );
    await acceptEvents(deps, [event('2', 'customer acquired', { customer: { ...aino, name: 'Aino Korhonen' } })], noon);
    expect(await db('customer').first('name', 'profile')).toEqual({ name: 'Aino Korhonen', profile: 'Likes gaming' });
  });
});

describe('a batch of events', () => {
  test('with one fault stores nothing, and names the event and the field', async () => {
    const good = event('1', 'customer acquired', { customer: aino });
    const bad = event('2', 'order placed', {
      customerId: 'C-NOBODY',
      order: { id: 'O-1', currency: 'EUR', dueOn: '2026-06-20' },
    });
    expect(await acceptEvents(storyDeps(db), [good, bad], noon)).toEqual({
      kind: 'refused',
      faults: [{ pointer: '#/1/data/customerId', detail: 'no customer C-NOBODY is known; send what creates it first' }],
    });
    for (const table of ['business_event', 'customer', 'message', 'voucher']) expect(await db(table)).toEqual([]);
  });

  test.each([
    ['a field that is missing', 'order shipped', {}, '#/0/data/orderId'],
    ['an unknown field', 'order shipped', { orderId: 'O-1', trackingLink: 'x' }, '#/0/data/trackingLink'],
    [
      'a day that does not exist',
      'subscription renewed',
      { subscriptionId: 'S-1', paidUntil: '2026-02-30' },
      '#/0/data/paidUntil',
    ],
    [
      'an amount that is a number',
      'payment received',
      { paymentId: 'P', accountId: 'A', amount: 12, currency: 'EUR', method: 'manual' },
      '#/0/data/amount',
    ],
    [
      'a zone that does not exist',
      'customer acquired',
      { customer: { ...aino, zone: 'Mars/Olympus' } },
      '#/0/data/customer/zone',
    ],
    [
      'a value outside a list',
      'customer acquired',
      { customer: { ...aino, category: 'friend' } },
      '#/0/data/customer/category',
    ],
  ] as const)('with %s is refused there', async (_, name, data, pointer) => {
    const result = await acceptEvents(storyDeps(db), [event('1', name, data)], noon);
    expect(result).toMatchObject({ kind: 'refused', faults: [{ pointer }] });
  });
});

describe('payments and orders', () => {
  beforeEach(() => enrol(db, 'C-1'));

  const payment = { paymentId: 'P-1', accountId: 'A-C-1', amount: '12.50', currency: 'EUR', method: 'manual' };

  test('a payment is booked on the day it came in, in the account’s zone', async () => {
    const late = { ...event('1', 'payment received', payment), at: instant('2026-06-16T23:30:00Z') };
    await acceptEvents(storyDeps(db), [late], noon);
    expect(await db('payment').first('payment_id', 'amount', 'received_on')).toEqual({
      payment_id: 'P-1',
      amount: '12.50',
      received_on: '2026-06-17',
    });
  });

  test('a payment that another event has booked is refused rather than booked twice', async () => {
    const deps = storyDeps(db);
    await acceptEvents(deps, [event('1', 'payment received', payment)], noon);
    expect(await acceptEvents(deps, [event('2', 'payment received', payment)], noon)).toMatchObject({
      kind: 'refused',
      faults: [{ pointer: '#/0/data/paymentId' }],
    });
    expect(await db('payment')).toHaveLength(1);
  });

  test('a payment of a day to come is refused', async () => {
    const ahead = event('1', 'payment received', { ...payment, receivedOn: '2031-01-01' });
    expect(await acceptEvents(storyDeps(db), [ahead], noon)).toEqual({
      kind: 'refused',
      faults: [{ pointer: '#/0/data/receivedOn', detail: 'lies in the future' }],
    });
  });

  test('a payment in another currency than the account’s is refused', async () => {
    const result = await acceptEvents(
      storyDeps(db),
      [event('1', 'payment received', { ...payment, currency: 'USD' })],
      noon,
    );
    expect(result).toEqual({
      kind: 'refused',
      faults: [{ pointer: '#/0/data/currency', detail: 'account A-C-1 is kept in EUR' }],
    });
  });

  test('an order placed, shipped and completed carries its instants', async () => {
    const placed = {
      customerId: 'C-1',
      order: {
        id: 'O-1',
        category: 'phones',
        value: '10',
        currency: 'EUR',
        dueOn: '2026-06-20',
        placedAt: '2026-06-15T10:00:00+03:00',
      },
    };
    const steps = [
      event('1', 'order placed', placed),
      event('2', 'order shipped', { orderId: 'O-1' }),
      event('3', 'order completed', { orderId: 'O-1', at: '2026-06-17T10:00:00Z' }),
    ];
    await acceptEvents(storyDeps(db), steps, noon);
    const order = await db('customer_order').first();
    expect([order.placed_at, order.shipped_at, order.completed_at].map((at) => at.toISOString())).toEqual([
      '2026-06-15T07:00:00.000Z',
      '2026-06-16T09:00:00.000Z',
      '2026-06-17T10:00:00.000Z',
    ]);
  });

  test('a cancellation tells the customer’s own sales manager, else the team', async () => {
    await enrol(db, 'C-2', { customer: { sales_manager: 'maija@nordlicht-mobile.example' } });
    const cancelled = [
      event('1', 'subscription cancelled', { subscriptionId: 'S-C-1' }),
      event('2', 'subscription cancelled', { subscriptionId: 'S-C-2' }),
    ];
    await acceptEvents(storyDeps(db), cancelled, noon);
    expect((await outbox(db)).map((message) => message.to).sort()).toEqual([
      'maija@nordlicht-mobile.example',
      'sales@nordlicht-mobile.example',
    ]);
    expect(await db('message').distinct('language', 'zone')).toEqual([{ language: 'de', zone: 'Europe/Berlin' }]);
    expect(await db('subscription').distinct('cancelled_on').pluck('cancelled_on')).toEqual(['2026-06-16']);
  });
});

describe('an order past its due date', () => {
  beforeEach(async () => {
    await enrol(db, 'C-1');
    await db('customer_order').insert({
      order_id: 'O-1',
      customer_id: 'C-1',
      currency: 'EUR',
      value: '99',
      placed_at: '2026-06-10T08:00:00Z',
      due_on: '2026-06-16',
    });
  });

  test('is overdue when its day ends where the customer lives, not before', async () => {
    const deps = storyDeps(db);
    expect(await raiseOverdueOrders(deps, instant('2026-06-16T23:59:59+03:00'))).toEqual({ raised: 0, failures: [] });
    expect(await raiseOverdueOrders(deps, instant('2026-06-17T00:00:00+03:00'))).toEqual({ raised: 1, failures: [] });
  });

  test('alerts customer and sales manager once, however often and from wherever the clock looks', async () => {
    const deps = storyDeps(db);
    const later = instant('2026-06-18T09:00:00+03:00');
    await Promise.all(Array.from({ length: 5 }, () => raiseOverdueOrders(deps, later)));
    await raiseOverdueOrders(deps, later + 86_400_000);
    const messages = await outbox(db);
    expect(messages.map(({ template, to }) => [template, to]).sort()).toEqual([
      ['order-delayed', 'c-1@example.org'],
      ['order-delayed-staff', 'sales@nordlicht-mobile.example'],
    ]);
    expect(await db('business_event').select('type', 'event_id')).toEqual([
      { type: 'ratebook.order.overdue', event_id: 'order overdue O-1' },
    ]);
  });

  test('that was completed in time alerts nobody', async () => {
    await db('customer_order').update({ completed_at: '2026-06-16T12:00:00Z' });
    expect(await raiseOverdueOrders(storyDeps(db), instant('2026-06-20T00:00:00Z'))).toEqual({
      raised: 0,
      failures: [],
    });
  });

  test('with a customer who cannot be reached leaves an exception for a person, and still tells the sales manager', async () => {
    await db('customer').update({ email: null });
    await raiseOverdueOrders(storyDeps(db), instant('2026-06-20T00:00:00Z'));
    expect((await outbox(db)).map(({ template, state }) => [template, state]).sort()).toEqual([
      ['order-delayed', 'failed'],
      ['order-delayed-staff', 'queued'],
    ]);
    expect(await db('exception').select('code', 'action', 'subject', 'rule')).toEqual([
      { code: 'undeliverable', action: 'flag', subject: 'C-1', rule: 'notify.order_late' },
    ]);
  });
});
