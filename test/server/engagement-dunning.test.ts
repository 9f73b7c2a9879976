import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { BusinessEventName } from '../../engine/vocabulary.ts';
import { loadCycles } from '../../server/corrections/open-cycles.ts';
import { acceptEvents, raiseEvent } from '../../server/engagement/business-events.ts';
import { advanceClock, createClock, startTestClock } from '../../server/engagement/clock.ts';
import { runDue, type TickDeps } from '../../server/engagement/tick.ts';
import { returnPayment } from '../../server/receivables/return-payment.ts';
import { message, source } from '../dsl/sources.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, outbox, storyDeps } from './engagement-books.ts';

const dunning = `declare role sales manager
dunning overdue
  when invoice.open >= 5.00 EUR
  7 days after invoice.due_on   send "friendly" to customer
  21 days after invoice.due_on  send "firm" to customer, charge 2.50 EUR "Reminder fee"
  35 days after invoice.due_on  send "final" to customer by post, suspend subscription
  between 09:00 and 18:00 customer time
  stop when invoice is paid or invoice is disputed
notify suspended
  on subscription suspended
  send "suspended" to sales manager
notify disputed
  on invoice disputed
  send "disputed" to sales manager
`;

function rulesOf(text: string): RuleSet {
  const letter = { path: 'messages/final/en.post.eta', text: 'Subject: Final\n\nPlease pay.' };
  const messages = ['friendly', 'firm', 'final', 'suspended', 'disputed'].flatMap(message);
  const { ruleSet, diagnostics } = compileRules(source(text, ...messages, letter));
  if (!ruleSet) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return ruleSet;
}

let database: TestDatabase;
let db: Knex;
let deps: TickDeps;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
  deps = storyDeps(db, rulesOf(dunning));
  const customer = { street: 'Mannerheimintie 1', postcode: '00100', city: 'Helsinki' };
  await enrol(db, 'C-1', { customer, subscription: { payment: 'direct debit' } });
  await invoiceOf('NM-1', '47.60', '2026-03-10');
  await startTestClock(db, instant('2026-03-01T00:00:00Z'));
});
afterEach(() => database.close());

async function invoiceOf(number: string, total: string, dueOn: string): Promise<void> {
  await db('invoice').insert({
    number,
    legal_entity: 'NM-DE',
    account_id: 'A-C-1',
    customer_id: 'C-1',
    period_from: '2026-02-01',
    period_until: '2026-03-01',
    issued_on: '2026-02-24',
    due_on: dueOn,
    currency: 'EUR',
    net: total,
    tax: '0',
    total,
    bill: '{}',
  });
}

const goTo = (text: string) => advanceClock(deps, instant(text));

async function happens(name: BusinessEventName, data: object, at: string): Promise<void> {
  const event = { source: '/shop', id: `${name} ${at}`, name, at: instant(at), data };
  expect(await acceptEvents(deps, [event], instant(at))).toMatchObject({ kind: 'accepted', accepted: 1 });
}

const pays = (amount: string, at: string) =>
  happens(
    'payment received',
    { paymentId: at, accountId: 'A-C-1', invoiceNumber: 'NM-1', amount, currency: 'EUR', method: 'manual' },
    at,
  );

const sent = async () => (await outbox(db)).map(({ template, at }) => [template, at]);

