/** Who issues invoices in mid-cycle dies in the middle of one: the books are those of an undisturbed issue, to the byte. */
import type { Knex } from 'knex';
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { billThresholds } from '../../server/interim/bill-thresholds.ts';
import { findLedgerFaults } from '../../server/receivables/ledger-faults.ts';
import { hashBooks } from '../../server/report/books.ts';
import { source, message as template } from '../dsl/sources.ts';
import { createTestDatabase } from './database.ts';
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
const { ruleSet } = compileRules(source(rulebook, ...template('invoice-ready')));
if (!ruleSet) throw new Error('The rules of the test have faults');
const rules = loadRuleSet(ruleSet);
const now = instant('2026-05-12T09:00:00Z');
const customers = ['C-1', 'C-2', 'C-3'];

/** Three customers who have each come to the amount. */
async function openBooks(db: Knex): Promise<void> {
  await db('rule_set').insert({ hash: rules.document.hash, document: JSON.stringify(rules.document) });
  const counts = { lines_read: 9, accepted: 9, duplicate: 0, quarantined: 0, late: 0 };
  const [file] = await db('usage_file')
    .insert({ source: 'test', sequence: 1, name: 'test', sha256: 'test', ...counts })
    .returning('file_id');
  for (const id of customers) {
    const msisdn = `+35840123456${id.slice(-1)}`;
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
    expect((await billThresholds(db, rules, settings, now)).issued).toEqual([]);
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
    await billThresholds(db, rules, settings, now);
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
