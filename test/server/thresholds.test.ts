/** Invoices in mid-cycle over a real database: issued once, posted and told, taken off the bill of the cycle, corrected with it. */
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { Bill } from '../../engine/model.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import type { Company } from '../../server/company.ts';
import { applyCorrections } from '../../server/corrections/ask-corrections.ts';
import { runDue } from '../../server/engagement/tick.ts';
import { explainInvoice } from '../../server/explain/explain-books.ts';
import { billThresholds } from '../../server/interim/bill-thresholds.ts';
import { viewInvoice } from '../../server/invoice/invoice-view.ts';
import { readItemisation } from '../../server/invoice/itemisation.ts';
import { renderInvoicePdf } from '../../server/invoice/pdf/render-invoice-pdf.ts';
import { readDocument } from '../../server/invoice/read-document.ts';
import { renderInvoiceHtml } from '../../server/invoice/render-invoice-html.ts';
import { findLedgerFaults } from '../../server/receivables/ledger-faults.ts';
import { lockSource } from '../../server/usage/usage-lock.ts';
import { message, readText, source } from '../dsl/sources.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { enrol, instant, settings, storyDeps } from './engagement-books.ts';

const rulebook = (first: string) => `
plan flat "Metered" in EUR, round half up per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in arrears
  invoice at ${first} EUR of usage, then every 50.00 EUR
  rate data charge 1.00 EUR per GB
tax standard otherwise 20% category S
notify invoiced
  on invoice issued
  send "invoice-ready" to customer
`;

function compiled(text: string) {
  const { ruleSet, diagnostics } = compileRules(source(text, ...message('invoice-ready')));
  if (!ruleSet) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return loadRuleSet(ruleSet);
}
const rules = compiled(rulebook('100.00'));
const company = JSON.parse(readText('rules/company.json')) as Company;

const numbers = { 'C-1': '+358401111111', 'C-2': '+358402222222', 'C-3': '+358403333333' } as const;
type Id = keyof typeof numbers;

let books: ApiUnderTest;
let db: Knex;

beforeAll(async () => {
  books = await startApi({
    released: { folder: '', inForce: () => rules, release: () => Promise.reject(new Error('nothing is released')) },
  });
  db = books.db;
  await store(rules);
  for (const [id, msisdn] of Object.entries(numbers)) await enrol(db, id, { subscription: { msisdn } });
  // Nothing before May waits to be billed, but for C-3.
  await db('billing_account').whereNot({ account_id: 'A-C-3' }).update({ opened_on: '2026-05-01' });
  await db('test_clock').insert({ now: '2026-05-04T09:00:00Z' });
});
afterAll(() => books.close());

const store = ({ document }: LoadedRuleSet) =>
  db('rule_set').insert({ hash: document.hash, document: JSON.stringify(document) });

let deliveries = 0;

/** Data of a customer, in a delivery of its own. */
async function used(id: Id, day: string, gigabytes: number, record = `${id} ${day}`): Promise<void> {
  deliveries += 1;
  const counts = { lines_read: 0, accepted: 0, duplicate: 0, quarantined: 0, late: 0 };
  const [file] = await db('usage_file')
    .insert({ source: 'test', sequence: deliveries, name: 'test', sha256: `test ${deliveries}`, ...counts })
    .returning('file_id');
  await db('usage_event').insert({
    ...{ account_id: `A-${id}`, subscription_id: `S-${id}`, source: 'test', record_id: record, sequence: 1 },
    ...{ msisdn: numbers[id], service: 'data', start_at: Date.parse(`${day}T10:00:00Z`) },
    ...{ duration_ms: 0, bytes: gigabytes * 1e9, messages: 0, direction: 'outgoing', called_number: '' },
    ...{ calling_number: '', visited_network: '24405', file_id: file.file_id },
  });
}

const ask = async (day: string) => {
  await db('test_clock').update({ now: `${day}T09:00:00Z` });
  const answer = await books.api.inject({ method: 'POST', url: '/v1/interim-invoices' });
  expect(answer.statusCode).toBe(200);
  return answer.json();
};

const invoicesOf = (id: Id) =>
  db('invoice')
    .where({ account_id: `A-${id}` })
    .orderBy('number')
    .select('number', 'interim', 'total');

async function billMay(): Promise<void> {
  const { run } = await initiateBillRun(db, {
    closesFrom: '2026-06-01',
    closesUntil: '2026-06-02',
    issuedOn: '2026-06-02',
    ruleSet: rules.document.hash,
    usageFolder: null,
  });
  const nothing = async () => undefined;
  await billRunToEnd({ db, settings, loadRules: async () => rules, deliver: nothing, report: nothing }, run.id);
}

