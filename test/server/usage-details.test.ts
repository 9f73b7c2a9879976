import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cycleBounds } from '../../engine/cycles.ts';
import { loadCycles } from '../../server/corrections/open-cycles.ts';
import { collectBatch } from '../../server/usage/collect-batch.ts';
import { correctUsage } from '../../server/usage/correct-usage.ts';
import type { CollectContext } from '../../server/usage/place-line.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import type { UsageRecord } from '../../server/usage/usage-record.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { openLines } from './usage-books.ts';

let database: TestDatabase;
let db: Knex;
let context: CollectContext;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  await openLines(db, [
    { id: 'S-1', msisdn: '+491510000001', imsi: '262010000000001' },
    { id: 'S-2', msisdn: '+491510000002', imsi: '262010000000002' },
  ]);
  context = { db, services: new Set(['voice']), directory: await readSubscriberDirectory(db) };
});
afterAll(() => database.close());

const record = (id: string, more: Partial<UsageRecord>): UsageRecord => ({
  id,
  sequence: 1,
  service: 'voice',
  startAt: Date.parse('2026-05-20T10:00:00Z'),
  durationMs: 60_000,
  bytes: 0,
  messages: 0,
  direction: 'outgoing',
  calledNumber: '+4930123456',
  callingNumber: '',
  visitedNetwork: '20801',
  ...more,
});

/** Of the open cycle, by id. */
async function usage() {
  const [cycle] = await loadCycles(db, [{ accountId: 'A', bounds: cycleBounds({ cycleDay: 1 }, '2026-05-20') }]);
  return new Map(cycle?.usage.map((event) => [event.id, event]));
}

test('a record names whom it served by number, IMSI or subscription, and is billed under the number', async () => {
  const { quarantined } = await collectBatch(context, 'names', [
    record('imsi', { imsi: '262010000000001' }),
    record('subscription', { subscription: 'S-2' }),
    record('both', { msisdn: '+491510000001', imsi: '262010000000001' }),
    record('unregistered card', { msisdn: '+491510000001', imsi: '262019999999999' }),
    record('torn', { msisdn: '+491510000001', imsi: '262010000000002' }),
    record('torn too', { subscription: 'S-1', msisdn: '+491510000002' }),
    record('nobody', {}),
    record('strange card', { imsi: '262019999999999' }),
    record('strange line', { subscription: 'S-3' }),
  ]);
  expect(quarantined).toEqual([
    {
      index: 4,
      reason: 'torn-subscriber',
      detail: 'number +491510000001 is of S-1, IMSI 262010000000002 is of S-2',
    },
    { index: 5, reason: 'torn-subscriber', detail: 'the id is of S-1, number +491510000002 is of S-2' },
    { index: 6, reason: 'unknown-subscriber', detail: 'no subscription is named' },
    { index: 7, reason: 'unknown-subscriber', detail: 'no subscription has the IMSI 262019999999999' },
    { index: 8, reason: 'unknown-subscriber', detail: 'no subscription has the id S-3' },
  ]);
  const numbers = [...(await usage()).values()].map(({ id, msisdn, imsi }) => [id, msisdn, imsi]);
  expect(numbers.sort()).toEqual([
    ['both', '+491510000001', '262010000000001'],
    ['imsi', '+491510000001', '262010000000001'],
    ['subscription', '+491510000002', undefined],
    ['unregistered card', '+491510000001', '262019999999999'],
  ]);
});

test('what a record says besides comes out of the books as it came in, also of repeated and corrected ones', async () => {
  const details = { roamingPartner: 'FRAF1', recordType: 'TAP', attributes: { cell: '208-4711', legs: 2, vip: true } };
  const msisdn = '+491510000001';
  await collectBatch(context, 'details', [record('plain', { msisdn })]);
  const outcome = await collectBatch(context, 'details', [
    record('plain', { msisdn }),
    record('detailed', { msisdn, ...details }),
  ]);
  expect(outcome).toMatchObject({ accepted: 1, duplicate: 1 });
  expect((await usage()).get('detailed')).toMatchObject(details);
  expect((await usage()).get('plain')).not.toHaveProperty('attributes');
  const { id: _, ...replacement } = record('', { subscription: 'S-1', attributes: { cell: '208-4712' } });
  const correction = { id: 'K-1', source: 'details', recordId: 'detailed', reason: 'wrong cell', by: 'A. B.' };
  expect(await correctUsage(context, [{ ...correction, replacement }])).toMatchObject({ kind: 'taken', taken: 1 });
  const corrected = (await usage()).get('detailed');
  expect(corrected).toMatchObject({ msisdn, attributes: { cell: '208-4712' } });
  expect(corrected).not.toHaveProperty('roamingPartner');
});

test('two active subscriptions cannot have one IMSI', async () => {
  await expect(
    db('subscription').where({ subscription_id: 'S-2' }).update({ imsi: '262010000000001' }),
  ).rejects.toThrow(/unique/);
});
