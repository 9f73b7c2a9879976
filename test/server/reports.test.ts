import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addDays } from '../../engine/period.ts';
import { report } from '../../server/commands/report.ts';
import { readCycleReport } from '../../server/report/cycle-report.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { enrol } from './engagement-books.ts';
import { giveBack, issue, pay, sumsOfMetrics, trialBalance } from './ledger-books.ts';

let it: ApiUnderTest;
beforeEach(async () => {
  it = await startApi();
  for (const id of ['C-1', 'C-2']) await enrol(it.db, id);
});
afterEach(() => it.close());

const get = async (url: string) => (await it.api.inject({ url })).json();
const csv = async (url: string) => {
  const answer = await it.api.inject({ url });
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  return parse(answer.body, { columns: true }) as Record<string, string>[];
};

describe('ageing', () => {
  const zero = { notDue: '0.00', upTo30: '0.00', upTo60: '0.00', upTo90: '0.00', over90: '0.00' };

  test('lays what is open out by the days since it was due, a day before and after each bound', async () => {
    // On 30 June: due that day, 1, 30, 31, 60, 61, 90 and 91 days before. Each invoice is 119.00.
    const dueDays = [
      '2026-06-30',
      '2026-06-29',
      '2026-05-31',
      '2026-05-30',
      '2026-05-01',
      '2026-04-30',
      '2026-04-01',
      '2026-03-31',
    ];
    for (const [index, dueOn] of dueDays.entries()) await issue(it.db, `I-${index}`, { dueOn, issuedOn: '2026-03-01' });
    const { totals, accounts } = await get('/v1/reports/ageing?on=2026-06-30');
    const row = {
      currency: 'EUR',
      notDue: '119.00',
      upTo30: '238.00',
      upTo60: '238.00',
      upTo90: '238.00',
      over90: '119.00',
      open: '952.00',
      overdue: '833.00',
      credit: '0.00',
    };
    expect(totals).toEqual([{ ...row, accounts: 1 }]);
    expect(accounts).toEqual([{ ...row, accountId: 'A-C-1', customerName: 'Customer C-1' }]);
  });

  test('of a day that is over stays what it was, whatever comes in later', async () => {
    await issue(it.db, 'I-1', { issuedOn: '2026-06-01', dueOn: '2026-06-15' });
    await pay(it.db, 'P-1', { amount: '19.00', invoice: 'I-1', on: '2026-06-20' });
    expect(await get('/v1/reports/ageing?on=2026-05-31')).toMatchObject({ totals: [], accounts: [] });
    expect(await get('/v1/reports/ageing?on=2026-06-15')).toMatchObject({ accounts: [{ ...zero, notDue: '119.00' }] });
    expect(await get('/v1/reports/ageing?on=2026-06-19')).toMatchObject({ accounts: [{ ...zero, upTo30: '119.00' }] });
    expect(await get('/v1/reports/ageing?on=2026-06-20')).toMatchObject({ accounts: [{ ...zero, upTo30: '100.00' }] });
  });

  test('shows what was paid too much beside what is owed, and who owes most first; also as CSV, where no name is a formula', async () => {
    await it.db('customer').where({ customer_id: 'C-2' }).update({ name: '=HYPERLINK("x")' });
    await issue(it.db, 'I-1', { net: '10.00', tax: '1.90' });
    await issue(it.db, 'I-2', { account: 'A-C-2' });
    await pay(it.db, 'P-1', { amount: '20.00', invoice: 'I-1' });
    const rows = await csv('/v1/reports/ageing?on=2026-06-30&format=csv');
    expect(rows.map((row) => [row.accountId, row.customerName, row.open, row.credit])).toEqual([
      ['A-C-2', `'=HYPERLINK("x")`, '119.00', '0.00'],
      // 20.00 − 11.90.
      ['A-C-1', 'Customer C-1', '0.00', '8.10'],
    ]);
  });
});

