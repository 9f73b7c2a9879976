/** Who issues invoices in mid-cycle dies in the middle of one: the books are those of an undisturbed issue, to the byte. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Knex } from 'knex';
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { startTestClock } from '../../server/engagement/clock.ts';
import { rulesFolder } from '../../server/folders.ts';
import { billThresholds } from '../../server/interim/bill-thresholds.ts';
import { findLedgerFaults } from '../../server/receivables/ledger-faults.ts';
import { hashBooks } from '../../server/report/books.ts';
import { randomStream } from '../../server/sample/random.ts';
import { source, message as template } from '../dsl/sources.ts';
import { createTestDatabase } from './database.ts';
import { startRatebook } from './demo-process.ts';
import { enrol, instant, settings } from './engagement-books.ts';
import { message as usage } from './usage-books.ts';

const rulebook = `
plan flat "Metered" in EUR, round half up per line, split at boundaries
  from 2026-01-01
  invoice at 100.00 EUR of usage, then every 50.00 EUR
  rate sms charge 40.00 EUR per message
tax standard otherwise 20% category S
notify invoiced
  on invoice issued
  send "invoice-ready" to customer
`;
const sources = source(rulebook, ...template('invoice-ready'));
const { ruleSet } = compileRules(sources);
if (!ruleSet) throw new Error('The rules of the test have faults');
const rules = loadRuleSet(ruleSet);
const now = instant('2026-05-12T09:00:00Z');
const customers = customersOf(3);

function customersOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `C-${String(index + 1).padStart(2, '0')}`);
}

/** Customers who have each come to the amount. */
async function openBooks(db: Knex, ids: readonly string[] = customers): Promise<void> {
  await db('rule_set').insert({ hash: rules.document.hash, document: JSON.stringify(rules.document) });
  const lines = 3 * ids.length;
  const counts = { lines_read: lines, accepted: lines, duplicate: 0, quarantined: 0, late: 0 };
  const [file] = await db('usage_file')
    .insert({ source: 'test', sequence: 1, name: 'test', sha256: 'test', ...counts })
    .returning('file_id');
  for (const id of ids) {
    const msisdn = `+3584012345${id.slice(-2)}`;
    await enrol(db, id, { subscription: { msisdn } });
    await db('billing_account')
      .where({ account_id: `A-${id}` })
      .update({ opened_on: '2026-05-01' });
    const days = ['2026-05-08', '2026-05-09', '2026-05-10'];
    await db('usage_event').insert(days.map((day) => ({ ...usage(id, `${day}T10:00:00Z`, file.file_id), msisdn })));
  }
}

/** PostgreSQL ends the session that inserts the row of this number: the same as if its process had been killed with -9. A sequence counts, since it is not rolled back. */
async function killAtRow(db: Knex, table: string, row: number): Promise<void> {
  await db.raw('create sequence rows_inserted');
  await db.raw(`create function kill_once() returns trigger language plpgsql as $$
    begin
      if nextval('rows_inserted') = ${row} then perform pg_terminate_backend(pg_backend_pid()); end if;
      return null;
    end $$`);
  await db.raw('create trigger kill_once after insert on ?? for each row execute function kill_once()', [table]);
}

async function booksAfter(disturb?: (db: Knex) => Promise<void>): Promise<string> {
  const { db, close } = await createTestDatabase();
  try {
    await openBooks(db);
    await disturb?.(db);
    expect((await issueUntilDone(db)) > 0).toBe(disturb !== undefined);
    expect((await billThresholds(db, rules, settings, now, [])).issued).toEqual([]);
    expect(await db('invoice').orderBy('number').pluck('total')).toEqual(customers.map(() => '144.00'));
    expect(await findLedgerFaults(db)).toEqual([]);
    return await hashBooks(db);
  } finally {
    await close();
  }
}

/** As whoever asks again does; how often it failed. A connection that died may be found out only by the next who uses it. */
async function issueUntilDone(db: Knex, failures = 0): Promise<number> {
  try {
    await billThresholds(db, rules, settings, now, []);
    return failures;
  } catch (error) {
    expect(String(error)).toMatch(/terminat/);
    expect(failures).toBeLessThan(3);
    return issueUntilDone(db, failures + 1);
  }
}

test.each([
  ['invoice', 1],
  ['invoice', 2],
  ['interim_invoice', 2],
  ['passed_threshold', 3],
  ['journal_entry', 2],
  ['posting', 4],
  ['message', 1],
  ['message', 3],
  ['threshold_look', 2],
])('killed when it writes %s, row %i', async (table, row) => {
  const undisturbed = await booksAfter();
  expect(await booksAfter((db) => killAtRow(db, table, row))).toBe(undisturbed);
});

/** Of what is issued, each row that is written counts, also one that is rolled back. */
async function countRows(db: Knex): Promise<() => Promise<number>> {
  await db.raw('create sequence rows_written');
  await db.raw(`create function count_row() returns trigger language plpgsql as $$
    begin
      perform nextval('rows_written');
      return null;
    end $$`);
  for (const table of ['invoice', 'interim_invoice', 'passed_threshold', 'journal_entry', 'posting', 'message'])
    await db.raw('create trigger count_row after insert on ?? for each row execute function count_row()', [table]);
  return async () => {
    const { rows } = await db.raw('select last_value, is_called from rows_written');
    return rows[0].is_called ? Number(rows[0].last_value) : 0;
  };
}

/** What `ratebook bill-thresholds` leaves in the books, killed with -9 as soon as so many rows were written; and how many rows it took. */
async function booksOfProcesses(ids: readonly string[], moments: readonly number[]) {
  const { db, url, close } = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-interim-'));
  const start = () =>
    startRatebook(['bill-thresholds', '--rules', join(folder, 'rules')], folder, { DATABASE_URL: url });
  try {
    await writeRules(join(folder, 'rules'));
    await openBooks(db, ids);
    await startTestClock(db, now);
    const rowsWritten = await countRows(db);
    const issuedWhenKilled: number[] = [];
    for (const moment of moments) {
      const process = start();
      while (process.isAlive() && (await rowsWritten()) < moment);
      process.kill();
      expect(await process.finished).toMatchObject({ signal: 'SIGKILL' });
      issuedWhenKilled.push(Number((await db('invoice').count({ count: '*' }).first())?.count));
    }
    const last = await start().finished;
    expect(last.output).toContain(`${ids.length - (issuedWhenKilled.at(-1) ?? 0)} invoices in mid-cycle`);
    expect(await db('invoice').orderBy('number').pluck('total')).toEqual(ids.map(() => '144.00'));
    expect(await findLedgerFaults(db)).toEqual([]);
    return { books: await hashBooks(db), rows: await rowsWritten(), issuedWhenKilled };
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeRules(folder: string): Promise<void> {
  for (const { path, text } of sources.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await copyFile(join(rulesFolder(), 'company.json'), join(folder, 'company.json'));
}

/** FAULT_SEED chooses other moments. */
const seed = Number(process.env.FAULT_SEED ?? 1);

test('killed with -9 at random moments, one process after the other', async () => {
  const ids = customersOf(24);
  const undisturbed = await booksOfProcesses(ids, []);
  const moments = Array.from({ length: 3 }, randomStream(seed)).map((share) => share * undisturbed.rows);
  const disturbed = await booksOfProcesses(
    ids,
    moments.sort((a, b) => a - b),
  );
  expect(disturbed.books).toBe(undisturbed.books);
  // They died on the way, not before it and not after it.
  expect(disturbed.issuedWhenKilled.some((issued) => issued > 0 && issued < ids.length)).toBe(true);
}, 180_000);
