import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectFile } from '../../server/usage/collect-file.ts';
import { collectFolder } from '../../server/usage/collect-folder.ts';
import { checkCompleteness } from '../../server/usage/completeness.ts';
import { decodeUsageJson } from '../../server/usage/decode-usage-json.ts';
import { mappedCsv } from '../../server/usage/mapped-csv.ts';
import type { CollectContext } from '../../server/usage/place-line.ts';
import { replayRecords } from '../../server/usage/replay-records.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import type { UsageFormat } from '../../server/usage/usage-formats.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { openLines } from './usage-books.ts';
import {
  cloudEventLine,
  csvLine,
  type DrawnEvent,
  drawnEvent,
  jsonLine,
  vendorHeading,
  vendorLine,
  vendorMapping,
} from './usage-lines.ts';

const services = new Set(['voice', 'data', 'sms', 'seats']);
let database: TestDatabase;
let db: Knex;
let folder: string;
let context: CollectContext;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  folder = await mkdtemp(join(tmpdir(), 'ratebook-formats-'));
  await openLines(db, [
    { id: 'S-1', msisdn: '+491510000001', imsi: '262010000000001' },
    { id: 'S-2', msisdn: '+491510000002' },
  ]);
  context = { db, services, directory: await readSubscriberDirectory(db) };
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function collect(name: string, lines: readonly string[], formats: readonly UsageFormat[] = []) {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return collectFile({ ...context, formats }, path);
}

const header = (source: string, records: number, sequence = 1) =>
  JSON.stringify({ header: { source, sequence, records } });
const trailer = (records: number) => JSON.stringify({ trailer: { records } });
const call = (more: object = {}) =>
  JSON.stringify({
    id: 'N-1',
    msisdn: '+491510000001',
    service: 'voice',
    startAt: '2026-05-20T10:00:00+02:00',
    durationMs: 95_000,
    direction: 'outgoing',
    calledNumber: '+4930123456',
    ...more,
  });

test('the same events give the same books: as CSV, as CSV of the source’s own, as NDJSON and as CloudEvents', async () => {
  let run = 0;
  await fc.assert(
    // Never none: of two files with the same text the second is known.
    fc.asyncProperty(
      fc.uniqueArray(drawnEvent, { selector: ({ id }) => id, minLength: 1, maxLength: 20 }),
      async (events) => {
        run += 1;
        const sources = { csv: `CSV${run}`, ndjson: `JSON${run}`, jsonl: `CE${run}` };
        const n = events.length;
        const counts = [
          await collect(`${run}.csv`, [
            `H,${sources.csv},1,2026-05-21T00:00:00Z,${n}`,
            ...events.map(csvLine),
            `T,${n}`,
          ]),
          await collect(`${run}.ndjson`, [header(sources.ndjson, n), ...events.map(jsonLine), trailer(n)]),
          await collect(`${run}.jsonl`, [
            header(sources.jsonl, n),
            ...events.map((event) => cloudEventLine(event, sources.jsonl)),
            trailer(n),
          ]),
        ];
        const format = mappedCsv({ ...vendorMapping, source: `VENDOR${run}` });
        const vendor = await collect(`vendor-${run}.txt`, [vendorHeading, ...events.map(vendorLine)], [format]);
        for (const count of [...counts, vendor]) expect(count).toEqual(counts[0]);
        const books = async (source: string) => ({
          events: (await db('usage_event').where({ source }).orderBy('record_id')).map(
            ({ file_id: _, source: __, ...row }) => row,
          ),
          reasons: await db('quarantined_record')
            .join('usage_file', 'usage_file.file_id', 'quarantined_record.file_id')
            .where({ source })
            .orderBy('line_number')
            .select('line_number', 'reason'),
          announced: await db('usage_file').where({ source }).pluck('announced'),
        });
        const csv = await books(sources.csv);
        expect(await books(sources.ndjson)).toEqual(csv);
        expect(await books(sources.jsonl)).toEqual(csv);
        const ofVendor = await books(`VENDOR${run}`);
        expect({ ...ofVendor, reasons: reasonsOf(ofVendor.reasons) }).toEqual({
          ...csv,
          reasons: reasonsOf(csv.reasons),
        });
        expect(csv.events.length).toBe(events.filter((event: DrawnEvent) => event.fault === undefined).length);
      },
    ),
    { numRuns: 25 },
  );
});

