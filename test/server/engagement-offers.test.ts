import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { BusinessEventName } from '../../engine/vocabulary.ts';
import { voucherLiability } from '../../server/api/read/vouchers.ts';
import { markBenefitsUsed } from '../../server/bill-run/benefits.ts';
import { loadCycles } from '../../server/corrections/open-cycles.ts';
import { acceptEvents, type StoredOutcome } from '../../server/engagement/business-events.ts';
import { redeemVoucher } from '../../server/engagement/vouchers.ts';
import { message, source } from '../dsl/sources.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';

const rules = `
declare zone Europe/Berlin
plan flat "Flat" in EUR, round half even per line, split at start
  fee "Rental" 12.00 EUR monthly in advance
  rate data charge 1.00 EUR per GB
tax standard otherwise 0% category Z

segment gamer
  when customer.profile mentions "gaming"
segment streamer
  when customer.profile mentions "films"

offer ten_percent "Ten per cent", best of thanks
  on order placed
  give voucher 10% off this order, valid 30 days, at most 1 in total
offer four_euros "Four euros", best of thanks
  on order placed
  give voucher 4.00 EUR off this order, valid 30 days
offer free_month "A month without rental"
  on order completed
  not with other offers
  give free fee "Rental" for 2 cycles, once per customer
offer gigabytes "Five more gigabytes"
  on subscription renewed
  give allowance 5 GB of data
offer campaign "Campaign"
  on customer acquired
  give voucher 20% off this order, valid 10 days, at most 15.00 EUR each, at most 100.00 EUR in total
offer subscribe_big "Nine off the next bill"
  for subscribing
  when customer is gamer
  give voucher 9.00 EUR off next invoice, valid 20 days
offer subscribe_small "Half the rental"
  for subscribing
  give voucher 50% off fee "Rental", valid 20 days

content stories from "tables/links.csv"
  when customer.segments include any of link.categories
  rank by shared categories, then by likeness of link.text to customer.profile
  top 2, never twice, in customer language
notify shipped
  on order shipped
  send "hello" to customer with content stories
notify paid
  on payment received
  send "hello" to customer with the best offer for subscribing
`;
const links = {
  path: 'tables/links.csv',
  text: `id,title,url,categories,languages,from,until,text
a,A,https://example.org/a,gamer,en,,,gaming with low latency
b,B,https://example.org/b,gamer streamer,en,,,films
c,C,https://example.org/c,gamer,en,,,"gaming, gaming"
d,D,https://example.org/d,gamer,de,,,gaming
e,E,https://example.org/e,gamer,en,2026-07-01,,gaming
`,
};
const now = instant('2026-06-16T10:00:00+03:00');
const june = { from: '2026-06-01', until: '2026-07-01', nextUntil: '2026-08-01' };
const { ruleSet, diagnostics } = compileRules(source(rules, links, ...message('hello')));
if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
const document = ruleSet;

