/** Books of a few accounts under rules of a test's own: usage comes in files, and real runs bill it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { expect } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import { addDays } from '../../engine/period.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { collectFile } from '../../server/usage/collect-file.ts';
import { correctUsage } from '../../server/usage/correct-usage.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase } from './database.ts';
import { settings } from './engagement-books.ts';

export interface SmallBooks {
  readonly db: Knex;
  readonly rules: LoadedRuleSet;
  /** Takes record lines in as a file; all must be accepted, but so many that wait in quarantine. */
  readonly collect: (records: readonly string[], waiting?: number) => Promise<void>;
  readonly withdraw: (recordIds: readonly string[]) => Promise<void>;
  /** Begins the run of the cycles that close on a day, which waits for `bill`; its id. */
  readonly begin: (closesFrom: string) => Promise<string>;
  /** Bills the cycles that close on a day; the id of the run. */
  readonly bill: (closesFrom: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openSmallBooks(rulebook: string): Promise<SmallBooks> {
  const { ruleSet, diagnostics } = compileRules({ files: [{ path: 'small.rules', text: rulebook }] });
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  const rules = loadRuleSet(ruleSet);
  const database = await createTestDatabase();
  const { db } = database;
  await db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-small-'));
  const services = new Set(ruleSet.services.map(({ name }) => name));
  const context = async () => ({ db, services, directory: await readSubscriberDirectory(db) });
  const begin = async (closesFrom: string) => {
    const closesUntil = addDays(closesFrom, 1);
    const bounds = { closesFrom, closesUntil, issuedOn: closesUntil, ruleSet: ruleSet.hash, usageFolder: null };
    return (await initiateBillRun(db, bounds)).run.id;
  };
  let files = 0;
  return {
    db,
    rules,
    collect: async (records, waiting = 0) => {
      files += 1;
      const path = join(folder, `${files}.csv`);
      await writeFile(path, [`H,pgw,${files},x,${records.length}`, ...records, `T,${records.length}`, ''].join('\n'));
      expect(await collectFile(await context(), path)).toMatchObject({ accepted: records.length - waiting });
    },
    withdraw: async (recordIds) => {
      const corrections = recordIds.map((recordId) => {
        return { id: `W-${recordId}`, source: 'pgw', recordId, reason: 'Never happened', by: 'a person' };
      });
      expect(await correctUsage(await context(), corrections)).toMatchObject({ taken: recordIds.length });
    },
    begin,
    bill: async (closesFrom) => {
      const runId = await begin(closesFrom);
      const nothing = async () => undefined;
      await billRunToEnd({ db, settings, loadRules: async () => rules, deliver: nothing, report: nothing }, runId);
      return runId;
    },
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
