import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cycleBounds } from '../../engine/cycles.ts';
import { loadCycles } from '../../server/corrections/open-cycles.ts';
import { generateCompany, type Manifest } from '../../server/sample/generate.ts';
import { loadCompany } from '../../server/sample/load-company.ts';
import { collectBatch } from '../../server/usage/collect-batch.ts';
import { collectFile } from '../../server/usage/collect-file.ts';
import { collectFolder } from '../../server/usage/collect-folder.ts';
import { checkCompleteness } from '../../server/usage/completeness.ts';
import { decodeUsageLine } from '../../server/usage/decode-usage-csv.ts';
import type { CollectContext } from '../../server/usage/place-line.ts';
import { quarantineReasons } from '../../server/usage/quarantine-reasons.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const services = new Set(['voice', 'data', 'sms']);
const size = { seed: 7, accounts: 60, records: 12_000 };

describe('collecting usage', () => {
  let database: TestDatabase;
  let folder: string;
  let context: CollectContext;
  let manifest: Manifest;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'ratebook-usage-'));
    await generateCompany(folder, size);
    await loadCompany(database.db, folder, size);
    manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    context = { db: database.db, services, directory: await readSubscriberDirectory(database.db) };
    await collectFolder(context, join(folder, 'usage'), () => {});
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const totals = async () =>
    database
      .db('usage_file')
      .select(
        database.db.raw(
          'sum(lines_read)::int as lines, sum(accepted)::int as accepted, sum(duplicate)::int as duplicate, sum(quarantined)::int as quarantined, sum(late)::int as late',
        ),
      )
      .first();

  test('every line ends in the count that the truth says it belongs to', async () => {
    const malformed = Object.values(manifest.malformed).reduce((sum, count) => sum + count, 0);
    expect(await totals()).toEqual({
      lines: manifest.lines,
      accepted: manifest.accepted,
      duplicate: manifest.duplicates,
      quarantined: malformed,
      late: manifest.late,
    });
    expect(manifest.accepted + manifest.duplicates + malformed).toBe(manifest.lines);
  });

  test('the stored events are as many as were accepted, and the quarantine holds each refused line with its reason', async () => {
    const events = await database.db('usage_event').count({ n: '*' }).first();
    expect(events?.n).toBe(manifest.accepted);
    const reasons = (await database
      .db('quarantined_record')
      .groupBy('reason')
      .select('reason', database.db.raw('count(*)::int as count'))) as unknown as { reason: string; count: number }[];
    expect(Object.fromEntries(reasons.map(({ reason, count }) => [reason, count]))).toEqual(manifest.malformed);
    for (const { reason } of reasons) expect(Object.keys(quarantineReasons)).toContain(reason);
  });

  test('missing files and wrong trailers are exceptions of their source, and only those', async () => {
    const exceptions = await checkCompleteness(database.db);
    const subjects = (code: string) =>
      exceptions
        .filter((one) => one.code === code)
        .map((one) => one.subject)
        .sort();
    expect(subjects('source-gap')).toEqual(manifest.gaps.map((gap) => `${gap.source}#${gap.sequence}`).sort());
    expect(subjects('trailer-mismatch')).toEqual(
      manifest.trailerMismatches.map((fault) => `${fault.source}#${fault.sequence}`).sort(),
    );
  });

  test('collecting the same folder again changes nothing', async () => {
    const before = await totals();
    await collectFolder(context, join(folder, 'usage'), () => {});
    expect(await totals()).toEqual(before);
  });

  test('the same file delivered twice at once is collected once', async () => {
    const { db } = database;
    const subscription = await db('subscription').whereNull('cancelled_on').orderBy('subscription_id').first();
    const records = Array.from(
      { length: 50 },
      (_, index) =>
        `R,TWICE-${index},${index},${subscription.msisdn},sms,2026-05-20T10:00:00+02:00,0,0,1,outgoing,+4930123456,${subscription.msisdn},26299`,
    );
    const path = join(folder, 'twice.csv');
    await writeFile(path, ['H,TWICE,1,2026-05-21T00:00:00Z,50', ...records, 'T,50', ''].join('\n'));
    const outcomes = await Promise.all([collectFile(context, path), collectFile(context, path)]);
    expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual([
      { linesRead: 50, accepted: 50, duplicate: 0, quarantined: 0, late: 0 },
    ]);
  });

  test('a file cut in half keeps its whole records and is reported as incomplete', async () => {
    const { db } = database;
    const { msisdn } = await db('subscription').whereNull('cancelled_on').orderBy('subscription_id').first();
    const record = (id: string) =>
      `R,${id},1,${msisdn},voice,2026-05-20T10:00:00+02:00,60,0,0,outgoing,+4930123456,${msisdn},26299`;
    const path = join(folder, 'half.csv');
    await writeFile(
      path,
      ['H,HALF,1,2026-05-21T00:00:00Z,4', record('HALF-1'), record('HALF-2'), record('HALF-3').slice(0, 30)].join('\n'),
    );
    expect(await collectFile(context, path)).toEqual({
      linesRead: 3,
      accepted: 2,
      duplicate: 0,
      quarantined: 1,
      late: 0,
    });
    expect((await checkCompleteness(db)).map((one) => one.subject)).toContain('HALF#1');
  });

  test('a file that says nothing of its source is not billed: every record waits in quarantine', async () => {
    const { msisdn } = await database.db('subscription').whereNull('cancelled_on').orderBy('subscription_id').first();
    const record = `R,HEADLESS-1,1,${msisdn},voice,2026-05-20T10:00:00+02:00,60,0,0,outgoing,+4930123456,${msisdn},26299`;
    const path = join(folder, 'headless.csv');
    await writeFile(path, [record, 'T,1', ''].join('\n'));
    expect(await collectFile(context, path)).toMatchObject({ accepted: 0, quarantined: 1 });
    expect(await database.db('quarantined_record').where({ reason: 'no-header' }).pluck('raw')).toEqual([record]);
    expect((await checkCompleteness(database.db)).map((one) => one.subject)).toContain('headless.csv');
  });

  test('a byte order mark does not hide the header, so that the same records again are duplicates', async () => {
    const { msisdn } = await database.db('subscription').whereNull('cancelled_on').orderBy('subscription_id').first();
    const text = `H,MARK,1,2026-05-21T00:00:00Z,1\nR,MARK-1,1,${msisdn},voice,2026-05-20T10:00:00+02:00,60,0,0,outgoing,+4930123456,${msisdn},26299\nT,1\n`;
    for (const [name, content] of [
      ['plain.csv', text],
      ['marked.csv', `\uFEFF${text}`],
    ] as const)
      await writeFile(join(folder, name), content);
    expect(await collectFile(context, join(folder, 'plain.csv'))).toMatchObject({ accepted: 1, duplicate: 0 });
    expect(await collectFile(context, join(folder, 'marked.csv'))).toMatchObject({ accepted: 0, duplicate: 1 });
  });

  test('a refused record is accepted when its file is delivered again after the remedy, and every line is counted once', async () => {
    const { db } = database;
    const { subscription_id, account_id } = await db('subscription')
      .whereNull('cancelled_on')
      .orderBy('subscription_id')
      .first();
    const record =
      'R,REMEDY-1,1,+49999000111,voice,2026-05-20T10:00:00+02:00,60,0,0,outgoing,+4930123456,+49999000111,26299';
    const path = join(folder, 'remedy.csv');
    await writeFile(path, ['H,REMEDY,1,2026-05-21T00:00:00Z,1', record, 'T,1', ''].join('\n'));
    expect(await collectFile(context, path)).toMatchObject({ accepted: 0, quarantined: 1 });
    expect(await collectFile(context, path)).toBeUndefined();
    const before = (await totals()) as unknown as Record<string, number>;
    await db('subscription').insert({
      subscription_id: `${subscription_id}-B`,
      account_id,
      plan: 'flex',
      msisdn: '+49999000111',
      payment: 'card',
      accepted_on: '2026-01-01',
      activated_on: '2026-01-01',
    });
    const mended = { ...context, directory: await readSubscriberDirectory(db) };
    expect(await collectFile(mended, path)).toMatchObject({ accepted: 1, duplicate: 0 });
    expect(await collectFile(mended, path)).toBeUndefined();
    expect(await totals()).toEqual({
      ...before,
      accepted: (before.accepted ?? 0) + 1,
      quarantined: (before.quarantined ?? 0) - 1,
    });
    expect(await db('quarantined_record').where({ raw: record }).pluck('state')).toEqual(['replayed']);
    expect((await checkCompleteness(db)).filter((one) => one.subject.startsWith('REMEDY'))).toEqual([]);
  });

  test('a wild sequence number is one gap, not a million', async () => {
    await writeFile(join(folder, 'wild.csv'), 'H,WILD,1,2026-05-21T00:00:00Z,0\nT,0\n');
    await writeFile(join(folder, 'wilder.csv'), 'H,WILD,999999999,2026-05-21T00:00:00Z,0\nT,0\n');
    for (const name of ['wild.csv', 'wilder.csv']) await collectFile(context, join(folder, name));
    const gaps = (await checkCompleteness(database.db)).filter((one) => one.subject.startsWith('WILD'));
    expect(gaps.map((one) => one.subject)).toEqual(['WILD#2-999999998']);
  });

  test('a batch over the API is stored once, however often it is sent', async () => {
    const { msisdn } = await database.db('subscription').whereNull('cancelled_on').orderBy('subscription_id').first();
    const event = (id: string, number: string) => ({
      id,
      sequence: 1,
      msisdn: number,
      service: 'sms',
      startAt: Date.parse('2026-05-20T10:00:00Z'),
      durationMs: 0,
      bytes: 0,
      messages: 1,
      direction: 'outgoing' as const,
      calledNumber: '+4930123456',
      callingNumber: number,
      visitedNetwork: '26299',
    });
    const batch = [event('B-1', msisdn), event('B-2', '+99999')];
    const first = await collectBatch(context, 'partner', batch);
    expect(first).toEqual({
      accepted: 1,
      duplicate: 0,
      quarantined: [{ index: 1, reason: 'unknown-subscriber', detail: 'no subscription has the number +99999' }],
    });
    expect(await collectBatch(context, 'partner', batch)).toMatchObject({ accepted: 0, duplicate: 1 });
    const { byNumber } = context.directory;
    const known = { ...context.directory, byNumber: new Map([...byNumber, ['+99999', byNumber.get(msisdn) ?? []]]) };
    expect(await collectBatch({ ...context, directory: known }, 'partner', batch)).toEqual({
      accepted: 1,
      duplicate: 1,
      quarantined: [],
    });
    expect(await collectBatch(context, 'partner', [event('B-1', msisdn), event('B-3', msisdn)])).toMatchObject({
      accepted: 1,
      duplicate: 1,
    });
  });

  test('what was bought comes out of the books as it came in, to the last digit', async () => {
    const { msisdn, account_id } = await database
      .db('subscription')
      .whereNull('cancelled_on')
      .orderBy('subscription_id')
      .first();
    const event = {
      id: 'V-1',
      sequence: 1,
      msisdn,
      service: 'sms',
      startAt: Date.parse('2026-05-20T11:00:00Z'),
      durationMs: 0,
      bytes: 0,
      messages: 1,
      direction: 'outgoing' as const,
      calledNumber: '+4930123456',
      callingNumber: msisdn,
      visitedNetwork: '26299',
    };
    const value = { amount: '19.990001', currency: 'EUR' };
    await collectBatch(context, 'shop', [
      { ...event, value },
      { ...event, id: 'V-2' },
    ]);
    const bounds = cycleBounds({ cycleDay: 1 }, '2026-05-20');
    const [cycle] = await loadCycles(database.db, [{ accountId: account_id, bounds }]);
    const bought = cycle?.usage.filter(({ source }) => source === 'shop').map((one) => [one.id, one.value] as const);
    expect(new Map(bought)).toEqual(
      new Map([
        ['V-1', value],
        ['V-2', undefined],
      ]),
    );
  });
});