describe('offers', () => {
  let database: TestDatabase;
  let number = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    for (const id of ['C-1', 'C-2', 'C-3', 'C-4', 'C-5', 'C-6']) await enrol(database.db, id);
    await enrol(database.db, 'C-7', { customer: { profile: 'Likes gaming.' } });
  });
  afterAll(() => database.close());

  async function accept(name: BusinessEventName, data: unknown): Promise<StoredOutcome> {
    number += 1;
    const event = { source: 'shop', id: String(number), name, at: now, data };
    const answer = await acceptEvents(storyDeps(database.db, document), [event], now);
    expect(answer).toMatchObject({ kind: 'accepted' });
    return (await database.db('business_event').where({ event_id: event.id }).first('outcome')).outcome;
  }

  const order = (id: string, customerId: string, value: string) =>
    accept('order placed', { customerId, order: { id, value, currency: 'EUR', dueOn: '2026-06-20' } });

  const kinds = ({ rules: fired }: StoredOutcome) =>
    fired.map(({ rule, voucher, benefit }) => [rule, (voucher ?? benefit)?.kind]);

  async function bill(accountId: string, bounds = june) {
    const cycles = await loadCycles(database.db, [{ accountId, bounds }]);
    return cycles.map((inputs) => ({ inputs, bill: evaluateCycle(inputs, loadRuleSet(document)).bill }))[0]!;
  }

  test('that are the best of a group give one, the one worth most, and the next when it is used up', async () => {
    expect(kinds(await order('O-1', 'C-1', '100.00'))).toEqual([['offer.ten_percent', 'granted']]);
    expect(kinds(await order('O-2', 'C-2', '39.99'))).toEqual([['offer.four_euros', 'granted']]);
    expect(kinds(await order('O-3', 'C-3', '100.00'))).toEqual([
      ['offer.ten_percent', 'refused'],
      ['offer.four_euros', 'granted'],
    ]);
  });

  test('that go with no other are not given to who has another', async () => {
    const outcome = await accept('order completed', { orderId: 'O-3' });
    expect(outcome.rules).toMatchObject([
      { rule: 'offer.free_month', benefit: { kind: 'refused', reason: expect.stringContaining('offer.four_euros') } },
    ]);
  });

  test('free a fee on as many bills as they say, each bill once', async () => {
    await database.db('customer_order').insert({
      order_id: 'O-4',
      customer_id: 'C-4',
      currency: 'EUR',
      placed_at: new Date(now),
      due_on: '2026-06-20',
    });
    await accept('order completed', { orderId: 'O-4' });
    const first = await bill('A-C-4');
    expect(first.bill.lines.map(({ title, amount }) => [title, amount])).toEqual([
      ['Rental', '12.00'],
      ['A month without rental', '-12.00'],
    ]);
    expect(first.bill.lines[1]?.because).toMatchObject({ rule: 'offer.free_month', at: { file: 'example.rules' } });
    await database.db.transaction((trx) => markBenefitsUsed(trx, [first]));
    const july = { from: '2026-07-01', until: '2026-08-01', nextUntil: '2026-09-01' };
    const second = await bill('A-C-4', july);
    expect(second.bill.total).toBe('0.00');
    await database.db.transaction((trx) => markBenefitsUsed(trx, [second]));
    const august = { from: '2026-08-01', until: '2026-09-01', nextUntil: '2026-10-01' };
    expect((await bill('A-C-4', august)).bill.total).toBe('12.00');
  });

  test('include usage in the next bill of the subscription', async () => {
    await accept('subscription renewed', { subscriptionId: 'S-C-5', paidUntil: '2027-06-16' });
    const { inputs } = await bill('A-C-5');
    expect(inputs.benefits).toMatchObject([
      { subscriptionId: 'S-C-5', rule: 'offer.gigabytes', kind: 'allowance', service: 'data', quantity: 5e9 },
    ]);
    const event = {
      id: '1',
      source: 'test',
      sequence: 1,
      msisdn: '+358401234567',
      service: 'data',
      startAt: now,
      durationMs: 0,
      bytes: 7e9,
      messages: 0,
      direction: 'outgoing' as const,
      calledNumber: '',
      callingNumber: '',
      visitedNetwork: '24405',
    };
    const evaluated = evaluateCycle({ ...inputs, usage: [event] }, loadRuleSet(document));
    // 5 of 7 GB are included; 2 GB at 1.00 EUR and the rental of 12.00 EUR are left.
    expect(evaluated.bill.total).toBe('14.00');
  });

  test('with a budget stop when it is promised, however many come at once', async () => {
    const customer = (id: string) => ({
      customer: { id, name: id, category: 'consumer', country: 'FI', language: 'en', zone: 'Europe/Helsinki' },
    });
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => accept('customer acquired', customer(`N-${index}`))),
    );
    // 6 × 15.00 = 90.00; a seventh would make 105.00 of 100.00.
    expect(outcomes.flatMap(kinds).filter(([, kind]) => kind === 'granted')).toHaveLength(6);
    const { rows } = await database.db.raw("select sum(worth)::text as sum from voucher where rule = 'offer.campaign'");
    expect(rows[0].sum).toBe('90.00');
  });

  test('owe what their open vouchers are worth', async () => {
    expect(await voucherLiability(database.db, now)).toEqual([
      { rule: 'offer.campaign', open: 6, worth: '90.00', currency: 'EUR', unknown: 0 },
      { rule: 'offer.four_euros', open: 2, worth: '8.00', currency: 'EUR', unknown: 0 },
      { rule: 'offer.ten_percent', open: 1, worth: '10.00', currency: 'EUR', unknown: 0 },
    ]);
    expect(await voucherLiability(database.db, instant('2027-01-01T00:00:00Z'))).toEqual([]);
  });

  test('come with a message: the one worth most to this customer, and the same again with the next', async () => {
    const pay = async (paymentId: string, accountId: string) => {
      const outcome = await accept('payment received', {
        paymentId,
        accountId,
        amount: '5.00',
        currency: 'EUR',
        method: 'manual',
      });
      const key = outcome.rules.flatMap(({ messages }) => messages)[0]?.key;
      return (await database.db('message').where({ key }).first('data')).data.offer;
    };
    const first = await pay('P-1', 'A-C-7');
    expect(first).toMatchObject({
      title: 'Nine off the next bill',
      gift: '9.00 EUR off next invoice',
      validUntil: '2026-07-06',
    });
    expect(await pay('P-2', 'A-C-7')).toEqual(first);
    expect(await pay('P-3', 'A-C-6')).toMatchObject({ title: 'Half the rental', gift: '50 % off Rental' });
    const redeemed = await redeemVoucher(database.db, { code: first.code, orderId: 'SUB-1', customerId: 'C-7', now });
    expect(redeemed).toMatchObject({ kind: 'redeemed', off: 'next invoice' });
    expect((await bill('A-C-7')).bill.total).toBe('3.00');
  });

  test('are taken back with the order that used them, as long as no bill has taken them in', async () => {
    await database.db('customer_order').insert({
      order_id: 'SUB-1',
      customer_id: 'C-7',
      currency: 'EUR',
      placed_at: new Date(now),
      due_on: '2026-06-20',
    });
    await accept('order cancelled', { orderId: 'SUB-1' });
    expect((await bill('A-C-7')).bill.total).toBe('12.00');
    const { code } = await database.db('voucher').where({ rule: 'offer.subscribe_big' }).first('code');
    expect(await database.db('voucher').where({ code }).first('uses')).toEqual({ uses: 0 });
    const again = { code, orderId: 'SUB-2', customerId: 'C-7', now };
    expect(await redeemVoucher(database.db, again)).toMatchObject({ kind: 'redeemed' });
    expect((await bill('A-C-7')).bill.total).toBe('3.00');
  });

  test('and links: in force, in the customer’s language, the nearest first, each once in a customer’s life', async () => {
    await order('O-7', 'C-7', '1.00');
    const shipped = async () => {
      const outcome = await accept('order shipped', { orderId: 'O-7', trackingUrl: 'https://parcel.example/7' });
      const key = outcome.rules.flatMap(({ messages }) => messages)[0]?.key;
      const { data } = await database.db('message').where({ key }).first('data');
      expect(data.order.trackingUrl).toBe('https://parcel.example/7');
      return data.links.map(({ id, reason }: { id: string; reason: string }) => [id, reason]);
    };
    // Of five texts four have "gaming", so it weighs 1; a word of one or of none weighs 1 + ⌊log₂ 5⌋ = 3. The profile is
    // (likes 3, gaming 1). c: 2 ÷ √(10 · 4) = 0.316. a: 1 ÷ √(10 · (1 + 3 · 9)) = 0.059. b shares no word.
    expect(await shipped()).toEqual([
      ['c', 'shared: gamer; 31 % alike'],
      ['a', 'shared: gamer; 5 % alike'],
    ]);
    expect(await shipped()).toEqual([['b', 'shared: gamer; 0 % alike']]);
    expect(await shipped()).toEqual([]);
    expect(await database.db('content_shown').orderBy('link_id').pluck('link_id')).toEqual(['a', 'b', 'c']);
  });
});