describe('a line of NDJSON', () => {
  const broken = (more: object) => call(more);
  test.each([
    ['', 'not-a-record'],
    ['[]', 'not-a-record'],
    ['{"id": "N-1"', 'not-a-record'],
    ['{"header": {"source": "X"}}', 'not-a-record'],
    ['{"trailer": {"records": -1}}', 'not-a-record'],
    [broken({ id: 'a\0' }), 'not-a-record'],
    [broken({ attributes: { a: '\ud800' } }), 'not-a-record'],
    [broken({ id: '' }), 'field-count'],
    [broken({ direction: undefined }), 'field-count'],
    [broken({ durationMs: undefined }), 'field-count'],
    [broken({ duration: 95 }), 'field-count'],
    [broken({ durationMs: '95' }), 'bad-number'],
    [broken({ durationMs: 0.5 }), 'bad-number'],
    [broken({ durationMs: -1 }), 'negative-quantity'],
    [broken({ value: { amount: '1,5', currency: 'EUR' } }), 'bad-number'],
    [broken({ part: { session: 'S', number: 0, isLast: true } }), 'bad-number'],
    [broken({ startAt: '2026-02-30T10:00:00Z' }), 'bad-instant'],
    [broken({ startAt: 1_779_000_000_000 }), 'bad-instant'],
    [broken({ direction: 'sideways' }), 'unknown-direction'],
    [broken({ service: 'telepathy' }), 'unknown-service'],
    [broken({ msisdn: '0151 1' }), 'bad-field'],
    [broken({ imsi: '26201' }), 'bad-field'],
    [broken({ attributes: { list: [] } }), 'bad-field'],
    [broken({ specversion: '1.0' }), 'bad-field'],
  ])('%s is refused as %s', (line, reason) => {
    expect(decodeUsageJson(line, services)).toMatchObject({ kind: 'refused', reason });
  });

  const event = { specversion: '1.0', id: 'C-1', source: 'PGW', type: 'ratebook.usage.data' };
  const told = { ...event, time: '2026-05-20T10:00:00.123456789Z', subject: 'imsi:262010000000001' };
  const data = { bytes: 7, direction: 'outgoing' };

  test('may be a CloudEvent, whose envelope says id, source, service, start and subscriber', () => {
    expect(decodeUsageJson(JSON.stringify({ ...told, traceparent: '00-1', data }), services)).toEqual({
      kind: 'record',
      source: 'PGW',
      event: {
        id: 'C-1',
        imsi: '262010000000001',
        service: 'data',
        startAt: Date.UTC(2026, 4, 20, 10, 0, 0, 123),
        direction: 'outgoing',
        bytes: 7,
        sequence: 0,
        durationMs: 0,
        messages: 0,
        calledNumber: '',
        callingNumber: '',
        visitedNetwork: '',
      },
    });
  });

  test.each([
    [{ ...told, type: 'com.example.usage', data }, 'type must be written like the pattern'],
    [{ ...told, specversion: '0.3', data }, 'specversion'],
    [{ ...told, subject: 'somebody', data }, 'subject is "somebody"'],
    [{ ...told, data: { ...data, service: 'voice' } }, 'service is "data" by the envelope'],
    [told, 'data is required'],
  ])('%o is no usage', (envelope, detail) => {
    expect(decodeUsageJson(JSON.stringify(envelope), services)).toMatchObject({
      kind: 'refused',
      reason: 'bad-field',
      detail: expect.stringContaining(detail),
    });
  });
});