describe('a line of a mediation file', () => {
  const good = 'R,X-1,7,+491701,voice,2026-05-20T10:00:00+02:00,95,0,0,outgoing,+4930123456,+491701,26299';

  test('becomes a usage event with the duration in milliseconds and the start as an instant', () => {
    expect(decodeUsageLine(good, services)).toEqual({
      kind: 'record',
      event: {
        id: 'X-1',
        sequence: 7,
        msisdn: '+491701',
        service: 'voice',
        startAt: Date.UTC(2026, 4, 20, 8),
        durationMs: 95_000,
        bytes: 0,
        messages: 0,
        direction: 'outgoing',
        calledNumber: '+4930123456',
        callingNumber: '+491701',
        visitedNetwork: '26299',
      },
    });
  });

  test('says what was bought is worth, in fields of their own behind the others', () => {
    const bought = `${good.replace('voice', 'sms')},19.99,EUR`;
    expect(decodeUsageLine(bought, services)).toMatchObject({
      kind: 'record',
      event: { service: 'sms', value: { amount: '19.99', currency: 'EUR' } },
    });
    expect(decodeUsageLine(`${good},,`, services)).toEqual(decodeUsageLine(good, services));
  });

  test.each([
    ['R,X-1,7', 'field-count'],
    [`${good},19.99`, 'field-count'],
    [`${good},19.9999999,EUR`, 'bad-number'],
    [`${good},19.99,euro`, 'bad-number'],
    [`${good},19.99,`, 'bad-number'],
    [`${good},-19.99,EUR`, 'negative-quantity'],
    [`${good},,,X,0,1,`, 'bad-number'],
    [`${good},,,X,1,yes,`, 'bad-number'],
    [`${good},,,,1,1,`, 'field-count'],
    [`${good},,,X,1,1`, 'field-count'],
    [good.replace(',95,', ',ninety,'), 'bad-number'],
    [good.replace(',95,', ',-95,'), 'negative-quantity'],
    [good.replace(',95,', ',9999999999999,'), 'bad-number'],
    [good.replace('2026-05-20T10:00:00+02:00', '2026-13-20T10:00:00+02:00'), 'bad-instant'],
    [good.replace('2026-05-20T10:00:00+02:00', '2026-05-20T10:00:00'), 'bad-instant'],
    [good.replace('2026-05-20', '2026-02-30'), 'bad-instant'],
    [good.replace('T10:', 'T24:'), 'bad-instant'],
    [good.replace('voice', 'telepathy'), 'unknown-service'],
    [good.replace('outgoing', 'sideways'), 'unknown-direction'],
    ['garbage', 'not-a-record'],
    [`${good}\0`, 'not-a-record'],
  ])('%s is refused as %s', (line, reason) => {
    expect(decodeUsageLine(line, services)).toMatchObject({ kind: 'refused', reason });
  });
});
