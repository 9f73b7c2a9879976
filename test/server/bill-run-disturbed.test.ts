import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundsFault, readBillRun } from '../../server/bill-run/bill-run.ts';
import { sampleOfRun } from '../../server/bill-run/sample.ts';
import { validateShard } from '../../server/bill-run/validate-step.ts';
import { loadReleasedRuleSet } from '../../server/rules/released-rule-set.ts';
import { startTestServer, type TestServer } from './running-server.ts';

describe('a bill run whose customers do not stand still', () => {
  let server: TestServer;
  let fraudster: string;

  beforeAll(async () => {
    server = await startTestServer({
      beforeRun: async (db, usageFolder) => {
        const { account_id, msisdn } = await db('subscription')
          .where({ plan: 'flex' })
          .whereNull('cancelled_on')
          .orderBy('subscription_id', 'desc')
          .first();
        fraudster = account_id;
        const call = `R,FRAUD-1,1,${msisdn},voice,2026-05-25T10:00:00+02:00,${5 * 3600},0,0,outgoing,+499005550007,${msisdn},26299`;
        await writeFile(
          join(usageFolder, 'EXTRA-000001.csv'),
          ['H,EXTRA,1,2026-05-26T00:00:00Z,1', call, 'T,1', ''].join('\n'),
        );
        // The moment the last account is rated, whoever rates it, everybody is cancelled and moves to France.
        await db.raw(`
          create function disturb() returns trigger language plpgsql as $$ begin
            update subscription set cancelled_on = '2026-05-20', plan = 'talk' where cancelled_on is null;
            update customer set tax_country = 'FR', vat_id = 'FR123';
            return new;
          end $$;
          create trigger disturb after update of step on bill_run for each row
            when (old.step = 'rate' and new.step = 'validate') execute function disturb()`);
      },
    });
  });
  afterAll(() => server.close());

  test('bills every account as it was when it was rated, although all were cancelled and moved meanwhile', async () => {
    const { db } = server.book;
    expect(await db('bill_run').where({ run_id: server.runId }).first()).toMatchObject({ step: 'done', error: null });
    const { rows } = await db.raw(
      "select count(*)::int as n from invoice i cross join jsonb_array_elements(i.bill->'lines') l where i.run_id = ? and l->>'kind' = 'fee refund' and l->>'from' = '2026-05-20'",
      [server.runId],
    );
    expect(rows[0].n).toBe(0);
    const categories = await db.raw(
      "select distinct t->>'category' as category from invoice i cross join jsonb_array_elements(i.bill->'taxes') t where i.run_id = ? order by 1",
      [server.runId],
    );
    expect(categories.rows.map((row: { category: string }) => row.category)).toContain('S');
  });

  test('holds an account for one call that a rule on single events finds', async () => {
    const { db } = server.book;
    expect(await db('exception').where({ rule: 'anomaly.voice_fraud' })).toMatchObject([
      { account_id: fraudster, action: 'hold', subject: 'EXTRA/FRAUD-1', state: 'open' },
    ]);
    expect((await db('account_cycle').where({ account_id: fraudster }).first()).state).toBe('held');
  });

  test('is stopped before any invoice is issued when json-rules-engine decides otherwise than the generated functions', async () => {
    const { db } = server.book;
    const run = await db('bill_run').where({ run_id: server.runId }).first();
    const { run_id: _, closes_from: __, ...rest } = run;
    await db('bill_run').insert({
      ...rest,
      run_id: 'lying',
      closes_from: '2026-01-01',
      closes_until: '2026-01-02',
      step: 'validate',
      report: null,
    });
    await db('account_cycle').where({ account_id: fraudster }).update({ run_id: 'lying', state: 'held' });
    const rules = await loadReleasedRuleSet(db, run.rule_set);
    // The same rule set, but its functions find that every portion matches no rate but the last.
    const sets = new Map(
      [...rules.sets].map(([id, set]) => [
        id,
        id.startsWith('rate:flex.voice')
          ? {
              ...set,
              set: {
                ...set.set,
                rules: set.set.rules.map((rule) => ({
                  ...rule,
                  conditions: { all: [{ fact: 'always', operator: 'equal' as const, value: true }] },
                })),
              },
            }
          : set,
      ]),
    );
    const lying = { ...rules, sets };
    const lyingRun = await readBillRun(db, 'lying');
    const sample = await sampleOfRun(db, 'lying', ['held', 'clear']);
    await expect(db.transaction((trx) => validateShard(trx, { run: lyingRun, rules: lying }, sample))).rejects.toThrow(
      'json-rules-engine decides rate:flex.voice otherwise',
    );
    expect(await db('invoice').where({ run_id: 'lying' })).toEqual([]);
  });
});

describe('the bounds of a run', () => {
  test.each([
    ['2026-06-01', '2026-06-01', 'after'],
    ['2026-06-01', '2026-06-30', 'at most 28 days'],
    ['2026-06-10', '2026-06-18', 'not over yet'],
  ])('from %s until %s are refused on 16 June: %s', (closesFrom, closesUntil, words) => {
    expect(boundsFault({ closesFrom, closesUntil }, '2026-06-16')).toContain(words);
  });

  test('take in what closed until today', () => {
    expect(boundsFault({ closesFrom: '2026-05-31', closesUntil: '2026-06-17' }, '2026-06-16')).toBeUndefined();
  });
});
