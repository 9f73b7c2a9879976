import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadCycles } from '../../server/corrections/open-cycles.ts';
import { acceptEvents, type StoredOutcome } from '../../server/engagement/business-events.ts';
import { message, source } from '../dsl/sources.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, outbox, storyDeps } from './engagement-books.ts';

const rules = `
declare zone Europe/Berlin
declare fact customer.hobby text "What the customer likes."
segment gamer
  when order.items include category console and price >= 300.00 EUR
segment knitter
  when customer.hobby is knitting
notify greeting
  on order completed
  when customer is gamer
  send "hello" to customer
`;
const now = instant('2026-06-16T10:00:00+03:00');

describe('segments', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await enrol(database.db, 'C-1', { customer: { facts: JSON.stringify({ 'customer.hobby': 'chess' }) } });
    await enrol(database.db, 'C-2');
  });
  afterAll(() => database.close());

  function accept(id: string, name: 'order placed' | 'order cancelled' | 'order completed', data: unknown) {
    const { ruleSet } = compileRules(source(rules, ...message('hello')));
    const deps = storyDeps(database.db, ruleSet);
    return acceptEvents(deps, [{ source: 'shop', id, name, at: now, data }], now);
  }

  const order = (id: string, price: string) => ({
    customerId: 'C-1',
    order: { id, currency: 'EUR', dueOn: '2026-06-20', items: [{ category: 'console', price }] },
  });

  test('are told by what all orders of a customer have in them', async () => {
    await accept('1', 'order placed', order('O-1', '299.99'));
    await accept('2', 'order completed', { orderId: 'O-1' });
    expect(await outbox(database.db)).toEqual([]);
    await accept('3', 'order placed', order('O-2', '300.00'));
    await accept('4', 'order completed', { orderId: 'O-1' });
    expect(await outbox(database.db)).toMatchObject([{ template: 'hello', to: 'c-1@example.org' }]);
  });

  test('are explained with the event that they decided on', async () => {
    const row = await database.db('business_event').where({ event_id: '4' }).first();
    const why = (row.outcome as StoredOutcome).why as { rule: string; result: boolean }[];
    expect(why.map(({ rule, result }) => [rule, result])).toEqual([
      ['segment.gamer', true],
      ['segment.knitter', false],
      ['notify.greeting', true],
    ]);
  });

  test('are told to the bill by the same purchases, and a cancelled order is none of them', async () => {
    const bounds = { from: '2026-06-01', until: '2026-07-01', nextUntil: '2026-08-01' };
    const bought = async () =>
      (await loadCycles(database.db, [{ accountId: 'A-C-1', bounds }])).map(({ customer }) => customer.bought);
    expect(await bought()).toEqual([
      [
        { category: 'console', price: 299_990_000, currency: 'EUR' },
        { category: 'console', price: 300_000_000, currency: 'EUR' },
      ],
    ]);
    expect(await accept('5', 'order cancelled', { orderId: 'O-2' })).toMatchObject({ kind: 'accepted' });
    expect(await bought()).toEqual([[{ category: 'console', price: 299_990_000, currency: 'EUR' }]]);
  });

  test('name the fact that they lack, where a rule reads them', async () => {
    const placed = { ...order('O-9', '1.00'), customerId: 'C-2' };
    await accept('6', 'order placed', placed);
    expect(await accept('7', 'order completed', { orderId: 'O-9' })).toEqual({
      kind: 'undecidable',
      faults: [
        {
          pointer: '#/0/data',
          detail: 'customer.hobby of customer C-2 is required and missing (What the customer likes.)',
        },
      ],
    });
  });
});
