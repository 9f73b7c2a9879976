import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Bill } from '../../engine/model.ts';
import { addDays } from '../../engine/period.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { settings } from './engagement-books.ts';

const rulebook = `
plan business "Business" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in arrears
  allowance 10 GB of data shared by group, rolls over 1 cycle, at most 6 GB
  rate data charge 1.00 EUR per GB

plan business "Business" in EUR, round half even per line, split at boundaries
  from 2026-05-01
  fee "Line rental" 12.00 EUR monthly in arrears
  allowance 10 GB of data shared by group, rolls over 1 cycle, at most 6 GB
  rate data charge 1.00 EUR per GB

contract acme "Frame agreement" for customer "C-ACME" on plan business
  from 2026-03-01 for 4 months, price locked
  commitment 200.00 EUR per 2 months, shortfall charged

tax standard otherwise 19% category S
`;

describe('a contract of two lines over its four months', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { ruleSet, diagnostics } = compileRules({ files: [{ path: 'acme.rules', text: rulebook }] });
    if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
    await fillBooks(database.db, ruleSet);
    for (const closesFrom of ['2026-04-01', '2026-05-01', '2026-06-01', '2026-07-01'])
      await billInTwoAttempts(database.db, ruleSet, closesFrom);
  });
  afterAll(() => database.close());

  /** [title, amount] of the lines of the cycle from a day, without those of nothing. */
  async function linesFrom(day: string) {
    const row = await database.db('invoice').where({ period_from: day }).first();
    return (row.bill as Bill).lines
      .filter(({ amount }) => amount !== '0.00')
      .map(({ title, amount }) => [title, amount]);
  }

  test('the first month has rentals and what the shared 10 GB did not cover', async () => {
    expect(await linesFrom('2026-03-01')).toEqual([
      ['Line rental', '10.00'],
      ['Data', '2.00'],
      ['Line rental', '10.00'],
    ]);
  });

  test('when the first two months are over, what is lacking of 200 EUR is charged: 200 − 22 − 60', async () => {
    expect(await linesFrom('2026-04-01')).toEqual([
      ['Line rental', '10.00'],
      ['Shortfall against commitment', '118.00'],
      ['Line rental', '10.00'],
      ['Data', '40.00'],
    ]);
  });

  test('the rental stays what it was when the contract began', async () => {
    expect(await linesFrom('2026-05-01')).toEqual([
      ['Line rental', '10.00'],
      ['Line rental', '10.00'],
    ]);
  });

  test('of an unused group allowance 6 GB are kept for the account, and used by whichever line comes first', async () => {
    expect(
      await database.db('allowance_balance').select('subscription_id', 'allowance', 'remaining', 'known_from'),
    ).toEqual([
      {
        subscription_id: 'A-ACME',
        allowance: 'business.allowance.data',
        remaining: 6_000_000_000,
        known_from: '2026-06-01',
      },
    ]);
    expect(await linesFrom('2026-06-01')).toEqual([
      ['Line rental', '10.00'],
      ['Data', '4.00'],
      ['Shortfall against commitment', '156.00'],
      ['Line rental', '10.00'],
    ]);
  });

  test('what each bill counted is in the books once, although every run was broken off after its invoices', async () => {
    const rows = await database.db('commitment_charge').orderBy('period_from');
    expect(rows.map(({ commitment, period_from, charged }) => [commitment, period_from, Number(charged)])).toEqual([
      ['acme.commitment.charges', '2026-03-01', 22],
      ['acme.commitment.charges', '2026-04-01', 60],
      ['acme.commitment.charges', '2026-05-01', 20],
      ['acme.commitment.charges', '2026-06-01', 24],
    ]);
  });
});

async function fillBooks(db: Knex, ruleSet: RuleSet): Promise<void> {
  await db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
  await db('customer').insert({
    customer_id: 'C-ACME',
    name: 'ACME',
    category: 'business',
    country: 'DE',
    tax_country: 'DE',
    language: 'en',
    zone: 'UTC',
  });
  await db('billing_account').insert({
    account_id: 'A-ACME',
    customer_id: 'C-ACME',
    legal_entity: 'NM-DE',
    currency: 'EUR',
    zone: 'UTC',
    cycle_day: 1,
    opened_on: '2026-02-20',
  });
  const line = (number: number) => ({
    subscription_id: `S-${number}`,
    account_id: 'A-ACME',
    plan: 'business',
    msisdn: `+49151000000${number}`,
    payment: 'manual',
    accepted_on: '2026-02-20',
    activated_on: '2026-03-01',
  });
  await db('subscription').insert([line(1), line(2)]);
  const counts = { lines_read: 3, accepted: 3, duplicate: 0, quarantined: 0, late: 0 };
  const [file] = await db('usage_file')
    .insert({ source: 'test', sequence: 1, name: 'test', sha256: 'test', ...counts })
    .returning('file_id');
  await db('usage_event').insert([
    session(1, '2026-03-10', 12, file.file_id),
    session(2, '2026-04-10', 50, file.file_id),
    session(1, '2026-06-10', 20, file.file_id),
  ]);
}

function session(line: number, day: string, gigabytes: number, fileId: number) {
  return {
    account_id: 'A-ACME',
    subscription_id: `S-${line}`,
    source: 'test',
    record_id: day,
    sequence: 1,
    msisdn: `+49151000000${line}`,
    service: 'data',
    start_at: Date.parse(`${day}T10:00:00Z`),
    duration_ms: 0,
    bytes: gigabytes * 1_000_000_000,
    messages: 0,
    direction: 'outgoing',
    called_number: '',
    calling_number: '',
    visited_network: '26201',
    file_id: fileId,
  };
}

/** The first attempt breaks off when the invoices are issued; the second goes on. */
async function billInTwoAttempts(db: Knex, ruleSet: RuleSet, closesFrom: string): Promise<void> {
  const closesUntil = addDays(closesFrom, 1);
  const { run } = await initiateBillRun(db, {
    closesFrom,
    closesUntil,
    issuedOn: closesUntil,
    ruleSet: ruleSet.hash,
    usageFolder: null,
  });
  const attempt = (deliver: () => Promise<void>) =>
    billRunToEnd(
      {
        db,
        settings,
        loadRules: async () => loadRuleSet(ruleSet),
        deliver,
        report: async () => undefined,
      },
      run.id,
    );
  await expect(attempt(() => Promise.reject(new Error('broken off')))).rejects.toThrow('broken off');
  await attempt(async () => undefined);
}
