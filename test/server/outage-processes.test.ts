import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { createDatabase } from '../../server/database/database.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startRatebook } from './demo-process.ts';
import { endSessions, outageAtReading, outageAtWriting } from './outage-at.ts';

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

  test('while it makes its books hears of it once, and not by an error that nobody catches', async () => {
    const name = `${new URL(books.url).pathname.slice(1)}_too`;
    // Nothing is copied of books in use: it waits, and is ended meanwhile.
    const made = createDatabase(inject('postgresUrl'), name, new URL(books.url).pathname.slice(1));
    const [error] = await Promise.all([
      made.catch((reason: unknown) => reason),
      endSessions(books.db, `query like 'create database "${name}"%'`),
    ]);
    expect(error).toMatchObject({ code: '57P01' });
  });
});
