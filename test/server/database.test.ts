import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyRows } from '../../server/database/copy.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

describe('the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  test('dates and amounts come back as the texts they were, not as floats', async () => {
    const result = await database.db.raw(
      "select date '2026-03-29' as day, 0.10::numeric + 0.20 as sum, 9007199254740991::bigint as big",
    );
    expect(result.rows[0]).toEqual({ day: '2026-03-29', sum: '0.30', big: 9007199254740991 });
  });

  test('a count beyond 2^53 is refused rather than rounded', async () => {
    await expect(database.db.raw('select 9007199254740993::bigint as big')).rejects.toThrow(
      'beyond what can be counted exactly',
    );
  });

  test('COPY keeps tabs, backslashes, line ends, nulls and JSON as they are', async () => {
    const text = 'tab\there, back\\slash, line\nend, \\N';
    await database.db.transaction(async (trx) => {
      await copyRows(
        trx,
        'rule_set',
        ['hash', 'document'],
        [
          [text, { text }],
          ['plain', {}],
        ],
      );
    });
    const rows = await database.db('rule_set').select('hash', 'document').orderByRaw('length(hash) desc');
    expect(rows).toEqual([
      { hash: text, document: { text } },
      { hash: 'plain', document: {} },
    ]);
  });

  test('an issued invoice can be neither changed nor deleted', async () => {
    const { db } = database;
    await db('customer').insert({
      customer_id: 'C',
      name: 'C',
      category: 'consumer',
      country: 'DE',
      tax_country: 'DE',
      language: 'de',
      zone: 'Europe/Berlin',
    });
    await db('billing_account').insert({
      account_id: 'A',
      customer_id: 'C',
      legal_entity: 'X',
      currency: 'EUR',
      zone: 'Europe/Berlin',
      cycle_day: 1,
      opened_on: '2026-01-01',
    });
    await db('invoice').insert({
      number: '1',
      legal_entity: 'X',
      account_id: 'A',
      customer_id: 'C',
      period_from: '2026-01-01',
      period_until: '2026-02-01',
      issued_on: '2026-02-01',
      due_on: '2026-02-15',
      currency: 'EUR',
      net: '10',
      tax: '1.9',
      total: '11.9',
      bill: {},
    });
    await expect(db('invoice').update({ net: '1', total: '2.9' })).rejects.toThrow('issued invoices never change');
    await expect(db('invoice').delete()).rejects.toThrow('issued invoices never change');
  });
});
