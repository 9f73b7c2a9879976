import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takeStatementFile } from '../../server/receivables/take-statement.ts';
import { generateCompany, type Manifest } from '../../server/sample/generate.ts';
import { loadCompany } from '../../server/sample/load-company.ts';
import { statementFile } from '../../server/sample/statement.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { instant, storyDeps } from './engagement-books.ts';

const folder = mkdtempSync(join(tmpdir(), 'ratebook-sample-statement-'));
const sample = { seed: 42, accounts: 300, records: 40_000 };
let database: TestDatabase;
let truth: Manifest['statement'];

beforeAll(async () => {
  database = await createTestDatabase();
  await generateCompany(folder, sample);
  await loadCompany(database.db, folder, sample);
  truth = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).statement;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

test('the bank’s statement of the sample is taken in as its manifest says, and every slip of a payer ends where it should', async () => {
  const { db } = database;
  expect(truth).toEqual({
    payments: expect.any(Number),
    overPaid: 1,
    underPaid: 1,
    duplicate: 1,
    mistyped: 1,
    unknown: 1,
    returned: 1,
  });
  const before = await owed();
  const file = { name: statementFile, bytes: readFileSync(join(folder, statementFile)) };
  const now = instant('2026-06-16T09:00:00+02:00');
  const [report] = await takeStatementFile(storyDeps(db), file, now);
  expect(report).toMatchObject({
    matched: truth.payments - 1,
    unmatched: 1,
    returned: 1,
    unknownReturns: 0,
    notBooked: 0,
    ignored: 1,
  });
  const rules = await db('payment')
    .where({ provider: 'bank' })
    .groupBy('matched_by')
    .orderBy('matched_by')
    .select('matched_by')
    .count({ n: '*' });
  expect(rules).toEqual([
    { matched_by: 'text', n: truth.payments - 2 },
    { matched_by: 'typing', n: 1 },
    { matched_by: null, n: 1 },
  ]);
  expect(await db('exception').orderBy('code').pluck('code')).toEqual(['duplicate-payment', 'unknown-payment']);
  // What was paid too much is credit, or has settled the account's other invoices: what all owe less their credit went down by what came in.
  const { rows } = await db.raw(`
    select (select sum(amount) from payment where provider = 'bank' and account_id is not null)::text as paid,
           (select sum(amount) from payment_return)::text as returned, (select sum(bank_charge) from payment_return)::text as charged`);
  const { paid, returned, charged } = rows[0];
  expect(await owed()).toBe(before - cents(paid) + cents(returned));
  expect(cents(returned)).toBeGreaterThan(0);
  expect(charged).toBe('3.50');
});

/** What customers owe less the credit that they have, in cents. */
async function owed(): Promise<number> {
  const { rows } = await database.db.raw(
    'select ((select sum(open) from open_invoice) - (select sum(unused) from credit_source))::text as owed',
  );
  return cents(rows[0].owed);
}

function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}
