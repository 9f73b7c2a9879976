import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bill } from '../../engine/model.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { startTestServer, type TestServer } from './running-server.ts';

describe('a fee that dunning has charged', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  test('is on the account’s next invoice and no later one, and the books say on which', async () => {
    const { db, advance } = server.book;
    const account = await db('invoice')
      .where({ run_id: server.runId, period_until: '2026-06-01' })
      .orderBy('account_id')
      .first('account_id', 'number');
    const fee = (key: string, chargedOn: string) => ({
      key,
      account_id: account.account_id,
      title: 'Reminder fee',
      amount: '2.50',
      currency: 'EUR',
      charged_on: chargedOn,
      rule: 'dunning.overdue',
      at: JSON.stringify({ file: 'dunning.rules', line: 3 }),
      how: `21 days after 2026-05-29, for invoice ${account.number}`,
    });
    await db('one_off_fee').insert([fee('june', '2026-06-19'), fee('july', '2026-07-19')]);
    const { ruleSet } = await db('bill_run').where({ run_id: server.runId }).first({ ruleSet: 'rule_set' });
    const bill = async (closesFrom: string, closesUntil: string): Promise<{ number: string; bill: Bill }> => {
      const month = { closesFrom, closesUntil, issuedOn: closesUntil, ruleSet, usageFolder: null };
      const { run } = await initiateBillRun(db, month);
      await advance(run.id);
      return db('invoice').where({ run_id: run.id, account_id: account.account_id }).first('number', 'bill');
    };
    const june = await bill('2026-07-01', '2026-07-02');
    const july = await bill('2026-08-01', '2026-08-02');
    const charged = ({ bill: { lines } }: { bill: Bill }) => lines.filter(({ title }) => title === 'Reminder fee');
    expect(charged(june)).toMatchObject([{ amount: '2.50', from: '2026-06-19', because: { rule: 'dunning.overdue' } }]);
    expect(charged(july)).toMatchObject([{ amount: '2.50', from: '2026-07-19' }]);
    expect(
      await db('one_off_fee').whereIn('key', ['june', 'july']).orderBy('charged_on').pluck('invoice_number'),
    ).toEqual([june.number, july.number]);
  });
});
