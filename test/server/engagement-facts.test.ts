import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { BusinessEventName } from '../../engine/vocabulary.ts';
import { acceptEvents, type IncomingEvent } from '../../server/engagement/business-events.ts';
import { runDue } from '../../server/engagement/tick.ts';
import { takePayment } from '../../server/receivables/take-payment.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, outbox, storyDeps } from './engagement-books.ts';

let database: TestDatabase;
let db: Knex;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterEach(() => database.close());

const note = [
  {
    path: 'messages/note/message.json',
    text: '{"purpose":"service","sender":"Nordlicht <service@nordlicht.example>"}',
  },
  { path: 'messages/note/en.email.eta', text: 'Subject: A note\n\n<p>Hello</p>\n' },
];

/** Engagement by rules as an analyst writes them. */
function depsOf(text: string) {
  const { ruleSet, diagnostics } = compileRules({ files: [{ path: 'story.rules', text }, ...note] });
  if (ruleSet === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return storyDeps(db, ruleSet);
}

/** Half past seven in the evening in Lisbon, half past nine in Helsinki. */
const evening = instant('2026-06-16T21:30:00+03:00');

function event(id: string, name: BusinessEventName, data: unknown): IncomingEvent {
  return { source: '/crm', id, name, at: evening, data };
}

const order = (id: string) => ({ id, currency: 'EUR', dueOn: '2026-06-20' });

describe('a rule on an event that reads a calendar in plan time', () => {
  const night = `
calendar night in plan time
  weekdays 20:00 to 08:00
`;
  const sendAtNight = (name: string, on: string) => `
notify ${name} "At night"
  on ${on}
  when time is night
  send "note" to customer
`;

  test('goes by the account’s zone, not by the customer’s, wherever an account is concerned', async () => {
    await enrol(db, 'C-1');
    await enrol(db, 'C-2');
    await db('billing_account').where({ account_id: 'A-C-2' }).update({ zone: 'Europe/Lisbon' });
    const events = ['C-1', 'C-2'].flatMap((id) => [
      event(`cancel ${id}`, 'subscription cancelled', { subscriptionId: `S-${id}` }),
      event(`pay ${id}`, 'payment received', {
        paymentId: `P-${id}`,
        accountId: `A-${id}`,
        amount: '1.00',
        currency: 'EUR',
        method: 'manual',
      }),
    ]);
    const deps = depsOf(
      night + sendAtNight('late_cancel', 'subscription cancelled') + sendAtNight('late_payment', 'payment received'),
    );
    expect(await acceptEvents(deps, events, evening)).toMatchObject({ kind: 'accepted', accepted: 4 });
    expect((await outbox(db)).map(({ to }) => to)).toEqual(['c-1@example.org', 'c-1@example.org']);
  });

  test('goes by the customer’s zone where no account is concerned', async () => {
    await enrol(db, 'C-1');
    await enrol(db, 'C-2', { customer: { zone: 'Europe/Lisbon' } });
    const events = ['C-1', 'C-2'].map((id) => event(id, 'order placed', { customerId: id, order: order(`O-${id}`) }));
    const deps = depsOf(night + sendAtNight('late_order', 'order placed'));
    expect(await acceptEvents(deps, events, evening)).toMatchObject({ kind: 'accepted', accepted: 2 });
    expect((await outbox(db)).map(({ to }) => to)).toEqual(['c-1@example.org']);
  });
});

describe('a rule that reads a declared fact', () => {
  const gold = `
declare fact customer.tier text "Tier in the loyalty programme."

notify gold_order "An order of a good customer"
  on order placed
  when customer.tier is "gold"
  send "note" to customer
`;

  test('reads it from the customer', async () => {
    await enrol(db, 'C-1', { customer: { facts: JSON.stringify({ 'customer.tier': 'gold' }) } });
    await enrol(db, 'C-2', { customer: { facts: JSON.stringify({ 'customer.tier': 'silver' }) } });
    const events = ['C-1', 'C-2'].map((id) => event(id, 'order placed', { customerId: id, order: order(`O-${id}`) }));
    await acceptEvents(depsOf(gold), events, evening);
    expect((await outbox(db)).map(({ to }) => to)).toEqual(['c-1@example.org']);
  });

  test.each([
    ['that the customer lacks', {}, 'is required and missing'],
    ['that is of another type', { 'customer.tier': 3 }, 'must be a string'],
  ])('%s cannot decide: it is named, and nothing is stored', async (_, facts, detail) => {
    await enrol(db, 'C-1', { customer: { facts: JSON.stringify({ 'customer.tier': 'gold' }) } });
    await enrol(db, 'C-2', { customer: { facts: JSON.stringify(facts) } });
    const events = ['C-1', 'C-2'].map((id) => event(id, 'order placed', { customerId: id, order: order(`O-${id}`) }));
    expect(await acceptEvents(depsOf(gold), events, evening)).toEqual({
      kind: 'undecidable',
      faults: [
        {
          pointer: '#/1/data',
          detail: `customer.tier of customer C-2 ${detail} (Tier in the loyalty programme.)`,
        },
      ],
    });
    expect(await db('business_event')).toEqual([]);
    expect(await outbox(db)).toEqual([]);
  });

  test('takes no value from outside for a fact that the books have', async () => {
    await enrol(db, 'C-1', {
      customer: { facts: JSON.stringify({ 'customer.app_account': false, 'customer.app_account.known': true }) },
    });
    const deps = depsOf(`
notify no_app "Has no app"
  on order placed
  when customer has no app account
  unless customer.app_account is missing
  send "note" to customer
`);
    await acceptEvents(deps, [event('1', 'order placed', { customerId: 'C-1', order: order('O-1') })], evening);
    expect(await outbox(db)).toEqual([]);
  });

  test('in a reminder keeps only that reminder from being planned, and says why', async () => {
    const deps = depsOf(`
declare fact customer.tier text "Tier in the loyalty programme."

remind renewal "Renewal"
  when customer.tier is "gold"
  7 days before subscription.renews_on
  between 09:00 and 20:00 customer time
  send "note" to customer
  stop when subscription is paid
`);
    await enrol(db, 'C-1', { subscription: { renews_on: '2026-06-20' } });
    await enrol(db, 'C-2', {
      customer: { facts: JSON.stringify({ 'customer.tier': 'gold' }) },
      subscription: { renews_on: '2026-06-20' },
    });
    const report = await runDue(deps, instant('2026-06-08T12:00:00Z'));
    expect(report).toMatchObject({
      remindersPlanned: 1,
      failures: [expect.stringMatching(/S-C-1: customer\.tier of customer C-1 is required and missing/)],
    });
  });
});

describe('an amount that is larger than rules can see', () => {
  const rule = `
notify large_payment "Much money came in"
  on payment received
  when payment.amount > 100 EUR
  send "note" to customer
`;
  const payment = {
    paymentId: 'P-1',
    accountId: 'A-C-1',
    amount: '999999999999.00',
    currency: 'EUR',
    method: 'manual',
  };
  beforeEach(() => enrol(db, 'C-1'));

  test('is booked where no rule reads it', async () => {
    const event1 = event('1', 'payment received', payment);
    expect(await acceptEvents(storyDeps(db), [event1], evening)).toMatchObject({ kind: 'accepted', accepted: 1 });
    expect(await db('payment').pluck('amount')).toEqual(['999999999999.00']);
  });

  test('is told where a rule reads it, with the limit', async () => {
    const result = await acceptEvents(depsOf(rule), [event('1', 'payment received', payment)], evening);
    expect(result).toMatchObject({
      kind: 'undecidable',
      faults: [{ detail: expect.stringMatching(/^payment\.amount of customer C-1 .* up to 9007199254\.740991/) }],
    });
  });

  test('stays booked when Ratebook took it in itself: a person is told that nothing followed from it', async () => {
    const taken = { ...payment, provider: 'shop', id: 'p-1', receivedOn: '2026-06-16', method: 'manual' as const };
    await db.transaction((trx) => takePayment(trx, depsOf(rule), taken, evening));
    expect(await db('payment').pluck('amount')).toEqual(['999999999999.00']);
    expect(await db('exception').select('code', 'subject')).toEqual([{ code: 'missing-fact', subject: 'shop:p-1' }]);
  });

  test('in an order is told, too', async () => {
    const items = [{ category: 'phones', price: '999999999999.00' }];
    const placed = { customerId: 'C-1', order: { ...order('O-1'), items } };
    const reads = `
notify dear_order "Ordered"
  on order placed
  when order.items include category phones and price > 100 EUR
  send "note" to customer
`;
    expect(await acceptEvents(depsOf(reads), [event('1', 'order placed', placed)], evening)).toMatchObject({
      kind: 'undecidable',
    });
  });
});