describe('days sales outstanding', () => {
  test('are closing receivables ÷ revenue of the period × its days, with tax, and say so', async () => {
    await issue(it.db, 'I-1', { issuedOn: '2026-03-31' });
    await issue(it.db, 'I-2', { issuedOn: '2026-06-01' });
    await issue(it.db, 'I-3', { issuedOn: '2026-06-20', account: 'A-C-2' });
    await giveBack(it.db, 'N-1', 'I-2', '20.00', '3.80', '2026-06-25');
    await pay(it.db, 'P-1', { amount: '50.00', account: 'A-C-2', invoice: 'I-3', on: '2026-06-28' });
    // 30 days up to 30 June begin on 1 June: 2 × 119.00 − 23.80 = 214.20 revenue; 3 × 119.00 − 23.80 − 50.00 = 283.20 receivables.
    // 283.20 ÷ 214.20 × 30 = 39.66… days.
    const { dso } = await get('/v1/reports/ageing?on=2026-06-30&days=30');
    expect(dso).toEqual([
      {
        on: '2026-06-30',
        periodDays: 30,
        currency: 'EUR',
        days: 39.7,
        receivables: '283.20',
        revenue: '214.20',
        formula: 'closing receivables ÷ revenue of the last 30 days × 30 = 283.20 ÷ 214.20 × 30',
      },
    ]);
  });
});