describe('an invoice that nobody pays', () => {
  test('is dunned in three steps at nine in the morning of the customer, across the change to summer time', async () => {
    const result = await goTo('2026-12-31T00:00:00Z');
    expect(result).toMatchObject({ kind: 'advanced', report: { remindersSent: 3, failures: [] } });
    expect(await sent()).toEqual([
      ['friendly', '2026-03-17T07:00:00.000Z'],
      ['firm', '2026-03-31T06:00:00.000Z'],
      ['final', '2026-04-14T06:00:00.000Z'],
      ['suspended', '2026-04-14T06:00:00.000Z'],
    ]);
    expect(await db('message').where({ template: 'final' }).first('channel', 'recipient')).toEqual({
      channel: 'post',
      recipient: 'Customer C-1\nMannerheimintie 1\n00100 Helsinki\nFI',
    });
  });

  test('costs the customer one fee of 2.50 EUR, which waits for the next bill with the rule that charged it', async () => {
    await goTo('2026-04-10T00:00:00Z');
    const [cycle] = await loadCycles(db, [
      { accountId: 'A-C-1', bounds: { from: '2026-03-01', until: '2026-04-01', nextUntil: '2026-05-01' } },
    ]);
    expect(cycle?.oneOffFees).toEqual([
      {
        key: 'dunning.overdue|NM-1|2026-03-10|1|fee 1',
        title: 'Reminder fee',
        amount: '2.50',
        chargedOn: '2026-03-31',
        rule: 'dunning.overdue',
        at: { file: 'example.rules', line: 2 },
        how: '21 days after 2026-03-10, for invoice NM-1',
      },
    ]);
    const [before] = await loadCycles(db, [
      { accountId: 'A-C-1', bounds: { from: '2026-02-01', until: '2026-03-01', nextUntil: '2026-04-01' } },
    ]);
    expect(before?.oneOffFees).toBeUndefined();
  });

  describe('of an account that is closed', () => {
    const close = (closedOn: string) => db('billing_account').update({ closed_on: closedOn });
    const firm = async () => (await db('message').where({ template: 'firm' }).first('data')).data;

    test('costs no fee once no bill follows that could carry it: the letter does not promise one, and the step says why', async () => {
      await close('2026-03-01');
      await goTo('2026-04-10T00:00:00Z');
      expect(await db('one_off_fee')).toEqual([]);
      expect((await firm()).fee).toBeUndefined();
      expect(await db('reminder').where({ step: 1 }).first('state', 'reason')).toEqual({
        state: 'sent',
        reason: 'Without “Reminder fee”: account A-C-1 is closed since 2026-03-01, and no bill follows',
      });
    });

    test('costs the fee while its last cycle goes on, and the last bill carries it', async () => {
      await close('2026-03-15');
      await goTo('2026-04-10T00:00:00Z');
      expect(await firm()).toMatchObject({ fee: { amount: '2.50' } });
      const [cycle] = await loadCycles(db, [
        { accountId: 'A-C-1', bounds: { from: '2026-03-01', until: '2026-04-01', nextUntil: '2026-05-01' } },
      ]);
      expect(cycle?.oneOffFees).toMatchObject([{ amount: '2.50', chargedOn: '2026-03-31' }]);
    });
  });

  test('suspends the subscription on the customer’s day, until it is resumed', async () => {
    await goTo('2026-05-01T00:00:00Z');
    expect(await db('subscription').first('suspended_on')).toEqual({ suspended_on: '2026-04-14' });
    expect(await db('business_event').where({ type: 'ratebook.subscription.suspended' })).toHaveLength(1);
    await happens('subscription resumed', { subscriptionId: 'S-C-1' }, '2026-05-02T00:00:00Z');
    expect(await db('subscription').first('suspended_on')).toEqual({ suspended_on: null });
  });

  test('does each step once, whoever is at it and however often the clock is asked', async () => {
    const now = instant('2026-04-14T06:00:00Z');
    await goTo('2026-04-14T05:59:00Z');
    const other = { ...storyDeps(database.db, rulesOf(dunning)) };
    await Promise.all([runDue(deps, now), runDue(other, now), runDue(deps, now)]);
    await runDue(deps, now);
    expect((await sent()).map(([template]) => template)).toEqual(['friendly', 'firm', 'final', 'suspended']);
    expect(await db('one_off_fee')).toHaveLength(1);
  });

  test('is not dunned for a step whose transaction broke off: it is whole when it is done again', async () => {
    await goTo('2026-03-30T00:00:00Z');
    await db.raw('alter table one_off_fee add constraint refused check (amount <> 2.50)');
    const failed = await runDue(deps, instant('2026-03-31T06:00:00Z'));
    expect(failed.failures).toHaveLength(1);
    expect((await sent()).map(([template]) => template)).toEqual(['friendly']);
    await db.raw('alter table one_off_fee drop constraint refused');
    await runDue(deps, instant('2026-03-31T06:00:00Z'));
    expect((await sent()).map(([template]) => template)).toEqual(['friendly', 'firm']);
    expect(await db('one_off_fee')).toHaveLength(1);
  });

  test('after six weeks without a server gets the last step only; the others are skipped, and their fee with them', async () => {
    await goTo('2026-03-11T00:00:00Z');
    await db('test_clock').update({ now: '2026-04-27T08:00:00Z' });
    const { now } = await createClock(db, Date.now).read();
    expect(await runDue(deps, now)).toMatchObject({ remindersSent: 1, remindersSkipped: 2, failures: [] });
    expect((await sent()).map(([template]) => template)).toEqual(['final', 'suspended']);
    expect(await db('one_off_fee')).toEqual([]);
  });
});

