import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { addDays } from '../../engine/period.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { collectFile } from '../../server/usage/collect-file.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, settings } from './engagement-books.ts';

const rulebook = `
declare service seats in units "Seats of the team."
plan team "Team" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate seats charge 5.00 EUR per unit, at the last level
tax standard otherwise 0% category Z
`;

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'ratebook-levels-'));
  await enrol(database.db, 'C-1', { subscription: { plan: 'team', msisdn: '+35840123' } });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

test('seats stay from month to month: a file raises them, another lowers them, and a month without a record charges them all the same', async () => {
  const { db } = database;
  const { ruleSet } = compileRules({ files: [{ path: 'team.rules', text: rulebook }] });
  if (!ruleSet) throw new Error('The rules do not compile.');
  await db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
  const path = join(folder, 'seats.csv');
  const record = (id: string, start: string, change: number) =>
    `R,${id},1,+35840123,seats,${start},0,0,0,outgoing,,,,,,,,,,${change}`;
  const records = [
    record('a', '2026-04-10T10:00:00+03:00', 10),
    record('b', '2026-06-15T10:00:00+03:00', -4),
    record('c', '2026-06-15T10:00:00+03:00', 2.5),
  ];
  await writeFile(path, ['H,crm,1,x,3', ...records, 'T,3', ''].join('\n'));
  const directory = await readSubscriberDirectory(db);
  const counts = await collectFile({ db, services: new Set(['seats']), directory }, path);
  expect(counts).toMatchObject({ accepted: 2, quarantined: 1 });
  const nothing = async () => undefined;
  const nets = [];
  for (const closesFrom of ['2026-05-01', '2026-06-01', '2026-07-01']) {
    const closesUntil = addDays(closesFrom, 1);
    const { run } = await initiateBillRun(db, {
      ...{ closesFrom, closesUntil, issuedOn: closesUntil, ruleSet: ruleSet.hash, usageFolder: null },
    });
    await billRunToEnd(
      { db, settings, loadRules: async () => loadRuleSet(ruleSet), deliver: nothing, report: nothing },
      run.id,
    );
    nets.push((await db('invoice').orderBy('period_from', 'desc').first('net')).net);
  }
  // 10 seats in April and May, 6 in June.
  expect(nets).toEqual(['50.00', '50.00', '30.00']);
});
