/** Late and corrected usage after a real run: what the next one makes of it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bill, BillLine } from '../../engine/model.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { hashBooks } from '../../server/report/books.ts';
import { sumsOfMetrics, trialBalance } from './ledger-books.ts';
import { startTestServer, type TestServer } from './running-server.ts';

describe('what becomes known after an invoice was issued', () => {
  let server: TestServer;
  let may: { number: string; account_id: string; bill: Bill; total: string };
  beforeAll(async () => {
    server = await startTestServer();
    may = await server.book.db('invoice').where({ run_id: server.runId, account_id: 'A-000001' }).first();
  }, 120_000);
  afterAll(() => server.close());

  const post = async (path: string, body: unknown) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const get = async (path: string) => (await fetch(server.url + path)).json();

  const data = (id: string, msisdn: string, gigabytes: number, startAt = '2026-05-20T10:00:00+02:00') => ({
    id,
    sequence: 1,
    msisdn,
    service: 'data',
    startAt,
    durationMs: 0,
    bytes: gigabytes * 1e9,
    messages: 0,
    direction: 'outgoing',
    calledNumber: '',
    callingNumber: '',
    visitedNetwork: '26299',
  });

  async function billNext(db: Knex, closesFrom: string, closesUntil: string): Promise<string> {
    const { ruleSet } = await db('rule_set').orderBy('release_number', 'desc').first({ ruleSet: 'hash' });
    const { run } = await initiateBillRun(db, {
      closesFrom,
      closesUntil,
      issuedOn: closesUntil,
      ruleSet,
      usageFolder: null,
    });
    await server.book.advance(run.id);
    return run.id;
  }

  test('late data of May is charged by the invoice of June, as May would have charged it, with the tax that May lacked', async () => {
    const { db } = server.book;
    const { msisdn } = await db('subscription').where({ account_id: 'A-000001' }).first('msisdn');
    const { body } = await post('/v1/usage', { source: 'late', events: [data('L-1', msisdn, 3)] });
    expect(body).toMatchObject({ accepted: 1 });
    const preview = await get('/v1/accounts/A-000001');
    expect(preview).toBeDefined();
    const run = await billNext(db, '2026-07-01', '2026-07-02');
    const june = await db('invoice').where({ run_id: run, account_id: 'A-000001' }).first();
    const corrections = (june.bill as Bill).lines.filter(({ kind }: BillLine) => kind === 'correction');
    // 2 GB of 12 were charged; now 5 of 15: 3 × 1.20 more. Tax: 23.53 had 4.47, 27.13 has 5.15.
    expect(corrections.map(({ amount, correction, because }) => [amount, correction, because.how])).toEqual([
      ['3.60', { invoice: may.number, tax: '0.68' }, 'Data, tier 1 was 2.40 EUR, should be 6.00 EUR'],
    ]);
    expect(await db('late_usage').where({ account_id: 'A-000001', period_from: '2026-06-01' })).toEqual([]);
    expect((await db('invoice').where({ number: may.number }).first()).bill).toEqual(may.bill);
  });

  test('a record that is withdrawn is given back by a credit note with a number of its own, and posted', async () => {
    const { db } = server.book;
    const premium = await db('usage_event')
      .where({ account_id: 'A-000001', called_number: '+499005550007' })
      .where('start_at', '<', Date.parse('2026-06-01T00:00+02:00'))
      .first('source', 'record_id');
    const withdrawal = {
      id: 'W-1',
      source: premium.source,
      recordId: premium.record_id,
      reason: 'Disputed',
      by: 'a person',
    };
    expect(await post('/v1/usage/corrections', { corrections: [withdrawal] })).toMatchObject({
      status: 200,
      body: { taken: 1, known: 0 },
    });
    expect(await post('/v1/usage/corrections', { corrections: [withdrawal] })).toMatchObject({
      status: 200,
      body: { taken: 0, known: 1 },
    });
    await billNext(db, '2026-08-01', '2026-08-02');
    const { creditNotes } = await get(`/v1/invoices/${may.number}/corrections`);
    // The premium call cost 2.85. Tax by all that is known: 27.13 has 5.15, 24.28 has 4.61.
    expect(creditNotes).toMatchObject([
      { corrects: may.number, net: '2.85', tax: '0.54', total: '3.39', note: { reason: 'corrected usage' } },
    ]);
    expect(creditNotes[0].number).toMatch(/-CN-2026-000001$/);
    expect(
      await db('usage_event').where({ source: premium.source, record_id: premium.record_id }).count({ n: '*' }).first(),
    ).toEqual({ n: 1 });
  });

  test('repaired rules: a preview stores nothing; applied, what was too much is given back at once, and asked again nothing is left', async () => {
    const { db } = server.book;
    const path = join(server.rulesFolder, 'consumer.rules');
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace('fee "Line rental" 12.00 EUR', 'fee "Line rental" 10.00 EUR'),
    );
    expect((await post('/v1/rules/release', { despiteFailingTests: true })).status).toBe(200);
    const wanted = { accounts: ['A-000001'], rules: 'in force' };
    const notes = () => db('credit_note').where({ account_id: 'A-000001' }).count({ n: '*' }).first();
    const before = await notes();
    const preview = await post('/v1/corrections', wanted);
    expect(preview.body).toMatchObject({ applied: false, refused: [] });
    // Each of three invoices has a rental of 12.00 that should be 10.00; tax by all that is known: 4.61 and 4.23 for May.
    expect(preview.body.invoices.map((one: { difference: unknown }) => one.difference)).toMatchObject([
      { net: '-2.00', tax: '-0.38', total: '-2.38' },
      { net: '-2.00', total: '-2.38' },
      { net: '-2.00', total: '-2.38' },
    ]);
    expect(await notes()).toEqual(before);
    const apply = { by: 'a person', why: 'The rental was never 12.00' };
    const applied = await post('/v1/corrections', { ...wanted, apply });
    expect(applied.body.invoices[0]).toMatchObject({
      invoice: may.number,
      creditNotes: [{ corrects: may.number, net: '2.00', tax: '0.38', total: '2.38' }],
      charges: [],
    });
    expect(await post('/v1/corrections', { ...wanted, apply })).toMatchObject({
      body: { applied: true, invoices: [] },
    });
    const { corrections } = await get(`/v1/invoices/${may.number}/corrections`);
    expect(corrections.at(-1)).toMatchObject({
      reason: 'repaired rules',
      request: apply,
      creditNotes: [applied.body.invoices[0].creditNotes[0].number],
    });
  });

  test('what is owed more by repaired rules waits for the next invoice, and is charged once', async () => {
    const { db } = server.book;
    const path = join(server.rulesFolder, 'consumer.rules');
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace('fee "Line rental" 10.00 EUR', 'fee "Line rental" 11.00 EUR'),
    );
    await post('/v1/rules/release', { despiteFailingTests: true });
    const wanted = {
      accounts: ['A-000001'],
      from: '2026-07-01',
      rules: 'in force',
      apply: { by: 'a person', why: 'It was 11.00' },
    };
    const applied = await post('/v1/corrections', wanted);
    expect(applied.body.invoices).toMatchObject([{ creditNotes: [], charges: [{ amount: '1.00', tax: '0.19' }] }]);
    expect(await post('/v1/corrections', wanted)).toMatchObject({ body: { invoices: [] } });
    const charged = async (run: string) => {
      const { bill } = await db('invoice').where({ run_id: run, account_id: 'A-000001' }).first('bill');
      const corrections = (bill as Bill).lines.filter(({ kind }) => kind === 'correction');
      return corrections.map(({ amount, because }) => [amount, because.how]);
    };
    expect(await charged(await billNext(db, '2026-09-01', '2026-09-02'))).toEqual([
      ['1.00', 'Line rental was 10.00 EUR, should be 11.00 EUR'],
    ]);
    const { corrections } = await get(`/v1/invoices/${applied.body.invoices[0].invoice}/corrections`);
    expect(corrections.map(({ reason }: { reason: string }) => reason)).toEqual([
      'repaired rules',
      'repaired rules',
      'repaired rules',
    ]);
    expect(await charged(await billNext(db, '2026-10-01', '2026-10-02'))).toEqual([]);
  });

  test('what cannot be corrected is refused, with what to do', async () => {
    expect(await post('/v1/corrections', {})).toMatchObject({
      status: 422,
      body: { type: '/v1/problems/correction-unclear' },
    });
    expect(await post('/v1/corrections', { accounts: ['nobody'] })).toMatchObject({ status: 404 });
    expect(await post('/v1/corrections', { run: 'none' })).toMatchObject({ status: 404 });
  });

  test('a closed account is given back at once, and what it owes more is on an invoice of its own', async () => {
    const { db } = server.book;
    const run = await billNext(db, '2026-11-01', '2026-11-02');
    const october = await db('invoice').where({ run_id: run, account_id: 'A-000001' }).first('number', 'total');
    await db('billing_account').where({ account_id: 'A-000001' }).update({ closed_on: '2026-11-01' });
    await db('subscription').where({ account_id: 'A-000001' }).update({ cancelled_on: '2026-11-01' });
    const { msisdn } = await db('subscription').where({ account_id: 'A-000001' }).first('msisdn');
    const premium = {
      ...data('L-2', msisdn, 0, '2026-10-20T10:00:00+02:00'),
      service: 'voice',
      durationMs: 60_000,
      calledNumber: '+499005550007',
      callingNumber: msisdn,
    };
    await post('/v1/usage', { source: 'late', events: [premium] });
    await billNext(db, '2026-12-01', '2026-12-02');
    expect(await db('invoice').where({ account_id: 'A-000001', period_from: '2026-11-01' })).toEqual([]);
    const own = await billNext(db, '2026-12-02', '2026-12-03');
    expect(await db('account_cycle').where({ run_id: own })).toEqual([]);
    const last = await db('invoice')
      .where({ run_id: await billNext(db, '2027-01-01', '2027-01-02'), account_id: 'A-000001' })
      .first();
    // One minute to a premium number: 0.90 + 0.15.
    expect(
      (last.bill as Bill).lines.map(({ kind, amount, correction }) => [kind, amount, correction?.invoice]),
    ).toEqual([['correction', '1.05', october.number]]);
    expect(last.total).toBe('1.25');
    const withdrawal = { id: 'W-9', source: 'late', recordId: 'L-2', reason: 'Disputed', by: 'a person' };
    await post('/v1/usage/corrections', { corrections: [withdrawal] });
    const february = await billNext(db, '2027-02-01', '2027-02-02');
    expect(await db('credit_note').where({ run_id: february }).select('corrects', 'total')).toEqual([
      { corrects: october.number, total: '1.25' },
    ]);
    expect(await db('invoice').where({ run_id: february, account_id: 'A-000001' })).toEqual([]);
  });

  test('a run that finds nothing new corrects nothing, and the books stay the same', async () => {
    const { db } = server.book;
    const before = await db('correction').count({ n: '*' }).first();
    await billNext(db, '2027-03-01', '2027-03-02');
    expect(await db('correction').count({ n: '*' }).first()).toEqual(before);
    expect(await hashBooks(db)).toBe(await hashBooks(db));
  });

  test('metrics add up to revenue and tax of the ledger, with what a person gave back outside any run', async () => {
    const { db } = server.book;
    expect(await db('credit_note').where({ run_id: null })).not.toEqual([]);
    const { revenue = '', 'tax payable': tax } = await trialBalance(db);
    expect(await sumsOfMetrics(db)).toEqual({ 'by plan': revenue, 'by service': revenue, 'by tax': revenue, tax });
  });

  test('corrections of unknown records, and ids that stood for something else, are refused, and nothing is stored', async () => {
    const unknown = { id: 'W-2', source: 'late', recordId: 'none', reason: 'Twice', by: 'a person' };
    const known = { id: 'W-3', source: 'late', recordId: 'L-1', reason: 'Twice', by: 'a person' };
    expect(await post('/v1/usage/corrections', { corrections: [known, unknown] })).toMatchObject({
      status: 404,
      body: { type: '/v1/problems/unknown-record' },
    });
    expect(await server.book.db('usage_correction').where({ correction_id: 'W-3' })).toEqual([]);
    expect(await post('/v1/usage/corrections', { corrections: [{ ...known, id: 'W-1' }] })).toMatchObject({
      status: 409,
      body: { type: '/v1/problems/correction-id-taken' },
    });
    const replacement = { ...data('L-1', '+490000000000', 1), id: undefined };
    expect(await post('/v1/usage/corrections', { corrections: [{ ...known, replacement }] })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/corrections/0/replacement' }] },
    });
  });
});
