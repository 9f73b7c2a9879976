import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectBatch } from '../../server/usage/collect-batch.ts';
import { collectStream } from '../../server/usage/collect-stream.ts';
import { checkCompleteness } from '../../server/usage/completeness.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { openLine, openLines } from './usage-books.ts';

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
  expect((await list('state=replayed')).items).toMatchObject([{ line: 1, corrected, decidedBy: 'A. B.' }]);
  expect((await list('state=open')).items).toMatchObject([{ line: 3 }]);
  expect(await db('usage_event').where({ source: 'shop' }).orderBy('record_id').pluck('record_id')).toEqual([
    'Q-1',
    'Q-2',
  ]);
});

test('refused records are counted by reason and cause, their faulty field is named, and mended in all of a cause or given up', async () => {
  const { db } = it;
  const context = { db, services: new Set(['voice']), directory: await readSubscriberDirectory(db) };
  const at = { startAt: Date.parse(startAt) };
  await collectBatch(context, 'kiosk', [
    { ...event('K-1'), ...at, service: 'vioce' },
    { ...event('K-2'), ...at, service: 'vioce' },
    { ...event('K-3'), ...at, service: 'fax' },
    { ...event('K-4'), ...at, msisdn: '+4915199' },
  ]);
  const get = async (path: string) => (await it.api.inject(`/v1/usage/quarantine${path}`)).json();
  const post = async (path: string, payload: object) =>
    (await it.api.inject({ method: 'POST', url: `/v1/usage/quarantine/${path}`, payload })).json();
  const groups = await get('/groups?source=kiosk&state=open');
  expect(groups.sources).toContain('kiosk');
  expect(groups.items).toEqual([
    {
      reason: 'unknown-service',
      whatToDo: expect.stringContaining('Declare it'),
      records: 3,
      files: 1,
      sources: ['kiosk'],
      causes: 2,
      frequent: [
        { detail: 'service is "vioce"', records: 2 },
        { detail: 'service is "fax"', records: 1 },
      ],
    },
    expect.objectContaining({ reason: 'unknown-subscriber', records: 1, causes: 1 }),
  ]);
  const cause = await get(`?source=kiosk&detail=${encodeURIComponent('service is "vioce"')}`);
  expect(cause.total).toBe(2);
  for (const { fields } of cause.items)
    expect(fields.filter((field: { faulty: boolean }) => field.faulty)).toEqual([
      { name: 'service', text: 'vioce', faulty: true },
    ]);
  expect((await get('?source=kiosk&search=K-4')).items).toMatchObject([{ line: 4 }]);
  const records = cause.items.map(({ file, line }: { file: number; line: number }) => ({ file, line }));
  const mended = records.map((record: object) => ({ ...record, fields: { service: 'voice' } }));
  expect(await post('replay', { by: 'A. B.', records: mended })).toMatchObject({ accepted: 2, refused: [] });
  const file = records[0].file;
  const nameless = { file, line: 3, fields: { colour: 'red' } };
  expect(await post('replay', { by: 'A. B.', records: [nameless] })).toMatchObject({
    refused: [{ detail: 'The line has no field colour: correct all of it' }],
  });
  const given = [3, 1, 3, 9].map((line) => ({ file, line }));
  const drop = () => post('drop', { by: 'A. B.', why: 'Nobody may fax', records: given });
  expect(await drop()).toEqual({ dropped: 1, notWaiting: [1, 2, 3] });
  expect(await drop()).toEqual({ dropped: 0, notWaiting: [0, 1, 2, 3] });
  expect((await get('?source=kiosk&state=dropped')).items).toMatchObject([
    { line: 3, decidedBy: 'A. B.', why: 'Nobody may fax', decidedAt: expect.stringMatching(/^20/) },
  ]);
  expect(await db('usage_event').where({ source: 'kiosk' }).orderBy('record_id').pluck('service')).toEqual([
    'voice',
    'voice',
  ]);
  expect((await checkCompleteness(db)).filter(({ subject }) => subject.startsWith('kiosk'))).toEqual([]);
});

