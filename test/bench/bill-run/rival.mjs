// The rival of the bill run: a client's COPY of the events out of the books, and of the very rows that a run wrote into them.
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import copyStreams from 'pg-copy-streams';
import { usageColumns } from './company.mjs';

/**
 * In the order in which they refer to each other. Postings are not among them: the database makes them of each invoice, for the
 * rival too.
 */
const tables = [
  ['seller', ''],
  ['bill_run', ''],
  ['run_shard', ''],
  ['number_sequence', ''],
  ['account_cycle', ''],
  ['exception', ''],
  ['invoice', ''],
  ['allowance_balance', ''],
  ['credit_balance', ''],
  ['commitment_charge', ''],
  ['past_cycle', "where period_from >= '2026-05-01'"],
];

/** Writes what a run has left to files, and says how much it is. */
export async function dumpRows(server, database, folder) {
  const client = await open(server, database);
  try {
    const found = [];
    for (const [table, where] of tables) {
      const path = join(folder, `${table}.copy`);
      const columns = await columnsOf(client, table);
      const sql = `copy (select ${columns} from ${table} ${where}) to stdout`;
      await pipeline(client.query(copyStreams.to(sql)), createWriteStream(path));
      const { rows } = await client.query(`select count(*)::int as n from ${table} ${where}`);
      if (rows[0].n > 0) found.push({ table, path, columns, rows: rows[0].n, bytes: statSync(path).size });
    }
    return { tables: found, read: await copyOut(client) };
  } finally {
    await client.end();
  }
}

/** Into a copy of the books from before the run: the same logged tables with their keys, checks and triggers. */
export async function runRival(server, template, dump) {
  const database = await server.copyOf(template);
  const client = await open(server, database);
  try {
    const out = (await copyOut(client)).seconds;
    const started = performance.now();
    for (const { table, path, columns } of dump.tables) {
      const source = createReadStream(path, { highWaterMark: 1 << 18 });
      await pipeline(source, client.query(copyStreams.from(`copy ${table} (${columns}) from stdin`)));
    }
    const into = (performance.now() - started) / 1_000;
    return { out, in: into, seconds: out + into };
  } finally {
    await client.end();
    await server.drop(database);
  }
}

async function copyOut(client) {
  let bytes = 0;
  const sink = new Writable({
    write(chunk, _, done) {
      bytes += chunk.length;
      done();
    },
  });
  const started = performance.now();
  const query = client.query(copyStreams.to(`copy (select ${usageColumns.join(', ')} from usage_event) to stdout`));
  await pipeline(query, sink);
  return { seconds: (performance.now() - started) / 1_000, rows: query.rowCount, bytes };
}

/** Those that are given, not those that the database makes. */
async function columnsOf(client, table) {
  const { rows } = await client.query(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''`,
    [table],
  );
  return rows[0].columns;
}

async function open(server, database) {
  const client = new pg.Client({ connectionString: server.url(database) });
  await client.connect();
  return client;
}