describe('an NDJSON file', () => {
  test('is collected with its folder, knows its gaps, and is collected once', async () => {
    const usage = await mkdtemp(join(folder, 'usage-'));
    await writeFile(join(usage, 'b.jsonl'), [header('NDF', 1, 3), call({ id: 'F-3' }), trailer(1)].join('\n'));
    await writeFile(join(usage, 'a.ndjson'), [header('NDF', 2, 1), call({ id: 'F-1' }), trailer(2), ''].join('\r\n'));
    await writeFile(join(usage, 'notes.txt'), 'no usage');
    for (const _ of [1, 2]) await collectFolder(context, usage, () => {});
    expect(await db('usage_file').where({ source: 'NDF' }).orderBy('sequence').pluck('name')).toEqual([
      'a.ndjson',
      'b.jsonl',
    ]);
    const exceptions = (await checkCompleteness(db)).filter(({ subject }) => subject.startsWith('NDF'));
    expect(exceptions.map(({ code, subject }) => [code, subject])).toEqual([
      ['source-gap', 'NDF#2'],
      ['trailer-mismatch', 'NDF#1'],
    ]);
  });

  test('is never stopped by what is wrong in it, however long the line', async () => {
    const lines = [
      header('LONG', 4),
      'x'.repeat(3_000_000),
      '\0garbage',
      call({ id: 'L-1' }),
      call({ id: 'L-2', attributes: { a: '\ud800' } }),
      call({ id: 'L-3', source: 'OTHER' }),
      call({ id: 'L-4' }),
      trailer(4),
    ];
    expect(await collect('long.ndjson', lines)).toMatchObject({ linesRead: 6, accepted: 2, quarantined: 4 });
    expect(await quarantine('LONG')).toEqual([
      [2, 'not-a-record'],
      [3, 'not-a-record'],
      [5, 'not-a-record'],
      [6, 'other-source'],
    ]);
  });

  test('of CSV, too: a name that no key can hold waits in quarantine', async () => {
    const name = Array.from({ length: 9_000 }, (_, index) => String.fromCharCode(97 + ((index * index) % 23))).join('');
    const good = csvLine({ ...example, id: 'K-1' });
    const lines = ['H,KEYS,1,2026-05-21T00:00:00Z,2', good, good.replace('K-1', name), 'T,2'];
    expect(await collect('keys.csv', lines)).toMatchObject({ accepted: 1, quarantined: 1 });
    expect(await quarantine('KEYS')).toEqual([[3, 'bad-field']]);
  });
});

describe('a file of CSV of the source’s own', () => {
  const attributed = mappedCsv({
    source: 'OWN',
    files: '^own-(.+)\\.csv$',
    columns: {
      Id: 'id',
      When: 'startAt',
      Cell: 'attributes.cell',
      Legs: 'attributes.legs',
      Seconds: 'durationSeconds',
    },
    constants: { service: 'voice', direction: 'outgoing', imsi: '262010000000001', recordType: 'VOIP' },
    numbers: ['legs'],
  });
  const row = (id: string, more = '60.5') => `${id},2026-05-20T10:00:00Z,0815,2,${more}`;

  test('says fields that are the same in every record once, and attributes as text or number', async () => {
    await collect('own-7.csv', ['Id,When,Cell,Legs,Seconds', row('O-1'), row('O-2', 'long'), '"O-3,'], [attributed]);
    expect(await db('usage_event').where({ source: 'OWN' })).toMatchObject([
      {
        subscription_id: 'S-1',
        duration_ms: 60_500,
        record_type: 'VOIP',
        attributes: { cell: '0815', legs: 2 },
      },
    ]);
    expect(await db('usage_file').where({ source: 'OWN' })).toMatchObject([
      { sequence: 7, format: 'csv of OWN', announced: 3 },
    ]);
    expect(await quarantine('OWN')).toEqual([
      [3, 'bad-number'],
      [4, 'not-a-record'],
    ]);
    const { file_id: file } = await db('usage_file').where({ source: 'OWN' }).first();
    const replay = (formats: readonly UsageFormat[]) =>
      replayRecords({ ...context, formats }, [{ file, line: 3, corrected: row('O-2', '7') }], {
        by: 'A. B.',
        at: Date.UTC(2026, 5, 1),
      });
    expect(await replay([])).toMatchObject({ refused: [{ detail: 'No format "csv of OWN" is declared any more' }] });
    expect(await replay([attributed])).toMatchObject({ accepted: 1, refused: [] });
  });

  test('whose columns are not those that are declared waits as a whole, and is collected when they are', async () => {
    const lines = ['Id,Cell,When,Legs,Seconds', 'O-9,0815,2026-05-20T10:00:00Z,2,60'];
    expect(await collect('own-8.csv', lines, [attributed])).toMatchObject({ accepted: 0, quarantined: 2 });
    const moved = mappedCsv({
      source: 'OWN',
      files: '^own-(.+)\\.csv$',
      columns: { Id: 'id', Cell: 'attributes.cell', When: 'startAt', Legs: null, Seconds: 'durationSeconds' },
      constants: { service: 'voice', direction: 'outgoing', msisdn: '+491510000001' },
    });
    for (const counts of [{ accepted: 1, quarantined: 0 }, undefined])
      expect(await collect('own-8.csv', lines, [moved])).toEqual(counts && expect.objectContaining(counts));
    expect((await checkCompleteness(db)).filter(({ subject }) => subject.startsWith('own'))).toEqual([]);
  });

  test('whose name says no number is not taken for one of a source', async () => {
    const counts = await collect('own-may.csv', ['Id,When,Cell,Legs,Seconds', row('O-5')], [attributed]);
    expect(counts).toMatchObject({ accepted: 0, quarantined: 1 });
  });
});