test('a new card of a subscription is known by its IMSI from then on, and of one subscription only', async () => {
  await openLine(it.db, { id: 'S-2', msisdn: '+491510000002' });
  const put = (id: string, imsi: string | null) =>
    it.api.inject({ method: 'PUT', url: `/v1/subscriptions/${id}/imsi`, payload: { imsi } });
  expect((await put('S-2', '262010000000009')).json()).toEqual({ imsi: '262010000000009' });
  const { byImsi } = await readSubscriberDirectory(it.db);
  expect(byImsi.get('262010000000009')).toMatchObject([{ subscriptionId: 'S-2' }]);
  expect((await put('S-2', '262010000000001')).json()).toMatchObject({ status: 409, type: '/v1/problems/imsi-taken' });
  expect((await put('S-9', null)).statusCode).toBe(404);
  expect((await put('S-2', '26201')).statusCode).toBe(422);
  expect((await put('S-2', null)).json()).toEqual({ imsi: null });
});

describe('over real HTTP', () => {
  let url: string;
  beforeAll(async () => {
    url = await it.api.listen({ host: '127.0.0.1', port: 0 });
  });
  const post = async (path: string, type: string, body: string | ReadableStream) => {
    const request = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' };
    const response = await fetch(`${url}${path}`, request as RequestInit);
    return { status: response.status, body: await response.json() };
  };
  const line = (id: string, more: object = {}) => JSON.stringify({ ...event(id), startAt, ...more });
  const quarantineOf = async (source: string): Promise<{ file: number; line: number }[]> =>
    (await (await fetch(`${url}/v1/usage/quarantine?source=${source}&state=open`)).json()).items;
  const dropped = (records: readonly { file: number; line: number }[]) =>
    JSON.stringify({ by: 'A. B.', why: 'Never happened', records: records.map(({ file, line }) => ({ file, line })) });
  const stream = (lines: readonly string[]) =>
    Readable.toWeb(Readable.from(lines.map((one) => `${one}\n`))) as ReadableStream;

  test('a stream of events is answered with what became of them, and sent again it is known: nothing is refused twice', async () => {
    const header = JSON.stringify({ header: { source: 'PGW', sequence: 9, records: 3 } });
    const lines = [
      header,
      line('1'),
      line('2', { imsi: '262010000000001' }),
      line('3', { bytes: -1 }),
      '{"trailer":{"records":3}}',
    ];
    const first = await post('/v1/usage/stream?source=PGW', 'application/x-ndjson', stream(lines));
    expect(first).toMatchObject({ status: 200, body: { accepted: 2, duplicate: 0, quarantined: 1 } });
    const refused = await (await fetch(`${url}/v1/usage/quarantine?file=${first.body.file}`)).json();
    expect(refused.items).toMatchObject([
      { line: 4, reason: 'negative-quantity', name: 'api stream 1', source: 'PGW' },
    ]);
    const again = await post('/v1/usage/stream?source=PGW', 'application/x-ndjson', stream(lines));
    expect(again.body).toEqual({ file: first.body.file, accepted: 0, duplicate: 2, quarantined: 1 });
    expect(await quarantineOf('PGW')).toHaveLength(1);
    expect((await checkCompleteness(it.db)).filter(({ subject }) => subject.startsWith('PGW'))).toEqual([]);
    const cut = [line('4'), '{"trailer":{"records":2}}'];
    await post('/v1/usage/stream?source=PGW', 'application/x-ndjson', stream(cut));
    expect(await checkCompleteness(it.db)).toMatchObject([{ code: 'trailer-mismatch', subject: 'PGW#2' }]);
  });

  test('a stream that is sent again is tried again where it was refused, and counts each of its lines once', async () => {
    const lines = [line('R-1'), line('R-2', { msisdn: '+491510000077' }), line('R-3', { bytes: -1 }), line('R-1')];
    const send = () => post('/v1/usage/stream?source=RETRY', 'application/x-ndjson', stream(lines));
    expect((await send()).body).toMatchObject({ accepted: 1, duplicate: 1, quarantined: 2 });
    await openLine(it.db, { id: 'S-77', msisdn: '+491510000077' });
    expect((await send()).body).toMatchObject({ accepted: 1, duplicate: 2, quarantined: 1 });
    expect((await send()).body).toMatchObject({ accepted: 0, duplicate: 3, quarantined: 1 });
    expect(await quarantineOf('RETRY')).toMatchObject([{ line: 3, reason: 'negative-quantity' }]);
    await post('/v1/usage/quarantine/drop', 'application/json', dropped(await quarantineOf('RETRY')));
    expect((await send()).body).toMatchObject({ accepted: 0, duplicate: 4, quarantined: 0 });
    expect(await quarantineOf('RETRY')).toEqual([]);
    // The same lines of another source are another delivery.
    const other = await post('/v1/usage/stream?source=RETRY-2', 'application/x-ndjson', stream(lines));
    expect(other.body).toMatchObject({ accepted: 2, duplicate: 1, quarantined: 1 });
  });

  test('a batch that is sent again is refused in the same places, and waits once', async () => {
    const cloudEvent = { specversion: '1.0', id: '1', source: '/again', type: 'ratebook.usage.fax', time: startAt };
    const cloudEvents = JSON.stringify([{ ...cloudEvent, id: '0', type: 'com.example' }, cloudEvent]);
    const batch = JSON.stringify({
      source: 'AGAIN',
      events: [event('1'), { ...event('2'), msisdn: '+49151' }].map((one) => ({ ...one, startAt })),
    });
    for (const [path, type, body, source, refused] of [
      ['/v1/usage', 'application/json', batch, 'AGAIN', 1],
      ['/v1/usage/cloudevents', 'application/cloudevents-batch+json', cloudEvents, '/again', 2],
    ] as const) {
      const first = await post(path, type, body);
      const again = await post(path, type, body);
      expect(first.body.quarantined).toHaveLength(refused);
      expect(again.body).toEqual({ ...first.body, accepted: 0, duplicate: first.body.accepted });
      expect(await quarantineOf(source)).toHaveLength(refused);
    }
  });

  test('a stream that breaks off leaves nothing, and one of another type or without a source is refused', async () => {
    let sent = 0;
    const broken = new ReadableStream({
      pull: (controller) => {
        if (sent++ < 3) controller.enqueue(new TextEncoder().encode(`${line(`broken ${sent}`)}\n`));
        else controller.error(new Error('The line is dead'));
      },
    });
    await expect(post('/v1/usage/stream?source=DEAD', 'application/x-ndjson', broken)).rejects.toThrow();
    expect(await it.db('usage_file').where({ source: 'DEAD' })).toEqual([]);
    expect(await post('/v1/usage/stream', 'application/x-ndjson', line('1'))).toMatchObject({
      status: 400,
      body: { type: '/v1/problems/invalid-parameter' },
    });
    expect(await post('/v1/usage/stream?source=X', 'application/json', line('1'))).toMatchObject({ status: 415 });
  });

  test('more than a stream may hold is refused as a whole', async () => {
    const { db } = it;
    const context = { db, services: new Set(['voice']), directory: await readSubscriberDirectory(db) };
    expect(await collectStream(context, 'MUCH', Readable.from([Buffer.alloc(600), Buffer.alloc(600)]), 1_000)).toEqual({
      kind: 'too large',
    });
    expect(await db('usage_file').where({ source: 'MUCH' })).toEqual([]);
  });

  test('CloudEvents of several sources are taken in one request, each under its own source and id', async () => {
    const told = (source: string, id: string, more: object = {}) => ({
      specversion: '1.0',
      id,
      source,
      type: 'ratebook.usage.sms',
      subject: '+491510000001',
      time: startAt,
      data: { messages: 1, direction: 'outgoing', calledNumber: '+4930123456' },
      ...more,
    });
    const batch = [
      told('/smsc/1', '1'),
      told('/smsc/2', '1', { subject: 'imsi:262010000000001' }),
      told('/smsc/1', '1'),
      told('/smsc/1', '2', { type: 'com.example.usage' }),
    ];
    const type = 'application/cloudevents-batch+json';
    expect(await post('/v1/usage/cloudevents', type, JSON.stringify(batch))).toEqual({
      status: 200,
      body: {
        accepted: 2,
        duplicate: 1,
        quarantined: [{ index: 3, reason: 'bad-field', detail: expect.stringContaining('type must be') }],
      },
    });
    const single = await post('/v1/usage/cloudevents', 'application/cloudevents+json', JSON.stringify(batch[0]));
    expect(single).toMatchObject({ status: 200, body: { accepted: 0, duplicate: 1, quarantined: [] } });
    expect(
      await it.db('usage_event').whereLike('source', '/smsc/%').orderBy('source').pluck('subscription_id'),
    ).toEqual(['S-1', 'S-1']);
    const sourceless = await post('/v1/usage/cloudevents', type, JSON.stringify([{ ...batch[0], source: undefined }]));
    expect(sourceless).toMatchObject({ status: 422, body: { type: '/v1/problems/invalid-body' } });
  });
});
