import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateCompany } from '../../server/sample/generate.ts';
import { loadCompany } from '../../server/sample/load-company.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'ratebook-sample-load-'));
const sample = { seed: 11, accounts: 60, records: 12_000 };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await generateCompany(folder, sample);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

test('the generated company is taken over into empty books, once', async () => {
  const { db } = database;
  await loadCompany(db, folder, sample);
  await loadCompany(db, folder, sample);
  expect(await db('billing_account').count({ n: '*' }).first()).toEqual({ n: 60 });
  expect(await db('customer').where({ customer_id: 'C-000001' }).first()).toMatchObject({
    name: 'Anna Petersen',
    vat_id: null,
    profile: '',
    interests: ['music'],
    has_app_account: true,
  });
  const { rows } = await db.raw(`
    select count(*)::int as invoices, count(*) filter (where net <> (
      select sum(charges) from past_cycle p where p.account_id = i.account_id and p.period_from = i.period_from))::int as wrong
    from invoice i`);
  expect(rows[0].invoices).toBeGreaterThan(100);
  expect(rows[0].wrong).toBe(0);
});
