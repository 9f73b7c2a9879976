import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** A cell of a COPY row; undefined and null are NULL, objects are JSON. */
export type Cell = string | number | boolean | null | undefined | object;

/** Streams rows into a table by COPY, inside the transaction; the fastest way in. */
export async function copyRows(
  trx: Knex.Transaction,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): Promise<void> {
  await copyText(trx, `copy ${table} (${columns.join(', ')}) from stdin`, Readable.from(encode(rows)));
}

/** Streams a CSV file with a header row into a table: its columns are the header's names. */
export async function copyCsv(
  trx: Knex.Transaction,
  table: string,
  columns: readonly string[],
  csv: Readable,
): Promise<void> {
  await copyText(trx, `copy ${table} (${columns.join(', ')}) from stdin with (format csv, header match)`, csv);
}

async function copyText(trx: Knex.Transaction, sql: string, source: Readable): Promise<void> {
  const client = (await trx.client.acquireConnection()) as PoolClient;
  await pipeline(source, client.query(copyFrom(sql)));
}

/** Rows are gathered into chunks of about 64 KiB: a write per row costs more than the row. */
async function* encode(rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>): AsyncGenerator<string> {
  let chunk = '';
  for await (const row of rows) {
    chunk += `${row.map(encodeCell).join('\t')}\n`;
    if (chunk.length > 65_536) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk) yield chunk;
}

function encodeCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '\\N';
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (char) => escapes[char] ?? char) : text;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
