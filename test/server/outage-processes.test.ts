import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { createDatabase } from '../../server/database/database.ts';
import { isOutage } from '../../server/database/outage.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startRatebook } from './demo-process.ts';
import { outageAtReading, outageAtWriting } from './outage-at.ts';

describe('a process whose database goes away', () => {
  let books: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    books = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'ratebook-outage-'));
  });
  afterEach(async () => {
    await books.close();
    await rm(folder, { recursive: true, force: true });
  });
  const start = (...args: readonly string[]) => startRatebook(args, folder, { DATABASE_URL: books.url });

  test('says so, and not the statement that met it', async () => {
    const { code, output } = await outageAtReading(books.db, 'posting', () => start('ledger').finished);
    expect([code, output.split('\n').filter((line) => line.startsWith('ratebook:'))]).toEqual([
      1,
      [
        'ratebook: The database went away or broke it off (terminating connection due to administrator command): run it again',
      ],
    ]);
    expect(output).not.toMatch(/ {4}at /);
  });

  test('while it records cycles leaves no file that would be taken for all of them', async () => {
    const out = join(folder, 'cycles.ndjson');
    const { code } = await outageAtReading(
      books.db,
      'account_cycle',
      () => start('record', '--run', 'any', '--out', out).finished,
    );
    expect([code, existsSync(out)]).toEqual([1, false]);
  });

  test('while it puts itself together to serve ends', async () => {
    const { code, output } = await outageAtReading(books.db, 'seller', () => start('serve', '--port', '0').finished);
    expect([code, output]).toEqual([1, expect.stringContaining('The database went away')]);
  });

  test('while it begins to serve and takes on what an earlier one left ends', async () => {
    await books.db('rule_set').insert({ hash: 'none', document: '{}' });
    const bounds = { closesFrom: '2026-05-31', closesUntil: '2026-06-16', issuedOn: '2026-06-16' };
    await initiateBillRun(books.db, { ...bounds, ruleSet: 'none', usageFolder: null });
    await books.db('bill_run').update({ error: 'It was stopped' });
    const mend = await outageAtWriting(books.db, 'bill_run');
    const { code, output } = await start('serve', '--port', '0').finished;
    await mend();
    expect([code, output]).toEqual([1, expect.stringContaining('The database went away')]);
  });

  test('without a word while it makes its books hears of it once, and not by an error that nobody catches', async () => {
    const { hostname, port } = new URL(books.url);
    const between = createServer((near) => {
      const far = connect(Number(port), hostname);
      near.on('data', (said) => {
        if (said.includes('create database')) near.destroy();
        else far.write(said);
      });
      near.on('close', () => far.destroy());
      far.pipe(near);
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const url = Object.assign(new URL(inject('postgresUrl')), { port: (between.address() as AddressInfo).port });
    const error = await createDatabase(url.href, 'made_by_nobody').catch((reason: unknown) => reason);
    between.close();
    expect(isOutage(error), String(error)).toBe(true);
  });
});
