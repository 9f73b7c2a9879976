import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectBatch } from '../../server/usage/collect-batch.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { openLines } from './usage-books.ts';

let it: ApiUnderTest;

beforeAll(async () => {
  it = await startApi({}, 'sample rules');
  await openLines(it.db, [{ id: 'S-1', msisdn: '+491510000001', imsi: '262010000000001' }]);
});
afterAll(() => it.close());

const event = (id: string) => ({
  id,
  sequence: 1,
  msisdn: '+491510000001',
  service: 'voice',
  durationMs: 60_000,
  bytes: 0,
  messages: 0,
  direction: 'outgoing' as const,
  calledNumber: '+4930123456',
  callingNumber: '',
  visitedNetwork: '26201',
});
const startAt = '2026-05-20T10:00:00.000Z';

test('refused records are listed page by page, and accepted when they are sent back corrected', async () => {
  const { db } = it;
  const context = { db, services: new Set(['voice']), directory: await readSubscriberDirectory(db) };
  const at = { startAt: Date.parse(startAt) };
  await collectBatch(context, 'shop', [
    { ...event('Q-1'), ...at, msisdn: '+4915199' },
    { ...event('Q-2'), ...at },
    { ...event('Q-3'), ...at, service: 'fax' },
  ]);
  const list = async (query: string) => (await it.api.inject(`/v1/usage/quarantine?source=shop&${query}`)).json();
  const first = await list('limit=1');
  expect(first.items).toMatchObject([
    {
      name: 'api batch 1',
      format: 'ndjson',
      line: 1,
      reason: 'unknown-subscriber',
      detail: 'no subscription has the number +4915199',
      raw: JSON.stringify({ ...event('Q-1'), startAt, msisdn: '+4915199' }),
      state: 'open',
      corrected: null,
    },
  ]);
  expect((await list(`limit=1&after=${first.next}`)).items).toMatchObject([{ line: 3, reason: 'unknown-service' }]);
  const [{ file }] = first.items;
  const corrected = JSON.stringify({ ...event('Q-1'), startAt });
  const records = [
    { file, line: 1, corrected },
    { file, line: 3 },
    { file, line: 2 },
    { file: 999, line: 1 },
  ];
  const replayed = await it.api.inject({
    method: 'POST',
    url: '/v1/usage/quarantine/replay',
    payload: { by: 'A. B.', records },
  });
  expect(replayed.json()).toEqual({
    accepted: 1,
    duplicate: 0,
    refused: [{ index: 1, reason: 'unknown-service', detail: 'service is "fax"' }],
    notWaiting: [2, 3],
  });
  expect((await list('state=replayed')).items).toMatchObject([{ line: 1, corrected, correctedBy: 'A. B.' }]);
  expect((await list('state=open')).items).toMatchObject([{ line: 3 }]);
  expect(await db('usage_event').where({ source: 'shop' }).orderBy('record_id').pluck('record_id')).toEqual([
    'Q-1',
    'Q-2',
  ]);
});
