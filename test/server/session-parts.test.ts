import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import { addDays } from '../../engine/period.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { collectFile } from '../../server/usage/collect-file.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, settings } from './engagement-books.ts';

const rulebook = `
plan flex "Mobile" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate data charge 0.10 EUR per MB by 1 MB, plus 0.50 EUR per session
  rate voice charge 0.10 EUR per min
  rate sms charge 0.10 EUR per message
tax standard otherwise 0% category Z
`;

let database: TestDatabase;
let folder: string;
let rules: LoadedRuleSet;

beforeAll(async () => {
  const { ruleSet, diagnostics } = compileRules({ files: [{ path: 'flex.rules', text: rulebook }] });
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  rules = loadRuleSet(ruleSet);
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'ratebook-parts-'));
  await database.db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
  await enrol(database.db, 'C-1', { subscription: { plan: 'flex', msisdn: '+35840123' } });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A part of session X as mediation files say it: 19 fields, value and currency empty. */
const record = (id: string, start: string, bytes: number, part: number, last: 0 | 1, cause: string) =>
  `R,${id},1,+35840123,data,${start},0,${bytes},0,outgoing,,,24405,,,X,${part},${last},${cause}`;

async function collect(sequence: number, ...records: readonly string[]) {
  const path = join(folder, `${sequence}.csv`);
  await writeFile(path, [`H,pgw,${sequence},x,${records.length}`, ...records, `T,${records.length}`, ''].join('\n'));
  const directory = await readSubscriberDirectory(database.db);
  return collectFile({ db: database.db, services: new Set(['data', 'voice', 'sms']), directory }, path);
}

async function billCycle(closesFrom: string) {
  const { db } = database;
  const closesUntil = addDays(closesFrom, 1);
  const ruleSet = rules.document.hash;
  const { run } = await initiateBillRun(db, {
    closesFrom,
    closesUntil,
    issuedOn: closesUntil,
    ruleSet,
    usageFolder: null,
  });
  const nothing = async () => undefined;
  await billRunToEnd({ db, settings, loadRules: async () => rules, deliver: nothing, report: nothing }, run.id);
  return db('invoice').orderBy('period_from', 'desc').first('net', 'bill');
}

describe('A session of four parts, in three files and two cycles', () => {
  test('May charges its two parts, which came the wrong way round, as one session', async () => {
    // Days begin at midnight in Helsinki.
    await collect(1, record('b', '2026-05-31T22:00:00+03:00', 400_000, 2, 0, 'time limit'));
    await collect(2, record('a', '2026-05-31T20:00:00+03:00', 1_500_000, 1, 0, 'time limit'));
    // 1.9 MB are 2 begun, and one set-up fee.
    expect((await billCycle('2026-06-01')).net).toBe('0.70');
  });

  test('June charges only what goes on, and a missing part is told', async () => {
    const parts = await collect(
      3,
      record('c', '2026-06-01T00:00:00+03:00', 200_000, 3, 0, 'time limit'),
      record('e', '2026-06-01T04:00:00+03:00', 900_000, 5, 1, 'normal release'),
      record('f', '2026-06-01T05:00:00+03:00', 900_000, 0, 1, 'normal release'),
    );
    expect(parts).toMatchObject({ accepted: 2, quarantined: 1 });
    // 1.9 + 0.2 + 0.9 = 3.0 MB: of the third none was paid in May.
    expect((await billCycle('2026-07-01')).net).toBe('0.10');
    const told = await database.db('exception').where({ code: 'part-missing' }).select('subject', 'evidence');
    expect(told).toEqual([
      {
        subject: 'pgw/X',
        evidence: 'Of session pgw/X part 4 never came, though part 5 did: its usage is not billed yet.',
      },
    ]);
  });

  test('what the network said of a part stays with it', async () => {
    const kept = await database.db('usage_event').where({ record_id: 'e' }).first();
    expect([kept.session, kept.part_number, kept.is_last_part, kept.closing_cause]).toEqual([
      'X',
      5,
      true,
      'normal release',
    ]);
  });
});
