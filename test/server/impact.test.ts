import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountImpact, Impact } from '../../engine/impact.ts';
import type { AccountCycle, Bill } from '../../engine/model.ts';
import { add, formatAmount, parseDecimal, subtract, zero } from '../../engine/money.ts';
import { impactOf } from '../../server/impact/impact-of.ts';
import { cycleAsLine, cyclesFromFile, cyclesOfRun } from '../../server/impact/recorded-cycles.ts';
import { readBothRuleSets } from '../../server/rules/rule-revision.ts';
import { startTestServer, type TestServer } from './running-server.ts';

interface Billed {
  readonly bill: Bill;
  readonly held: boolean;
}

/** Every account's bill and whether its invoice is held, as the run left them. */
async function billsOf({ book, runId }: TestServer): Promise<ReadonlyMap<string, Billed>> {
  const rows: { account_id: string; bill: Bill; state: string }[] = await book
    .db('account_cycle')
    .where({ run_id: runId });
  return new Map(rows.map((row) => [row.account_id, { bill: row.bill, held: row.state === 'held' }]));
}

describe('The impact of a change of the rules', () => {
  let old: TestServer;
  let young: TestServer;
  let accounts: AccountImpact[];
  let impacts: readonly Impact[];

  beforeAll(async () => {
    old = await startTestServer();
    young = await startTestServer({
      editRules: async (folder) => {
        const edit = async (file: string, from: string, to: string) => {
          const path = join(folder, file);
          const text = await readFile(path, 'utf8');
          if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
          await writeFile(path, text.replace(from, to));
        };
        await edit('consumer.rules', 'charge 0.05 EUR per min', 'charge 0.07 EUR per min');
        await edit('business.rules', 'fee "Line rental" 15.00 EUR', 'fee "Line rental" 13.50 EUR');
        // A tenth more than the usual data is held now.
        await edit('anomalies.rules', 'cycle.data > 4 * history.data.median', 'cycle.data > 1.1 * history.data.median');
        await edit('anomalies.rules', 'cycle.data > 10 GB', 'cycle.data > 1 GB');
        await edit(
          'anomalies.rules',
          'cycle.data > 3 * history.data.highest',
          'cycle.data > 0.5 * history.data.highest',
        );
      },
    });
    accounts = [];
    const rules = await readBothRuleSets(old.rulesFolder, young.rulesFolder);
    impacts = await impactOf(rules, cyclesOfRun(old.book.db, old.runId), (one) => accounts.push(one));
  }, 300_000);
  afterAll(() => Promise.all([old, young].map((server) => server?.close())));

  test('is for every account the difference of two bill runs, and holds what the second one holds', async () => {
    const [before, after] = [await billsOf(old), await billsOf(young)];
    expect(accounts).toHaveLength(before.size);
    for (const one of accounts) {
      const [was, is] = [before.get(one.accountId), after.get(one.accountId)];
      const totals = { net: was?.bill.net, tax: was?.bill.tax, total: was?.bill.total };
      expect(one.before).toMatchObject(totals);
      expect(one.after).toMatchObject({ net: is?.bill.net, tax: is?.bill.tax, total: is?.bill.total });
      expect([one.before.heldBy.length > 0, one.after.heldBy.length > 0]).toEqual([was?.held, is?.held]);
    }
  });

  test('sums to the difference of the two runs, and so do its plans and its kinds of customers', async () => {
    const [impact] = impacts;
    if (!impact) throw new Error('There is no impact.');
    const sumOf = (bills: ReadonlyMap<string, Billed>, part: 'net' | 'tax' | 'total') =>
      [...bills.values()].reduce((sum, { bill }) => add(sum, parseDecimal(bill[part])), zero);
    const [before, after] = [await billsOf(old), await billsOf(young)];
    for (const part of ['net', 'tax', 'total'] as const) {
      expect(impact[part]).toEqual({
        before: formatAmount(sumOf(before, part), 'EUR'),
        after: formatAmount(sumOf(after, part), 'EUR'),
        change: formatAmount(subtract(sumOf(after, part), sumOf(before, part)), 'EUR'),
      });
    }
    expect(impact.net.change).not.toBe('0.00');
    for (const groups of [impact.plans, impact.categories]) {
      const changes = groups.reduce((sum, { change }) => add(sum, parseDecimal(change)), zero);
      expect(formatAmount(changes, 'EUR')).toBe(impact.net.change);
    }
    expect(impact.distribution.reduce((sum, { accounts: count }) => sum + count, 0)).toBe(impact.accounts);
    expect(impact.plans.find(({ key }) => key === 'business')?.change).toMatch(/^-/);
    expect(impact.newlyHeld.accounts).toBe(
      [...after.keys()].filter((id) => after.get(id)?.held && !before.get(id)?.held).length,
    );
    expect(impact.newlyHeld.accounts).toBeGreaterThan(0);
  });

  test('is the same from a file that the cycles were recorded in', async () => {
    const path = join(tmpdir(), `ratebook-cycles-${process.pid}.ndjson`);
    const lines: string[] = [];
    for await (const cycle of cyclesOfRun(old.book.db, old.runId)) lines.push(cycleAsLine(cycle));
    await writeFile(path, lines.join(''));
    const rules = await readBothRuleSets(old.rulesFolder, young.rulesFolder);
    expect(await impactOf(rules, cyclesFromFile(path))).toEqual(impacts);
    await rm(path);
  });

  test('cannot be asked of a run that does not exist, nor of a line that is no cycle', async () => {
    const all = async (cycles: AsyncIterable<AccountCycle>) => {
      for await (const _ of cycles);
    };
    await expect(all(cyclesOfRun(old.book.db, 'R-none'))).rejects.toThrow('The books have no run R-none');
    const path = join(tmpdir(), `ratebook-no-cycles-${process.pid}.ndjson`);
    await writeFile(path, '\n{"account":1}\n');
    const rules = await readBothRuleSets(old.rulesFolder, old.rulesFolder);
    await expect(impactOf(rules, cyclesFromFile(path))).rejects.toThrow(`${path}:2: #/`);
    await rm(path);
  });
});
