/** Moves of zone and cycle day, changes of plan and pauses: entered over the API, billed by runs, month after month. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Bill } from '../../engine/model.ts';
import { addDays } from '../../engine/period.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { startTestClock } from '../../server/engagement/clock.ts';
import { readBilledTo } from '../../server/invoice/billed-to.ts';
import { readCycleReport } from '../../server/report/cycle-report.ts';
import { readMetrics } from '../../server/report/read-metrics.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { enrol, settings } from './engagement-books.ts';
import { message } from './usage-books.ts';

const rulebook = `
plan flat "Flat" in EUR, round half even per line, split at boundaries
  from 2025-01-01
  fee "Line rental" 31.00 EUR monthly in advance, prorated by day
  rate sms charge 1.00 EUR per message

plan max "Max" in EUR, round half even per line, split at boundaries
  from 2025-01-01
  fee "Line rental" 62.00 EUR monthly in advance, prorated by day
  rate sms charge 2.00 EUR per message

tax standard otherwise 19% category S
`;
const { ruleSet } = compileRules({ files: [{ path: 'flat.rules', text: rulebook }] });
if (!ruleSet) throw new Error('The rules of this test do not compile');
const rules = loadRuleSet(ruleSet);

describe('an account that moves from Helsinki to Lisbon and to the 15th while its line changes plan and is paused', () => {
  let it: ApiUnderTest;
  beforeAll(async () => {
    it = await startApi();
    await it.db('rule_set').insert({ hash: rules.document.hash, document: JSON.stringify(rules.document) });
    await enrol(it.db, 'C-1', { subscription: { accepted_on: '2026-05-01', activated_on: '2026-05-01' } });
    await it.db('billing_account').update({ opened_on: '2026-05-01' });
    const counts = { lines_read: 3, accepted: 3, duplicate: 0, quarantined: 0, late: 0 };
    const [file] = await it
      .db('usage_file')
      .insert({ source: 'test', sequence: 1, name: 'test', sha256: 'test', ...counts })
      .returning('file_id');
    // 22:30 in Lisbon on 30 June is half an hour past midnight in Helsinki: after the move it is June still.
    const sent = ['2026-05-31T20:59:59.999Z', '2026-05-31T21:00:00.000Z', '2026-06-30T21:30:00.000Z'];
    await it.db('usage_event').insert(sent.map((at) => message('C-1', at, file.file_id)));
  });
  afterAll(() => it.close());

  const ask = (method: 'PUT' | 'DELETE' | 'GET', url: string, payload?: object) =>
    it.api.inject({ method, url, ...(payload && { payload }) });
  const change = '/v1/accounts/A-C-1/changes';

  /** [title, first day, amount] of the lines of the cycle that closes on a day. */
  async function billed(closesOn: string) {
    const wanted = { closesFrom: closesOn, closesUntil: addDays(closesOn, 1), issuedOn: addDays(closesOn, 1) };
    const { run } = await initiateBillRun(it.db, { ...wanted, ruleSet: rules.document.hash, usageFolder: null });
    await billRunToEnd(
      {
        db: it.db,
        settings,
        loadRules: async () => rules,
        deliver: async () => undefined,
        report: async () => undefined,
      },
      run.id,
    );
    const row = await it.db('invoice').where({ period_until: closesOn }).first();
    return (row?.bill as Bill | undefined)?.lines.map(({ title, from, amount }) => [title, from, amount]);
  }

  test('says what is wrong with a change that cannot be', async () => {
    const faults = [
      await ask('PUT', `${change}/2026-06-10`, {}),
      await ask('PUT', `${change}/2026-06-10`, { zone: 'Europe/Lissabon' }),
      await ask('PUT', `${change}/2026-06-10`, { zone: 'Europe/Lisbon', bridge: 'longer' }),
      await ask('PUT', `${change}/2026-06-31`, { cycleDay: 15 }),
      await ask('PUT', '/v1/accounts/A-X/changes/2026-06-10', { cycleDay: 15 }),
      await ask('DELETE', `${change}/2026-06-10`),
    ];
    expect(faults.map(({ statusCode }) => statusCode)).toEqual([422, 422, 422, 400, 404, 404]);
    expect(faults[1]?.json()).toMatchObject({ errors: [{ pointer: '#/zone' }] });
  });

  test('shows the cycles that follow from a change, and takes it back as long as nothing is billed by it', async () => {
    const longer = await ask('PUT', `${change}/2026-07-02`, { cycleDay: 15, bridge: 'longer' });
    expect(longer.json().cycles.map((cycle: { from: string }) => cycle.from)).toEqual([
      '2026-06-01',
      '2026-07-01',
      '2026-08-01',
      '2026-09-15',
    ]);
    await ask('DELETE', `${change}/2026-07-02`);
    await ask('PUT', `${change}/2026-06-10`, { zone: 'Europe/Lisbon' });
    const shorter = await ask('PUT', `${change}/2026-07-01`, { cycleDay: 15 });
    expect(shorter.json()).toMatchObject({
      zone: 'Europe/Helsinki',
      cycleDay: 1,
      changes: [
        { from: '2026-06-10', zone: 'Europe/Lisbon' },
        { from: '2026-07-01', cycleDay: 15, bridge: 'shorter' },
      ],
      cycles: [
        { from: '2026-06-01', until: '2026-07-01', isBridge: false },
        { from: '2026-07-01', until: '2026-07-15', isBridge: true },
        { from: '2026-07-15', until: '2026-08-15', isBridge: false },
        { from: '2026-08-15', until: '2026-09-15', isBridge: false },
      ],
    });
  });

  test('bills May in Helsinki and June up to midnight in Lisbon, each message once', async () => {
    // The first bill has the rentals of May and June; a rental of 31 EUR is one a day in a month of 31 days.
    expect(await billed('2026-06-01')).toEqual([
      ['Line rental', '2026-05-01', '31.00'],
      ['Line rental', '2026-06-01', '31.00'],
      ['Sms', '2026-05-01', '1.00'],
    ]);
    const june = await ask('PUT', '/v1/subscriptions/S-C-1/plan-changes/2026-06-21', { plan: 'flat' });
    expect(june.statusCode).toBe(200);
    await ask('DELETE', '/v1/subscriptions/S-C-1/plan-changes/2026-06-21');
    // The bridging cycle from 1 to 15 July is 14 of the 30 days from 15 June to 15 July: 31 × 14/30 = 14.47.
    expect(await billed('2026-07-01')).toEqual([
      ['Line rental', '2026-07-01', '14.47'],
      ['Sms', '2026-06-01', '2.00'],
    ]);
  });

  test('refuses to change what is billed: over the API, and in the database', async () => {
    const late = await ask('PUT', `${change}/2026-07-01`, { cycleDay: 20 });
    expect(late.json()).toMatchObject({ status: 409, type: '/v1/problems/already-billed' });
    expect((await ask('DELETE', `${change}/2026-07-01`)).statusCode).toBe(409);
    expect((await ask('PUT', `${change}/2026-06-20`, { zone: 'UTC' })).statusCode).toBe(409);
    expect((await ask('PUT', '/v1/subscriptions/S-C-1/pauses/2026-06-20', {})).statusCode).toBe(409);
    await expect(it.db('account_change').delete()).rejects.toThrow('taken up already');
    // A zone may change within the cycle to come; a cycle day not before it is over, since its fees are paid.
    expect((await ask('PUT', `${change}/2026-07-10`, { cycleDay: 20 })).statusCode).toBe(409);
    expect((await ask('PUT', `${change}/2026-07-10`, { zone: 'Europe/Madrid' })).statusCode).toBe(200);
    expect((await ask('DELETE', `${change}/2026-07-10`)).statusCode).toBe(200);
  });

  test('changes the plan in the bridging cycle and pauses in the next: old days are given back, new ones charged', async () => {
    const unknown = await ask('PUT', '/v1/subscriptions/S-C-1/plan-changes/2026-07-08', { plan: 'gold' });
    expect(unknown.json()).toMatchObject({ status: 422, errors: [{ pointer: '#/plan' }] });
    await it.db('plan_change').insert({ subscription_id: 'S-C-1', from_day: '2026-07-08', plan: 'max' });
    // Seven days of the old rental come back, 31 × 7/30 = 7.23; the new one is due for them and for the next month.
    expect(await billed('2026-07-15')).toEqual([
      ['Line rental', '2026-07-08', '-7.23'],
      ['Line rental', '2026-07-08', '14.47'],
      ['Line rental', '2026-07-15', '62.00'],
    ]);
    // What was given back is revenue of the plan that it was charged by: 14.47 + 62.00 of the new one.
    const run = '2026-07-15..2026-07-16';
    const byPlan = (await readMetrics(it.db, run)).filter(({ metric }) => metric === 'revenue-by-plan');
    expect(byPlan.map(({ key, value }) => [key, value])).toEqual([
      ['flat', '-7.23'],
      ['max', '76.47'],
    ]);
    const { revenueBy } = await readCycleReport(it.db, run);
    expect(revenueBy.plan).toEqual([
      { key: 'flat', net: '-7.23' },
      { key: 'max', net: '76.47' },
    ]);
    expect((await ask('PUT', '/v1/subscriptions/S-C-1/pauses/2026-08-01', { until: '2026-08-01' })).statusCode).toBe(
      422,
    );
    await ask('PUT', '/v1/subscriptions/S-C-1/pauses/2026-08-01', { until: '2026-08-10' });
    expect((await ask('PUT', '/v1/subscriptions/S-C-1/pauses/2026-08-05', {})).json()).toMatchObject({
      type: '/v1/problems/paused-already',
    });
    expect((await ask('GET', '/v1/subscriptions/S-C-1/changes')).json()).toEqual({
      plan: 'flat',
      planChanges: [{ from: '2026-07-08', plan: 'max' }],
      pauses: [{ from: '2026-08-01', until: '2026-08-10' }],
    });
    // Of the month from 15 July 14 days are given back from 1 August on, and 5 charged again from the 10th; then a whole month.
    expect(await billed('2026-08-15')).toEqual([
      ['Line rental', '2026-08-01', '-28.00'],
      ['Line rental', '2026-08-10', '10.00'],
      ['Line rental', '2026-08-15', '62.00'],
    ]);
    expect((await ask('DELETE', '/v1/subscriptions/S-C-1/pauses/2026-08-01')).statusCode).toBe(409);
    expect((await ask('DELETE', '/v1/subscriptions/S-X/pauses/2026-08-01')).statusCode).toBe(404);
  });

  test('shows the plan of the day that the test clock says, in the zone of the account', async () => {
    const plans = async () => {
      const [{ plans }] = (await ask('GET', '/v1/accounts')).json().items;
      const [{ plan }] = (await ask('GET', '/v1/accounts/A-C-1')).json().subscriptions;
      const billedTo = (await readBilledTo(it.db, ['A-C-1'])).get('A-C-1');
      return [...plans, plan, billedTo?.subscriptions['S-C-1']?.plan];
    };
    await startTestClock(it.db, Date.parse('2026-07-07T23:59:59+03:00'));
    expect(await plans()).toEqual(['flat', 'flat', 'flat']);
    await it.db('test_clock').update({ now: '2026-07-08T00:00:00+03:00' });
    expect(await plans()).toEqual(['max', 'max', 'max']);
  });
});

test('a run whose days hold two cycles of an account takes up one, and the other when it is started again', async () => {
  const it = await startApi();
  await it.db('rule_set').insert({ hash: rules.document.hash, document: JSON.stringify(rules.document) });
  await enrol(it.db, 'C-2');
  await it
    .db('account_change')
    .insert({ account_id: 'A-C-2', from_day: '2026-05-20', cycle_day: 5, bridge: 'shorter' });
  const wanted = { closesFrom: '2026-06-01', closesUntil: '2026-06-11', issuedOn: '2026-06-11' };
  const start = () => initiateBillRun(it.db, { ...wanted, ruleSet: rules.document.hash, usageFolder: null });
  const taken = async () =>
    (await it.db('account_cycle').orderBy('period_from')).map((row) => [row.period_from, row.period_until]);
  await start();
  await start();
  expect(await taken()).toEqual([['2026-05-01', '2026-06-01']]);
  await it.db('account_cycle').update({ state: 'rejected' });
  await start();
  expect(await taken()).toEqual([
    ['2026-05-01', '2026-06-01'],
    ['2026-06-01', '2026-06-05'],
  ]);
  await it.close();
});
