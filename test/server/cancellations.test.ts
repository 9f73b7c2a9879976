import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acceptEvents } from '../../server/engagement/business-events.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';

let database: TestDatabase;
let db: Knex;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterEach(() => database.close());

const noon = instant('2026-06-16T12:00:00+03:00');

describe('a subscription is cancelled', () => {
  const cancel = (cancelledOn: string) =>
    acceptEvents(
      storyDeps(db),
      [
        {
          source: '/crm',
          id: cancelledOn,
          name: 'subscription cancelled',
          at: noon,
          data: { subscriptionId: 'S-C-1', cancelledOn },
        },
      ],
      noon,
    );
  const refused = (first: string) => ({
    kind: 'refused',
    faults: [
      {
        pointer: '#/0/data/cancelledOn',
        detail: `subscription S-C-1 can end on ${first} at the earliest: say that day or a later one`,
      },
    ],
  });
  const ends = async () => (await db('subscription').where({ subscription_id: 'S-C-1' }).first()).cancelled_on;

  test('on the day of its activation by who withdraws, and never before', async () => {
    await enrol(db, 'C-1', { subscription: { accepted_on: '2025-01-10', activated_on: '2025-01-17' } });
    expect(await cancel('2025-01-16')).toEqual(refused('2025-01-17'));
    expect(await ends()).toBeNull();
    expect(await cancel('2025-01-17')).toMatchObject({ kind: 'accepted' });
    expect(await ends()).toBe('2025-01-17');
  });

  test('before it is active, but not before its order was accepted', async () => {
    await enrol(db, 'C-1', { subscription: { accepted_on: '2026-06-10', activated_on: '2026-07-01' } });
    expect(await cancel('2026-06-09')).toEqual(refused('2026-06-10'));
    expect(await cancel('2026-06-10')).toMatchObject({ kind: 'accepted' });
    expect(await ends()).toBe('2026-06-10');
  });
});