describe('Usage that comes to the amounts of its plan', () => {
  test('is not invoiced a gigabyte too early, and is at once when it has come to it', async () => {
    await used('C-1', '2026-05-03', 99);
    expect(await ask('2026-05-04')).toEqual({ issued: [], doubted: [] });
    await used('C-1', '2026-05-04', 6);
    expect(await ask('2026-05-05')).toEqual({
      issued: [
        {
          number: 'NM-DE-2026-000001',
          accountId: 'A-C-1',
          currency: 'EUR',
          total: '126.00',
          passed: [{ subscriptionId: 'S-C-1', threshold: '100.00' }],
        },
      ],
      doubted: [],
    });
  });

  test('is invoiced once for each, however often and by how many at once it is asked', async () => {
    expect(await ask('2026-05-06')).toEqual({ issued: [], doubted: [] });
    await used('C-1', '2026-05-08', 60);
    const now = instant('2026-05-09T09:00:00Z');
    const all = await Promise.all([1, 2, 3].map(() => billThresholds(db, rules, settings, now, [])));
    // 165 GB: 150 are passed; 105 were invoiced.
    expect(all.flatMap(({ issued }) => issued).map(({ number, total }) => [number, total])).toEqual([
      ['NM-DE-2026-000002', '72.00'],
    ]);
    expect(await db('passed_threshold').orderBy('threshold').pluck('threshold')).toEqual(['100.00', '150.00']);
  });

  test('leaves nothing behind when it fails in the middle, and is invoiced under the same number afterwards', async () => {
    await used('C-2', '2026-05-09', 130);
    const broken = { ...rules, document: { ...rules.document, messages: [] } };
    const now = instant('2026-05-10T09:00:00Z');
    await expect(billThresholds(db, broken, settings, now, [])).rejects.toThrow('invoice-ready');
    expect(await invoicesOf('C-2')).toEqual([]);
    const tick = () => runDue({ ...storyDeps(db, rules.document), rules: () => rules }, now);
    // The clock does not wait for a collection that is under way.
    await db.transaction(async (collecting) => {
      await lockSource(collecting, 'test');
      expect(await tick()).toMatchObject({ interimInvoices: 0, failures: [] });
    });
    expect(await tick()).toMatchObject({ interimInvoices: 1, failures: [] });
    expect(await tick()).toMatchObject({ interimInvoices: 0, failures: [] });
    expect(await invoicesOf('C-2')).toEqual([{ number: 'NM-DE-2026-000003', interim: 1, total: '156.00' }]);
  });

  test('is told to the customer, listed, posted and itemised like every invoice', async () => {
    const told = await db('message').orderBy('invoice_number').select('template', 'recipient', 'invoice_number');
    expect(told.map((one) => [one.recipient, one.invoice_number])).toEqual([
      ['c-1@example.org', 'NM-DE-2026-000001'],
      ['c-1@example.org', 'NM-DE-2026-000002'],
      ['c-2@example.org', 'NM-DE-2026-000003'],
    ]);
    const { items } = (await books.api.inject('/v1/invoices?accountId=A-C-1')).json();
    expect(
      items.map((one: { number: string; interim: number; open: string }) => [one.number, one.interim, one.open]),
    ).toEqual([
      ['NM-DE-2026-000002', 2, '72.00'],
      ['NM-DE-2026-000001', 1, '126.00'],
    ]);
    expect(await findLedgerFaults(db)).toEqual([]);
    const { lines } = await readItemisation(db, 'NM-DE-2026-000001', 3);
    expect(lines.map(({ amount, items: its }) => [amount, its.length])).toEqual([['105.00', 2]]);
    const { found } = await explainInvoice(db, 'NM-DE-2026-000002');
    expect(found.map(({ title }) => title)).toEqual([
      'Data: 165.00 EUR (usage)',
      'Already invoiced by NM-DE-2026-000001: -105.00 EUR (already invoiced)',
    ]);
  });

  test('waits while the bill of the cycle before is not decided, and while something is the matter with it', async () => {
    await used('C-3', '2026-05-09', 130);
    await used('C-2', '2026-05-12', 30, 'twice');
    await used('C-2', '2026-05-12', 30, 'twice told');
    const { issued, doubted } = await ask('2026-05-13');
    expect(issued).toEqual([]);
    expect(doubted).toEqual([{ accountId: 'A-C-2', why: expect.stringContaining('repeated-usage') }]);
    await db('usage_event').where({ record_id: 'twice told' }).delete();
    expect(await ask('2026-05-13')).toEqual({ issued: [], doubted: [] });
  });

  test('does not keep the rest of the cycle from changing', async () => {
    await db('plan_change').insert({ subscription_id: 'S-C-2', from_day: '2026-05-20', plan: 'flat' });
    expect(await db('plan_change')).toHaveLength(1);
  });
});