describe('metrics', () => {
  const run = '2026-06-01..2026-06-16';
  beforeEach(async () => {
    const { db } = it;
    await db('rule_set').insert({ hash: 'h', document: '{}' });
    await db('bill_run').insert({
      run_id: run,
      closes_from: '2026-06-01',
      closes_until: '2026-06-16',
      rule_set: 'h',
      step: 'done',
      issued_on: '2026-06-16',
    });
    const line = (account: string, service: string | null, kind: string, amount: string) => ({
      subscriptionId: account.replace('A-', 'S-'),
      kind,
      amount,
      ...(service && { service }),
    });
    const bill = (account: string) =>
      JSON.stringify({
        lines: [line(account, null, 'fee', '60.00'), line(account, 'voice', 'usage', '40.00')],
        taxes: [{ category: 'S', percent: '19', base: '100.00', amount: '19.00' }],
      });
    const invoice = {
      legal_entity: 'NM',
      due_on: '2026-06-30',
      currency: 'EUR',
      net: '100.00',
      tax: '19.00',
      total: '119.00',
      issued_on: '2026-06-16',
      run_id: run,
    };
    const june = { period_from: '2026-05-01', period_until: '2026-06-01' };
    for (const id of ['C-1', 'C-2'])
      await db('invoice').insert({
        ...invoice,
        ...june,
        number: `I-${id}`,
        account_id: `A-${id}`,
        customer_id: id,
        bill: bill(`A-${id}`),
      });
    await db('subscription').where({ subscription_id: 'S-C-2' }).update({ plan: 'other' });
    const july = {
      ...invoice,
      run_id: null,
      issued_on: '2026-07-16',
      period_from: '2026-06-01',
      period_until: '2026-07-01',
    };
    await db('invoice').insert({
      ...july,
      number: 'J-C-1',
      account_id: 'A-C-1',
      customer_id: 'C-1',
      bill: bill('A-C-1'),
    });
    // The invoice of July charges what that of June lacked; that of C-2 was looked at again, and was right.
    for (const id of ['C-1', 'C-2']) {
      const cycle = { account_id: `A-${id}`, period_from: '2026-05-01' };
      await db('account_cycle').insert({
        ...cycle,
        period_until: '2026-06-01',
        next_until: '2026-07-01',
        run_id: run,
        state: 'invoiced',
        invoice_number: `I-${id}`,
      });
      await db('correction').insert({
        ...{
          ...cycle,
          number: 1,
          invoice_number: `I-${id}`,
          reason: 'late usage',
          usage_cut: 1,
          rule_set: 'h',
          issued_on: '2026-07-16',
        },
        ...{ inputs: '{}', rated: '{}', before: '{}', after: '{}', exceptions: '[]', credit_notes: '[]' },
        charges: id === 'C-1' ? '[{"amount": "1.00"}]' : '[]',
      });
    }
    await db('exception').insert({
      key: 'k',
      run_id: run,
      code: 'no-rate',
      action: 'hold',
      severity: 'high',
      object: 'event',
      subject: 'E',
      evidence: '',
    });
    await pay(db, 'P-1', { invoice: 'I-C-1', on: '2026-06-16', amount: '119.00' });
    await db('payment_return').insert({
      return_id: 'R',
      payment_id: 'P-1',
      kind: 'chargeback',
      amount: '19.00',
      returned_on: '2026-06-16',
    });
    const message = {
      purpose: 'service',
      template: 't',
      rule: 'r',
      channel: 'email',
      recipient: 'a@b',
      language: 'en',
      zone: 'UTC',
      data: '{}',
      run_id: run,
    };
    for (const [key, state] of Object.entries({ a: 'delivered', b: 'opened', c: 'sent', d: 'suppressed' }))
      await db('message').insert({
        ...message,
        key,
        state,
        smtp_message_id: key,
        not_before: '2026-06-16T00:00:00Z',
        next_attempt_at: '2026-06-16T00:00:00Z',
      });
  });

  test('of a run, each with its formula and what it is made of', async () => {
    const { metrics, rows } = await get(`/v1/reports/metrics?run=${run}`);
    const figures = rows.map((row: Record<string, string>) => [row.metric, row.key, row.value, row.working]);
    expect(figures).toEqual([
      // One of two was corrected later; two of three due messages were delivered.
      ['billing-accuracy', '', '50.00', '1 ÷ 2'],
      ['delivery-success', '', '66.66', '2 ÷ 3'],
      ['invoices-issued', '', '2', ''],
      // 2 × 119.00 − 119.00 + 19.00 = 138.00 receivables; 238.00 revenue; × 91 = 52.76…
      ['dso', '', '52.8', '138.00 ÷ 238.00 × 91'],
      ['revenue-by-plan', 'flat', '100.00', ''],
      ['revenue-by-plan', 'other', '100.00', ''],
      ['revenue-by-service', 'fee', '120.00', ''],
      ['revenue-by-service', 'voice', '80.00', ''],
      ['revenue-by-tax', 'S 19 %', '200.00', ''],
      ['tax', 'S 19 %', '38.00', ''],
      ['payments-received', '', '119.00', ''],
      ['payments-returned', 'chargeback', '19.00', ''],
      ['exceptions', 'no-rate', '1', ''],
    ]);
    expect(metrics.map((metric: { formula: string }) => metric.formula).every(Boolean)).toBe(true);
    expect(new Set(rows.map((row: { metric: string }) => row.metric))).toEqual(
      new Set(metrics.map((metric: { name: string }) => metric.name)),
    );
  });

  test('give revenue to the plan that it was billed by, whatever the subscription has become since', async () => {
    const rated = (of: object) => JSON.stringify({ subscriptions: [of] });
    const [fee, usage] = ['2026-06-01', '2026-05-01'];
    const changed = { id: 'S-C-2', plan: 'basic', planChanges: [{ from: '2026-05-20', plan: 'max' }] };
    await it
      .db('account_cycle')
      .where({ account_id: 'A-C-2' })
      .update({ inputs: rated(changed) });
    const lines = [
      { subscriptionId: 'S-C-2', kind: 'fee', from: fee, amount: '60.00' },
      { subscriptionId: 'S-C-2', kind: 'usage', service: 'voice', from: usage, amount: '40.00' },
    ];
    const net = { net: '100.00', tax: '0.00', total: '100.00', taxes: [] };
    await it.db.raw('alter table invoice disable trigger invoice_is_immutable');
    await it
      .db('invoice')
      .where({ number: 'I-C-2' })
      .update({ bill: JSON.stringify({ ...net, lines }) });
    const { rows } = await get(`/v1/reports/metrics?run=${run}`);
    const byPlan = rows.filter((row: { metric: string }) => row.metric === 'revenue-by-plan');
    expect(byPlan.map((row: Record<string, string>) => [row.key, row.value])).toEqual([
      ['basic', '40.00'],
      ['flat', '100.00'],
      ['max', '60.00'],
    ]);
  });

  test('count an invoice as corrected that a credit note gives back from, once', async () => {
    await giveBack(it.db, 'N-1', 'I-C-2', '10.00', '1.90');
    await giveBack(it.db, 'N-2', 'I-C-1', '10.00', '1.90');
    const { rows } = await get('/v1/reports/metrics');
    expect(rows[0]).toMatchObject({ metric: 'billing-accuracy', value: '0.00', working: '0 ÷ 2' });
  });

  test('of what no run issued stand beside them by the day of issue, so that all of them add up to the ledger', async () => {
    await giveBack(it.db, 'N-1', 'I-C-2', '10.00', '1.90', '2026-06-20');
    const { rows } = await get('/v1/reports/metrics');
    const outside = rows.filter((row: { run: string }) => row.run === '');
    expect(outside.map((row: Record<string, string>) => [row.issuedOn, row.metric, row.key, row.value])).toEqual([
      ['2026-06-20', 'revenue-by-plan', 'no plan', '-10.00'],
      ['2026-06-20', 'revenue-by-service', 'not itemised', '-10.00'],
      ['2026-06-20', 'revenue-by-tax', 'S 19 %', '-10.00'],
      ['2026-06-20', 'tax', 'S 19 %', '-1.90'],
      ['2026-07-16', 'revenue-by-plan', 'flat', '100.00'],
      ['2026-07-16', 'revenue-by-service', 'fee', '60.00'],
      ['2026-07-16', 'revenue-by-service', 'voice', '40.00'],
      ['2026-07-16', 'revenue-by-tax', 'S 19 %', '100.00'],
      ['2026-07-16', 'tax', 'S 19 %', '19.00'],
    ]);
    const { revenue = '', 'tax payable': tax } = await trialBalance(it.db);
    expect(await sumsOfMetrics(it.db)).toEqual({ 'by plan': revenue, 'by service': revenue, 'by tax': revenue, tax });
    // Of one run they are its own.
    expect((await get(`/v1/reports/metrics?run=${run}`)).rows).toHaveLength(13);
  });

  test('of a run that does not exist are a mistake of who asks, over HTTP and in the terminal, and not an empty list', async () => {
    for (const format of ['', '&format=csv']) {
      const answer = await it.api.inject({ url: `/v1/reports/metrics?run=unknown${format}` });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ type: '/v1/problems/not-found', detail: 'There is no bill run unknown' });
    }
    vi.stubEnv('DATABASE_URL', it.url);
    await expect(report('metrics', { run: 'unknown' })).rejects.toThrow('There is no bill run unknown');
    vi.unstubAllEnvs();
  });

  test('are CSV, too', async () => {
    const rows = await csv('/v1/reports/metrics?format=csv');
    expect(rows.filter((row) => row.run === run)).toHaveLength(13);
    expect(rows[3]).toEqual({
      ...{ run, issuedOn: '2026-06-16', metric: 'dso', key: '', value: '52.8', unit: 'days', currency: 'EUR' },
      working: '138.00 ÷ 238.00 × 91',
    });
  });
});

