import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Knex } from 'knex';
import { escapeLiteral, type PoolClient } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

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

/**
 * Reads the rows of a query by COPY: several times as fast as an answer, where they are many. A cell is the text that PostgreSQL writes of
 * its value; null is undefined.
 *
 * @param sql without placeholders, which COPY does not have: see `literal`.
 */
export async function readRows(
  db: Knex,
  sql: string,
  onRow: (cells: readonly (string | undefined)[]) => void,
): Promise<void> {
  const client = (await db.client.acquireConnection()) as PoolClient;
  try {
    const decoder = new StringDecoder('utf8');
    let begun = '';
    for await (const chunk of client.query(copyTo(`copy (${sql}) to stdout`))) {
      const lines = (begun + decoder.write(chunk as Buffer)).split('\n');
      begun = lines.pop() ?? '';
      for (const line of lines) onRow(line.split('\t').map(decodeCell));
    }
  } finally {
    // A transaction keeps its connection: for it this does nothing.
    await db.client.releaseConnection(client);
  }
}

/** A list of texts or numbers as SQL that says it. */
export function literal(values: readonly (string | number)[], type: string): string {
  const elements = values.map((value) => `"${String(value).replace(/[\\"]/g, '\\$&')}"`);
  return `${escapeLiteral(`{${elements.join(',')}}`)}::${type}[]`;
}

function decodeCell(cell: string): string | undefined {
  if (cell === '\\N') return undefined;
  return cell.includes('\\') ? cell.replace(/\\(.)/g, (_, char: string) => unescaped[char] ?? char) : cell;
}

const unescaped: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', v: '\v' };

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
