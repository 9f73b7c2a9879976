import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BillLine } from '../../engine/model.ts';
import { openDatabase } from '../../server/database/database.ts';
import { embeddedDataFolder, removeEmbeddedPostgres } from '../../server/database/embedded-postgres.ts';
import type { Manifest } from '../../server/sample/generate.ts';
import { startRatebook } from './demo-process.ts';

const size = ['--accounts', '110', '--records', '24000'];
const demoArgs = ['demo', '--once', ...size];
const folders: string[] = [];

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-demo-'));
  folders.push(folder);
  return folder;
}

async function booksHash(folder: string): Promise<string> {
  const { code, output } = await startRatebook(['books'], folder).finished;
  expect(code, output).toBe(0);
  return output.trim();
}

async function runDemo(folder: string): Promise<string> {
  const { code, output } = await startRatebook(demoArgs, folder).finished;
  expect(code, output).toBe(0);
  return output;
}

afterAll(async () => {
  for (const folder of folders) {
    const database = await openDatabase({ databaseUrl: undefined, folder });
    await database.close();
    await removeEmbeddedPostgres(folder);
    await rm(folder, { recursive: true, force: true });
  }
});

describe('the demo', () => {
  let folder: string;
  let hash: string;
  let output: string;

  beforeAll(async () => {
    folder = await dataFolder();
    output = await runDemo(folder);
    hash = await booksHash(folder);
  });

  async function withBooks<T>(action: (db: Knex) => Promise<T>): Promise<T> {
    const database = await openDatabase({ databaseUrl: undefined, folder });
    try {
      return await action(database.db);
    } finally {
      await database.close();
    }
  }

  const manifest = async (): Promise<Manifest> =>
    JSON.parse(await readFile(join(folder, 'demo/sample-42-110-24000/manifest.json'), 'utf8'));

  test('ends with a report, the hash of the books and where everything is', () => {
    for (const words of [
      'Cycle report',
      'Revenue',
      'Accounts billed',
      'Records read',
      'Delivery',
      'Billing accuracy',
      'DSO',
      'Invoices (PDF)',
      'Mails',
      hash,
    ]) {
      expect(output).toContain(words);
    }
  });

  test('counts and held accounts are the truth of the manifest', async () => {
    const truth = await manifest();
    await withBooks(async (db) => {
      const counts = await db('usage_file')
        .select(
          db.raw(
            'sum(lines_read)::int as lines, sum(accepted)::int as accepted, sum(duplicate)::int as duplicates, sum(late)::int as late',
          ),
        )
        .first();
      expect(counts).toEqual({
        lines: truth.lines,
        accepted: truth.accepted,
        duplicates: truth.duplicates,
        late: truth.late,
      });
      const held = await db('account_cycle').where({ state: 'held' }).orderBy('account_id').pluck('account_id');
      expect(held).toEqual(truth.abnormalAccounts.map((one) => one.accountId).sort());
      const gaps = await db('exception').where({ code: 'source-gap' }).orderBy('subject').pluck('subject');
      expect(gaps).toEqual(truth.gaps.map((gap) => `${gap.source}#${gap.sequence}`).sort());
    });
  });

  test('on every invoice the lines and taxes add up to the total, and the report to the invoices', async () => {
    await withBooks(async (db) => {
      const { rows } = await db.raw(`
        select i.number from invoice i where i.run_id is not null and (
          i.net <> (select coalesce(sum((l->>'amount')::numeric), 0) from jsonb_array_elements(i.bill->'lines') l)
          or i.tax <> (select coalesce(sum((t->>'amount')::numeric), 0) from jsonb_array_elements(i.bill->'taxes') t)
          or i.total <> i.net + i.tax)`);
      expect(rows).toEqual([]);
      const issued = (await db('invoice')
        .whereNotNull('run_id')
        .select(db.raw('count(*)::int as count, sum(total)::text as total'))
        .first()) as unknown as { count: number; total: string };
      const { report } = await db('bill_run').first('report');
      expect(report.revenue.total).toBe(issued.total);
      expect(issued.count).toBeGreaterThan(90);
      expect(report.accounts.billed).toBe(issued.count);
      expect(report.delivery).toMatchObject({ due: issued.count, delivered: issued.count });
    });
  });

  test('the first sample customer is billed what engine/README.md works out with pencil and paper', async () => {
    await withBooks(async (db) => {
      const { bill, number } = await db('invoice').where({ account_id: 'A-000001' }).whereNotNull('run_id').first();
      expect(number).toBe('NM-DE-2026-000001');
      const amounts = bill.lines.map((line: BillLine) => [line.because.rule, line.exact, line.amount]);
      expect(Object.fromEntries(amounts.map(([rule, ...rest]: string[]) => [rule, rest]))).toEqual({
        'flex.fee.line-rental': ['12', '12.00'],
        'flex.allowance.voice': ['0', '0.00'],
        'flex.allowance.data': ['0', '0.00'],
        'flex.allowance.sms': ['0', '0.00'],
        'flex.voice.destination-is-eu-or-efta': ['3/20', '0.15'],
        'flex.voice.time-is-offpeak': ['3/100', '0.03'],
        'flex.voice.otherwise': ['1/10', '0.10'],
        'flex.voice.destination-is-premium': ['57/20', '2.85'],
        'flex.data.otherwise': ['12/5', '2.40'],
        'flex.data.roaming_zone-is-zone_2': ['6', '6.00'],
      });
      expect([bill.net, bill.tax, bill.total]).toEqual(['23.53', '4.47', '28.00']);
    });
  });

  test('invoice numbers have no gap', async () => {
    await withBooks(async (db) => {
      const numbers = await db('invoice').whereNotNull('run_id').orderBy('number').pluck('number');
      expect(numbers).toEqual(numbers.map((_, index) => `NM-DE-2026-${String(index + 1).padStart(6, '0')}`));
    });
  });

  test('started again it finds its run done, and changes nothing', async () => {
    await runDemo(folder);
    expect(await booksHash(folder)).toBe(hash);
  });

  test('a second demo elsewhere makes the same books', async () => {
    const other = await dataFolder();
    await runDemo(other);
    expect(await booksHash(other)).toBe(hash);
  });

  // In each step, when the books show that it has begun and not ended (or, where nothing shows it, at its first word).
  const moments: readonly (readonly [step: string, says: string, halfWay?: string])[] = [
    ['generating', '▸ Generate the sample company'],
    ['checking the rules', '▸ Check and compile the rules'],
    ['collecting', '▸ Collect usage', 'select 1 from usage_file having count(*) > 3'],
    ['rating', '▸ Rate and price', "select 1 from account_cycle where state <> 'open' limit 1"],
    ['validating', '▸ Validate'],
    ['invoicing', '▸ Invoice', 'select 1 from invoice where run_id is not null limit 1'],
    ['checking the invoices', '▸ Check against the preview'],
    ['delivering', '▸ Deliver', "select 1 from message where state = 'delivered' limit 1"],
    ['reporting', '▸ Report'],
  ];

  test.each([
    ['alone', false],
    ['with its database', true],
  ])(
    'killed %s in every step and started again, it completes the same run with the same books',
    async (_, killDatabase) => {
      const victim = await dataFolder();
      for (const [step, says, halfWay] of moments) {
        const process = startRatebook(demoArgs, victim);
        await process.says(says);
        if (halfWay) await untilBooksShow(victim, halfWay);
        process.kill();
        expect((await process.finished).signal, step).toBe('SIGKILL');
        if (killDatabase) await killPostgres(victim);
      }
      await runDemo(victim);
      expect(await booksHash(victim)).toBe(hash);
    },
    240_000,
  );
});

/** Asks the running database until a query has an answer; the process under test is what makes it come true. */
async function untilBooksShow(folder: string, sql: string): Promise<void> {
  const database = await openDatabase({ databaseUrl: undefined, folder });
  try {
    for (let asked = 0; asked < 40_000; asked += 1) {
      const { rows } = await database.db.raw(sql);
      if (rows.length > 0) return;
      // Who asks without a pause keeps the processor from the process that is to make it come true.
      await database.db.raw('select pg_sleep(0.005)');
    }
    throw new Error(`The books never showed: ${sql}`);
  } finally {
    await database.close();
  }
}

async function killPostgres(folder: string): Promise<void> {
  const data = await embeddedDataFolder(folder);
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGKILL');
}