test('the ledger says what every balance is, and that nothing of it is untrue', async () => {
  await issue(it.db, 'I-1');
  const { balances, checks, faults } = await get('/v1/reports/ledger');
  expect(balances).toEqual([
    { ledger: 'receivables', detail: '', currency: 'EUR', balance: '119.00' },
    { ledger: 'revenue', detail: '', currency: 'EUR', balance: '-100.00' },
    { ledger: 'tax payable', detail: 'S 19', currency: 'EUR', balance: '-19.00' },
  ]);
  expect(checks).toContain('every entry balances in its currency');
  expect(faults).toEqual([]);
});

test('the report of a run counts the records that came for it, and not again those of the runs before', async () => {
  const { db } = it;
  await db('rule_set').insert({ hash: 'h', document: '{}' });
  const cuts: number[] = [];
  for (const accepted of [100, 20, 3]) {
    const counts = { lines_read: accepted + 1, accepted, duplicate: 1, quarantined: 0, late: 0 };
    const file = { source: 'S', sequence: accepted, name: `${accepted}`, sha256: `${accepted}`, ...counts };
    const [row] = await db('usage_file').insert(file).returning('file_id');
    cuts.push(row.file_id);
  }
  const runs = ['2026-05-01', '2026-06-01', '2026-07-01'];
  for (const [index, closesFrom] of runs.entries())
    await db('bill_run').insert({
      run_id: closesFrom,
      closes_from: closesFrom,
      closes_until: addDays(closesFrom, 1),
      rule_set: 'h',
      step: 'done',
      issued_on: addDays(closesFrom, 1),
      usage_cut: cuts[index],
    });
  const reports = await Promise.all(runs.map((run) => readCycleReport(db, run)));
  expect(reports.map(({ records }) => [records.read, records.accepted])).toEqual([
    [101, 100],
    [21, 20],
    [4, 3],
  ]);
});
