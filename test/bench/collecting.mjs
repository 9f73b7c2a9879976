// Collecting a usage file (parse, validate, deduplicate, store) against a client's COPY of the same rows into the same table; and the memory it
// takes, which must not grow with the file.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { load } from './bench-rules.mjs';
import { childPeakMiB } from './child.mjs';
import { seededRandom } from './facts.mjs';
import { quantile } from './rounds.mjs';

const records = process.argv.includes('--small') ? 100_000 : 1_000_000;
const lines = 10_000;
const rounds = 5;
const seed = 11;

export async function benchCollecting(say) {
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-collecting-'));
  const { openDatabase } = await load('server/database/database.js');
  // Books of its own, always: what it stores is thrown away again.
  const database = await openDatabase({ folder: join(folder, 'books') });
  try {
    await addSubscribers(database.db);
    const [file, fourfold] = [join(folder, 'usage.csv'), join(folder, 'fourfold.csv')];
    await writeUsage(file, records, csv);
    await writeUsage(fourfold, records * 4, csv);
    const collect = (path) => childPeakMiB('collecting-child.mjs', [database.url, path]);
    const rows = join(folder, 'rows');
    await collect(file);
    await copyOut(database.db, rows);
    say(
      `  ${records} records, ${Math.round((await stat(file)).size / 2 ** 20)} MiB; ${rounds} rounds, in turn, fsync as the server has it`,
    );
    const seconds = { ours: [], copy: [], bare: [] };
    for (let round = 0; round < rounds; round += 1) {
      await clean(database.db);
      seconds.ours.push((await collect(file)).seconds);
      await clean(database.db);
      seconds.copy.push(await copyIn(database.db, 'usage_event', rows));
      seconds.bare.push(await copyIntoBare(database.db, rows));
    }
    await clean(database.db);
    const one = await collect(file);
    await clean(database.db);
    const four = await collect(fourfold);
    const objects = await collectObjects(database.db, folder, collect);
    const median = (values) => quantile(values, 0.5);
    return [
      { name: 'collected, median', value: records / median(seconds.ours), unit: 'records/s' },
      { name: 'COPY into the same table, median', value: records / median(seconds.copy), unit: 'rows/s' },
      { name: 'COPY into a table without keys, median', value: records / median(seconds.bare), unit: 'rows/s' },
      {
        name: 'time of collecting ÷ COPY, medians',
        value: median(seconds.ours) / median(seconds.copy),
        unit: '×',
        target: '≤ 2',
      },
      { name: `peak memory, ${records} records`, value: one.peakMiB, unit: 'MiB' },
      { name: `peak memory, ${records * 4} records`, value: four.peakMiB, unit: 'MiB', target: '≤ 512' },
      {
        name: 'peak memory, four times the records ÷ once',
        value: four.peakMiB / one.peakMiB,
        unit: '×',
        target: '≤ 1.2',
      },
      ...objects,
    ];
  } finally {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same records as NDJSON: how fast, and that memory does not grow either. */
async function collectObjects(db, folder, collect) {
  const outcomes = [];
  for (const times of [1, 4]) {
    const path = join(folder, `${times}.ndjson`);
    await writeUsage(path, records * times, ndjson);
    await clean(db);
    outcomes.push(await collect(path));
    await rm(path);
  }
  const [one, four] = outcomes;
  return [
    { name: 'collected as NDJSON, once', value: records / one.seconds, unit: 'records/s' },
    { name: `peak memory, ${records * 4} records as NDJSON`, value: four.peakMiB, unit: 'MiB', target: '≤ 512' },
    {
      name: 'peak memory as NDJSON, four times the records ÷ once',
      value: four.peakMiB / one.peakMiB,
      unit: '×',
      target: '≤ 1.2',
    },
  ];
}

const numberOf = (line) => `+49151${String(10_000_000 + line)}`;

async function addSubscribers(db) {
  const rows = Array.from({ length: lines }, (_, line) => line);
  const insert = (table, row) => db.batchInsert(table, rows.map(row), 1_000);
  await insert('customer', (line) => ({
    customer_id: `c${line}`,
    name: `Customer ${line}`,
    category: 'consumer',
    country: 'DE',
    tax_country: 'DE',
    language: 'de',
    zone: 'Europe/Berlin',
  }));
  await insert('billing_account', (line) => ({
    account_id: `a${line}`,
    customer_id: `c${line}`,
    legal_entity: 'NM',
    currency: 'EUR',
    zone: 'Europe/Berlin',
    cycle_day: 1,
    opened_on: '2026-01-01',
  }));
  await insert('subscription', (line) => ({
    subscription_id: `s${line}`,
    account_id: `a${line}`,
    plan: 'flex',
    msisdn: numberOf(line),
    payment: 'manual',
    accepted_on: '2026-01-01',
    activated_on: '2026-01-01',
  }));
}

const csv = {
  header: (count) => `H,switch,1,2026-05-31T22:00:00Z,${count}`,
  record: ({ index, number, at, seconds, called }) =>
    `R,rec-${index},${index},${number},voice,${at},${seconds},0,0,outgoing,${called},${number},26299`,
  trailer: (count) => `T,${count}`,
};

const ndjson = {
  header: (count) => JSON.stringify({ header: { source: 'switch', sequence: 1, records: count } }),
  record: ({ index, number, at, seconds, called }) =>
    JSON.stringify({
      id: `rec-${index}`,
      sequence: index,
      msisdn: number,
      service: 'voice',
      startAt: at,
      durationMs: seconds * 1000,
      direction: 'outgoing',
      calledNumber: called,
      callingNumber: number,
      visitedNetwork: '26299',
    }),
  trailer: (count) => JSON.stringify({ trailer: { records: count } }),
};

/** A file as a switch writes it: in order of time, every record valid. */
async function writeUsage(path, count, { header, record, trailer }) {
  const random = seededRandom(seed);
  const start = Date.UTC(2026, 4, 1);
  const step = (30 * 86_400_000) / count;
  async function* text() {
    yield `${header(count)}\n`;
    let chunk = '';
    for (let index = 0; index < count; index += 1) {
      const at = new Date(Math.floor(start + index * step)).toISOString();
      const number = numberOf(Math.floor(random() * lines));
      const seconds = Math.floor(random() * 600);
      const called = `+4930${1_000_000 + Math.floor(random() * 9e6)}`;
      chunk += `${record({ index, number, at, seconds, called })}\n`;
      if (chunk.length > 1 << 18) {
        yield chunk;
        chunk = '';
      }
    }
    yield `${chunk}${trailer(count)}\n`;
  }
  await pipeline(text, createWriteStream(path));
}

async function clean(db) {
  await db.raw('truncate usage_event, duplicate_record, quarantined_record cascade');
  await db.raw('delete from usage_file where true');
  await db.raw('checkpoint');
}

async function onConnection(db, action) {
  const client = await db.client.acquireConnection();
  try {
    return await action(client);
  } finally {
    await db.client.releaseConnection(client);
  }
}

async function copyOut(db, path) {
  await onConnection(db, (client) =>
    pipeline(client.query(copyTo('copy usage_event to stdout')), createWriteStream(path)),
  );
}

/** Seconds. The rows say that they came in the first file there ever was. */
async function copyIn(db, table, path) {
  await db.raw(`
    insert into usage_file (file_id, source, sequence, name, sha256, lines_read, accepted, duplicate, quarantined, late)
    overriding system value values (1, 'bench', 1, 'rows', 'rows', 0, 0, 0, 0, 0) on conflict do nothing`);
  const started = performance.now();
  await onConnection(db, (client) =>
    pipeline(createReadStream(path), client.query(copyFrom(`copy ${table} from stdin`))),
  );
  return (performance.now() - started) / 1000;
}

async function copyIntoBare(db, path) {
  await db.raw('create table if not exists bare_usage as select * from usage_event with no data');
  await db.raw('truncate bare_usage');
  const seconds = await copyIn(db, 'bare_usage', path);
  await db.raw('truncate bare_usage');
  return seconds;
}
