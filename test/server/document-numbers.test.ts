import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawNumbers } from '../../server/bill-run/document-numbers.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test('numbers that many draw at once have no gap and no double, although a third of them fails', async () => {
  const { db } = database;
  const draw = (place: number) =>
    db.transaction(async (trx) => {
      const entities = place % 2 === 0 ? ['A', 'B', 'A'] : ['B', 'A', 'A'];
      const numbers = await drawNumbers(trx, 'invoice', 2026, entities);
      if (place % 3 === 0) throw new Error('The document could not be made');
      return numbers;
    });
  const drawn = await Promise.allSettled(Array.from({ length: 24 }, (_, place) => draw(place)));
  const numbers = drawn.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  expect(numbers).toHaveLength(16 * 3);
  const of = (entity: string) => numbers.filter((number) => number.startsWith(`${entity}-`)).sort();
  const expected = (entity: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${entity}-2026-${String(index + 1).padStart(6, '0')}`);
  expect(of('A')).toEqual(expected('A', 32));
  expect(of('B')).toEqual(expected('B', 16));
});

test('numbers follow the order of the documents, and each kind, legal entity and year has a sequence of its own', async () => {
  const { db } = database;
  const drawn = await db.transaction(async (trx) => [
    ...(await drawNumbers(trx, 'invoice', 2027, ['D', 'C', 'D'])),
    ...(await drawNumbers(trx, 'credit note', 2027, ['D'])),
    ...(await drawNumbers(trx, 'invoice', 2028, ['D'])),
    ...(await drawNumbers(trx, 'invoice', 2027, ['D'])),
  ]);
  expect(drawn).toEqual([
    'D-2027-000001',
    'C-2027-000001',
    'D-2027-000002',
    'D-CN-2027-000001',
    'D-2028-000001',
    'D-2027-000003',
  ]);
});