describe('reminders of other dates', () => {
  const rules = `declare fact customer.contract_ends date, may be missing
remind contract_end
  1 month before customer.contract_ends, clamped to month end send "friendly" to customer
  between 09:00 and 17:00 customer time
remind parcel
  1 day before order.due_on send "firm" to customer
  between 09:00 and 17:00 Europe/Berlin
  stop when order is over
`;

  test('count from what analysts declared of the customer, and from orders, in the hours of the zone that is named', async () => {
    deps = storyDeps(db, rulesOf(rules));
    // 31 May 2026: a month before it is the last day of April.
    await db('customer').update({ facts: JSON.stringify({ 'customer.contract_ends': 20604 }) });
    const order = (id: string, dueOn: string) =>
      happens('order placed', { customerId: 'C-1', order: { id, currency: 'EUR', dueOn } }, `2026-03-0${id}T08:00:00Z`);
    await order('1', '2026-03-20');
    await order('2', '2026-03-25');
    await happens('order completed', { orderId: '2' }, '2026-03-15T08:00:00Z');
    const result = await goTo('2026-12-31T00:00:00Z');
    expect(result).toMatchObject({ report: { failures: [] } });
    expect(await sent()).toEqual([
      ['firm', '2026-03-19T08:00:00.000Z'],
      ['friendly', '2026-04-30T06:00:00.000Z'],
    ]);
  });
});

describe('events that Ratebook raises itself', () => {
  const raise = (name: 'subscription suspended' | 'survey answered', data: object) =>
    db.transaction((trx) =>
      raiseEvent(
        trx,
        deps,
        { source: 'urn:test', id: name, name, at: instant('2026-03-05T12:00:00Z'), data },
        instant('2026-03-05T12:00:00Z'),
      ),
    );

  test('write what they say into the books: a suspension its day, an answer its reason', async () => {
    expect(await raise('subscription suspended', { subscriptionId: 'S-C-1' })).toBe('done');
    expect(await raise('survey answered', { subscriptionId: 'S-C-1', survey: 'why', reason: 'price' })).toBe('done');
    expect(await db('subscription').first('suspended_on', 'cancellation_reason')).toEqual({
      suspended_on: '2026-03-05',
      cancellation_reason: 'price',
    });
  });
});

describe('dunning ends', () => {
  const states = () => db('reminder').orderBy('step').select('state', 'reason');
  const over = { state: 'stopped', reason: 'The rule’s “stop when” has come true' };

  test('with the payment that leaves nothing open, in the same transaction', async () => {
    await goTo('2026-03-20T00:00:00Z');
    await pays('47.60', '2026-03-20T12:00:00Z');
    expect(await states()).toEqual([{ state: 'sent', reason: null }, over, over]);
    await goTo('2026-06-01T00:00:00Z');
    expect(await db('one_off_fee')).toEqual([]);
  });

  test('with a part payment that leaves less than the rule asks for, and not with one that leaves more', async () => {
    await goTo('2026-03-20T00:00:00Z');
    await pays('42.60', '2026-03-20T12:00:00Z');
    expect((await states()).map(({ state }) => state)).toEqual(['sent', 'planned', 'planned']);
    await pays('0.01', '2026-03-21T12:00:00Z');
    expect((await states())[1]).toEqual({
      state: 'stopped',
      reason: 'The rule’s “when” does not hold any more',
    });
  });

  test('until the payment goes back: the next step is due at once, the others as long after it as they were', async () => {
    await goTo('2026-03-20T00:00:00Z');
    await pays('47.60', '2026-03-20T12:00:00Z');
    // The second step was due on 31 March, the third on 14 April: back on 2 April, they are due on the 2nd and the 16th.
    const at = instant('2026-04-02T10:00:00Z');
    await goTo('2026-04-02T10:00:00Z');
    const back = {
      id: 'R',
      paymentId: '2026-03-20T12:00:00Z',
      kind: 'chargeback',
      by: 'the bank',
      reason: 'MD06',
    } as const;
    await db.transaction((trx) => returnPayment(trx, { ...back, returnedOn: '2026-04-02' }, at));
    await goTo('2026-12-31T00:00:00Z');
    expect(await sent()).toEqual([
      ['friendly', '2026-03-17T07:00:00.000Z'],
      ['firm', '2026-04-02T10:00:00.000Z'],
      ['final', '2026-04-16T10:00:00.000Z'],
      ['suspended', '2026-04-16T10:00:00.000Z'],
    ]);
  });

  test('with a dispute; one that is settled can be opened again', async () => {
    await goTo('2026-03-20T00:00:00Z');
    await happens('invoice disputed', { invoiceNumber: 'NM-1', reason: 'Too high' }, '2026-03-20T12:00:00Z');
    expect((await states())[2]).toEqual(over);
    expect((await sent()).map(([template]) => template)).toEqual(['friendly', 'disputed']);
    await happens('dispute settled', { invoiceNumber: 'NM-1' }, '2026-03-22T12:00:00Z');
    const open = db('invoice_dispute').whereNull('settled_at');
    expect(await open.clone()).toEqual([]);
    await happens('invoice disputed', { invoiceNumber: 'NM-1' }, '2026-03-23T12:00:00Z');
    expect(await open).toHaveLength(1);
  });

  test('before it begins for an invoice that is paid by its due day', async () => {
    await pays('47.60', '2026-03-05T12:00:00Z');
    await goTo('2026-06-01T00:00:00Z');
    expect(await db('reminder')).toEqual([]);
  });
});
