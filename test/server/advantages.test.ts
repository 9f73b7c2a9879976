import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import type { Company } from '../../server/company.ts';
import { viewInvoice } from '../../server/invoice/invoice-view.ts';
import { renderInvoicePdf } from '../../server/invoice/pdf/render-invoice-pdf.ts';
import { readDocument } from '../../server/invoice/read-document.ts';
import { renderInvoiceHtml } from '../../server/invoice/render-invoice-html.ts';
import { message, readText, source } from '../dsl/sources.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, settings } from './engagement-books.ts';

const rules = `declare category work_equipment
plan flat "Desk and line" in EUR, round half even per line, split at start
  from 2026-01-01
  fee "Desk" 300.00 EUR monthly in arrears, fiscal category work_equipment
  fee "Line rental" 10.00 EUR monthly in arrears
tax standard otherwise 19% category S
advantage work_equipment "Rented work equipment"
  when line.fiscal_category is work_equipment
  tell "tax-advantage" with 20% of line.net, at most 100.00 EUR per year, see "https://www.example.org/desk"
`;

const company = JSON.parse(readText('rules/company.json')) as Company;

const { ruleSet, diagnostics } = compileRules(source(rules, ...message('tax-advantage')));
if (!ruleSet) throw new Error(diagnostics.map((one) => one.message).join('\n'));
const loaded = loadRuleSet(ruleSet);

describe('An advantage that is capped per year', () => {
  let books: TestDatabase;
  beforeAll(async () => {
    books = await createTestDatabase();
    const { db } = books;
    await db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
    await enrol(db, 'C-1', { customer: { zone: 'Europe/Berlin' } });
    // The same customer has a second account.
    await db('billing_account').insert({
      account_id: 'B-C-1',
      customer_id: 'C-1',
      legal_entity: 'NM-DE',
      currency: 'EUR',
      zone: 'Europe/Berlin',
      cycle_day: 1,
      opened_on: '2025-01-01',
    });
    await db('subscription').insert({
      subscription_id: 'S-B',
      account_id: 'B-C-1',
      plan: 'flat',
      msisdn: '+358401234568',
      payment: 'manual',
      accepted_on: '2025-04-01',
      activated_on: '2025-04-01',
    });
    for (const closesFrom of ['2026-02-01', '2026-12-01', '2027-01-01']) await billMonth(closesFrom);
  });
  afterAll(() => books.close());

  /** Bills the cycles that close on the first of a month, and issues the invoices on it. */
  async function billMonth(closesFrom: string): Promise<void> {
    const { run } = await initiateBillRun(books.db, {
      closesFrom,
      closesUntil: closesFrom.replace(/01$/, '02'),
      issuedOn: closesFrom,
      ruleSet: loaded.document.hash,
      usageFolder: null,
    });
    const nothing = async () => undefined;
    const effects = { db: books.db, settings, deliver: nothing, report: nothing };
    await billRunToEnd({ ...effects, loadRules: async () => loaded }, run.id);
  }

  const told = () =>
    books.db('told_advantage as t').join('invoice as i', 'i.number', 't.invoice_number').orderBy('i.number');

  test('tells each customer no more than that, over all accounts, and begins anew with the year of issue', async () => {
    // 20 % of 300.00 is 60.00 on each invoice.
    expect(await told().select('i.account_id', 't.year', 't.amount')).toEqual([
      { account_id: 'A-C-1', year: 2026, amount: '60.00' },
      { account_id: 'B-C-1', year: 2026, amount: '40.00' },
      { account_id: 'A-C-1', year: 2027, amount: '60.00' },
      { account_id: 'B-C-1', year: 2027, amount: '40.00' },
    ]);
  });

  test('stands on the invoice as it was told, and not once the year is full', async () => {
    const bills = await books.db('invoice').orderBy('number').pluck('bill');
    expect(bills.map(({ advantages }) => advantages.map(({ amount }: { amount: string }) => amount))).toEqual([
      ['60.00'],
      ['40.00'],
      ['0.00'],
      ['0.00'],
      ['60.00'],
      ['40.00'],
    ]);
    const [first, , full] = await books.db('invoice').orderBy('number').pluck('number');
    const page = renderInvoiceHtml(viewInvoice(await readDocument(books.db, first, company)));
    expect(page).toContain('For your tax return');
    expect(page).toContain('20 % of €300.00, at most €100.00 per calendar year');
    expect(page).toContain('href="https://www.example.org/desk"');
    const other = await readDocument(books.db, full, company);
    expect(renderInvoiceHtml(viewInvoice(other))).not.toContain('For your tax return');
  });

  test('is drawn into the PDF, with its link', async () => {
    const [first] = await books.db('invoice').orderBy('number').pluck('number');
    const pdf = await renderInvoicePdf(viewInvoice(await readDocument(books.db, first, company)));
    expect(pdf.toString('latin1')).toContain('https://www.example.org/desk');
  });

  test('is told by the message that the rule names, with the amount, once for each invoice', async () => {
    const messages = await books.db('message').orderBy('invoice_number').select('template', 'recipient', 'data');
    expect(messages.map(({ template, data }) => [template, data.advantage.amount, data.advantage.base])).toEqual([
      ['tax-advantage', '60.00', '300.00'],
      ['tax-advantage', '40.00', '300.00'],
      ['tax-advantage', '60.00', '300.00'],
      ['tax-advantage', '40.00', '300.00'],
    ]);
    expect(messages[0]?.recipient).toBe('c-1@example.org');
    expect(messages[0]?.data.advantage.see).toBe('https://www.example.org/desk');
  });
});