describe('a record in quarantine', () => {
  test.each(['csv', 'ndjson'] as const)(
    'of %s is accepted corrected, once, and says who corrected it',
    async (format) => {
      const source = `MEND-${format}`;
      const wrong = { ...example, id: 'M-1', msisdn: '+49151999' };
      const line = format === 'csv' ? csvLine : jsonLine;
      const head = format === 'csv' ? `H,${source},1,2026-05-21T00:00:00Z,2` : header(source, 2);
      await collect(`mend.${format}`, [
        head,
        line(wrong),
        line({ ...example, id: 'M-2' }),
        format === 'csv' ? 'T,2' : trailer(2),
      ]);
      const [file] = await db('usage_file').where({ source });
      const request = { file: file.file_id, line: 2 };
      const replay = (corrected?: string) =>
        replayRecords(context, [{ ...request, ...(corrected !== undefined && { corrected }) }], {
          by: 'A. B.',
          at: Date.UTC(2026, 5, 1),
        });
      expect(await replay()).toEqual({
        accepted: 0,
        duplicate: 0,
        refused: [{ index: 0, reason: 'unknown-subscriber', detail: 'no subscription has the number +49151999' }],
        notWaiting: [],
      });
      expect(await replay('nonsense')).toMatchObject({ refused: [{ reason: 'not-a-record' }] });
      const right = line({ ...wrong, msisdn: '+491510000002' });
      expect(await replay(right)).toEqual({ accepted: 1, duplicate: 0, refused: [], notWaiting: [] });
      expect(await replay(right)).toEqual({ accepted: 0, duplicate: 0, refused: [], notWaiting: [0] });
      expect(await db('quarantined_record').where({ file_id: file.file_id })).toMatchObject([
        { line_number: 2, state: 'replayed', raw: line(wrong), corrected: right, decided_by: 'A. B.' },
      ]);
      expect(await db('usage_event').where({ source }).orderBy('record_id').pluck('subscription_id')).toEqual([
        'S-2',
        'S-1',
      ]);
      expect((await checkCompleteness(db)).filter(({ subject }) => subject.startsWith(source))).toEqual([]);
    },
  );
});

const example: DrawnEvent = {
  id: 'E-1',
  sequence: 1,
  msisdn: '+491510000001',
  service: 'voice',
  startAt: '2026-05-20T10:00:00+02:00',
  durationMs: 60_000,
  bytes: 0,
  messages: 0,
  direction: 'outgoing',
  calledNumber: '+4930123456',
  callingNumber: '',
  visitedNetwork: '20801',
};

async function quarantine(source: string) {
  const rows = await db('quarantined_record')
    .join('usage_file', 'usage_file.file_id', 'quarantined_record.file_id')
    .where({ source })
    .orderBy('line_number');
  return rows.map(({ line_number, reason }) => [line_number, reason]);
}

/** The lines of formats with a heading and with a header count alike, those of one without a trailer, too. */
function reasonsOf(rows: readonly { readonly reason: string }[]): readonly string[] {
  return rows.map(({ reason }) => reason);
}