describe('The bill of the cycle', () => {
  test('takes off what was invoiced, names the invoices, and is together with them what May costs', async () => {
    await used('C-1', '2026-05-20', 5);
    await billMay();
    expect(await invoicesOf('C-1')).toEqual([
      { number: 'NM-DE-2026-000001', interim: 1, total: '126.00' },
      { number: 'NM-DE-2026-000002', interim: 2, total: '72.00' },
      // 170 + 10 and 20 %: 216.00 in all.
      { number: 'NM-DE-2026-000004', interim: 0, total: '18.00' },
    ]);
    expect(await findLedgerFaults(db)).toEqual([]);
    const { bill } = await db('invoice').where({ number: 'NM-DE-2026-000004' }).first();
    expect((bill as Bill).taxes).toMatchObject([{ base: '15.00', amount: '3.00' }]);
    const page = renderInvoiceHtml(viewInvoice(await readDocument(db, 'NM-DE-2026-000004', company)));
    expect(page).toContain('Already invoiced by NM-DE-2026-000001');
    const interim = viewInvoice(await readDocument(db, 'NM-DE-2026-000002', company));
    expect(interim.title).toBe('Interim invoice NM-DE-2026-000002');
    expect(interim.facts).toContainEqual([
      'Reason',
      expect.stringMatching(/^Usage of \+?\w+ came to €\d+\.00 before VAT$/),
    ]);
    expect((await renderInvoicePdf(interim)).length).toBeGreaterThan(1000);
  });

  test('is followed by no invoice before it: the database refuses it', async () => {
    const row = await db('invoice').where({ number: 'NM-DE-2026-000002' }).first();
    const late = { ...row, number: 'X', interim: 3, bill: JSON.stringify(row.bill), billed_to: null };
    await expect(db('invoice').insert(late)).rejects.toThrow('has been rated');
    await expect(db('passed_threshold').update({ threshold: '1.00' })).rejects.toThrow('never changes');
  });

  test('closes with them when May is corrected: less is given back as far as the bill goes, and the rest is credit for June', async () => {
    // 60 GB of May 8 were 20 in truth: May costs 130 + 10, with tax 168.00, and 198.00 + 18.00 were invoiced.
    deliveries += 1;
    const counts = { lines_read: 0, accepted: 0, duplicate: 0, quarantined: 0, late: 0 };
    const [file] = await db('usage_file')
      .insert({ source: 'test', sequence: deliveries, name: 'test', sha256: `test ${deliveries}`, ...counts })
      .returning('file_id');
    await db('usage_event').where({ record_id: 'C-1 2026-05-08' }).update({ known_until: file.file_id });
    await used('C-1', '2026-05-08', 20, 'C-1 2026-05-08, in truth');
    const asked = { by: 'Test', why: 'Test', today: '2026-06-05' };
    const { invoices, refused } = await applyCorrections(db, { accounts: ['A-C-1'] }, asked);
    expect(refused).toEqual([]);
    expect(invoices.map(({ creditNotes, charges }) => [creditNotes.map(({ total }) => total), charges])).toEqual([
      [['18.00'], []],
    ]);
    // 216.00 − 18.00 − 168.00 = 30.00, of which 25.00 before tax.
    expect(await db('credit_balance').select('account_id', 'amount', 'known_from')).toEqual([
      { account_id: 'A-C-1', amount: '25.00', known_from: '2026-06-01' },
    ]);
    expect(await findLedgerFaults(db)).toEqual([]);
    expect((await applyCorrections(db, { accounts: ['A-C-1'] }, asked)).invoices).toEqual([]);
  });

  test('June is looked at again by new rules, also where nothing more was used', async () => {
    await used('C-1', '2026-06-03', 6);
    expect(await ask('2026-06-04')).toEqual({ issued: [], doubted: [] });
    const stricter = compiled(rulebook('5.00'));
    await store(stricter);
    const { issued } = await billThresholds(db, stricter, settings, instant('2026-06-04T10:00:00Z'), []);
    expect(issued.map(({ accountId, total }) => [accountId, total])).toEqual([['A-C-1', '7.20']]);
  });
});
