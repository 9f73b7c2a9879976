import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { readBillRunView } from '../../server/bill-run/progress.ts';
import { sampleSize } from '../../server/bill-run/sample.ts';
import { startTestServer, type TestServer } from './running-server.ts';

describe('a bill run', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const rows = (table: string, where: Record<string, unknown>) => server.book.db(table).where(where);

  test('started twice is the same run, with the same account cycles', async () => {
    const { db } = server.book;
    const before = await db('account_cycle').count({ n: '*' }).first();
    const { ruleSet } = await db('bill_run').where({ run_id: server.runId }).first({ ruleSet: 'rule_set' });
    const month = {
      closesFrom: '2026-05-31',
      closesUntil: '2026-06-16',
      issuedOn: '2026-06-16',
      ruleSet,
      usageFolder: null,
    };
    const again = await initiateBillRun(db, month);
    expect(again).toMatchObject({ created: false, run: { id: server.runId, step: 'done' } });
    expect(await db('account_cycle').count({ n: '*' }).first()).toEqual(before);
  });

  test('leaves an account cycle to the run that has it already, so that overlapping runs bill it once', async () => {
    const { db } = server.book;
    const { ruleSet } = await db('bill_run').where({ run_id: server.runId }).first({ ruleSet: 'rule_set' });
    const { run } = await initiateBillRun(db, {
      closesFrom: '2026-06-01',
      closesUntil: '2026-06-09',
      issuedOn: '2026-06-16',
      ruleSet,
      usageFolder: null,
    });
    expect(await rows('account_cycle', { run_id: run.id })).toEqual([]);
    await server.book.advance(run.id);
    expect((await readBillRunView(db, run.id)).step).toBe('done');
  });

  test('can explain each line of an invoice, and rules that did not fire, over HTTP', async () => {
    const { number } = await server.book
      .db('invoice')
      .where({ account_id: 'A-000001', run_id: server.runId })
      .first('number');
    const explain = async (what: string) => {
      const answer = await fetch(`${server.url}/v1/invoices/${number}/explanation?of=${encodeURIComponent(what)}`);
      return { status: answer.status, body: await answer.json() };
    };
    const { body } = await explain('Calls to premium numbers');
    expect(body.items[0].title).toBe('Calls to premium numbers: 2.85 EUR (usage)');
    const fired = body.items[0].decisions[0].rules.find((rule: { fired: boolean }) => rule.fired);
    expect(fired).toMatchObject({ rule: 'flex.voice.destination-is-premium' });
    expect(fired.words[0]).toContain('destination is premium, event.called_number is +499005550007');
    const spike = (await explain('usage_spike')).body.items[0].decisions[0].rules;
    expect(spike).toMatchObject([{ rule: 'anomaly.usage_spike', fired: false }]);
    expect(spike[0].words[0]).toMatch(/is not so: cycle.data is 12.15 GB, history.data.median is/);
    expect((await explain('no such thing')).status).toBe(404);
  });

  test('takes in every account whose cycle closes within its bounds, each with its own cycle', async () => {
    const { rows: cycles } = await server.book.db.raw(
      `
      select a.cycle_day, c.period_from, c.period_until, c.next_until, count(*)::int from account_cycle c join billing_account a using (account_id)
      where c.run_id = ? group by 1, 2, 3, 4 order by 1`,
      [server.runId],
    );
    expect(
      cycles.map((row: Record<string, unknown>) => [row.cycle_day, row.period_from, row.period_until, row.next_until]),
    ).toEqual([
      [1, '2026-05-01', '2026-06-01', '2026-07-01'],
      [8, '2026-05-08', '2026-06-08', '2026-07-08'],
      [15, '2026-05-15', '2026-06-15', '2026-07-15'],
      [31, '2026-04-30', '2026-05-31', '2026-06-30'],
    ]);
  });

  test('keeps what is left of allowances and the cycle itself for the next cycle', async () => {
    const invoice = await rows('invoice', { run_id: server.runId }).orderBy('number').first();
    const past = await rows('past_cycle', { account_id: invoice.account_id, period_from: invoice.period_from });
    expect(past.length).toBeGreaterThan(0);
    const data = await rows('allowance_balance', { known_from: invoice.period_until, account_id: invoice.account_id });
    for (const balance of data) expect(balance).toMatchObject({ service: 'data', granted_on: invoice.period_from });
  });

  test('goes on with an account that a person has released: the next number, its invoice delivered, the report counting it', async () => {
    const { db } = server.book;
    const held = await rows('account_cycle', { run_id: server.runId, state: 'held' }).orderBy('account_id').first();
    const [last] = await rows('invoice', { run_id: server.runId }).orderBy('number', 'desc');
    const before = await readBillRunView(db, server.runId);
    const exceptions = await rows('exception', { account_id: held.account_id, state: 'open', action: 'hold' });
    for (const { exception_id } of exceptions) {
      const response = await fetch(`${server.url}/v1/exceptions/${exception_id}/approve`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ reason: 'The customer confirmed it', by: 'a person' }),
      });
      expect(response.status).toBe(200);
    }
    // The approval goes on with the run by itself; taking it on here too waits for that, and then finds nothing left.
    await server.book.advance(server.runId);
    const invoice = await rows('invoice', { account_id: held.account_id, run_id: server.runId }).first();
    expect(Number(invoice.number.slice(-6))).toBe(Number(last.number.slice(-6)) + 1);
    expect(invoice.bill).toEqual(held.bill);
    expect(await rows('message', { invoice_number: invoice.number }).pluck('state')).toEqual(['delivered']);
    const after = await readBillRunView(db, server.runId);
    expect(after.report?.accounts).toEqual({
      ...before.report?.accounts,
      billed: (before.report?.accounts.billed ?? 0) + 1,
      held: (before.report?.accounts.held ?? 0) - 1,
    });
    const total = await rows('invoice', { run_id: server.runId }).sum({ total: 'total' }).first();
    expect(after.report?.revenue.total).toBe(total?.total);
  });

  test('decides all of its sample again, in shards that hold each account once', async () => {
    const shards = await rows('run_shard', { run_id: server.runId, step: 'validate' });
    expect(shards.map(({ done }) => done)).toEqual(shards.map(() => true));
    const sample = shards.flatMap((shard) => shard.sample);
    expect(new Set(sample).size).toBe(sample.length);
    const accounts = await rows('account_cycle', { run_id: server.runId });
    expect(sample.length).toBe(sampleSize(accounts.length));
    expect(accounts.map(({ account_id }) => account_id)).toEqual(expect.arrayContaining(sample));
  });

  test('is stopped before any invoice is issued when a bill, evaluated again, is another one', async () => {
    const { db } = server.book;
    const {
      rows: [original],
    } = await db.raw('select * from account_cycle where run_id = ? and state = ? order by account_id limit 1', [
      server.runId,
      'held',
    ]);
    // Another run of one account whose draft somebody has tampered with between pricing and validation.
    await db('bill_run').insert({
      run_id: 'tampered',
      closes_from: '2026-01-01',
      closes_until: '2026-01-02',
      issued_on: '2026-06-16',
      step: 'validate',
      usage_cut: original.usage_cut,
      rule_set: (await rows('bill_run', { run_id: server.runId }).first()).rule_set,
    });
    const cheaper = { ...original.bill, customerId: 'somebody else' };
    await db('account_cycle')
      .where({ account_id: original.account_id, period_from: original.period_from })
      .update({ run_id: 'tampered', bill: JSON.stringify(cheaper) });
    await expect(server.book.advance('tampered')).rejects.toThrow('has another bill than the run made');
    expect(await rows('invoice', { account_id: original.account_id, period_from: original.period_from })).toEqual([]);
    expect((await readBillRunView(db, 'tampered')).error).toContain('has another bill than the run made');
  });
});
