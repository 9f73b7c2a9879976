import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { createMessageRenderer } from '../../server/delivery/render-message.ts';
import { raiseCreditNotes } from '../../server/engagement/credit-notes.ts';
import { cloudEventType } from '../../server/engagement/event-types.ts';
import { projectFolder } from '../../server/folders.ts';
import { createInvoicePages, type InvoicePages } from '../../server/invoice/invoice-pages.ts';
import { viewInvoice } from '../../server/invoice/invoice-view.ts';
import { paymentCodeText } from '../../server/invoice/payment-code.ts';
import { createPdfMaker } from '../../server/invoice/pdf/pdf-maker.ts';
import { renderInvoicePdf } from '../../server/invoice/pdf/render-invoice-pdf.ts';
import { renderInvoiceHtml } from '../../server/invoice/render-invoice-html.ts';
import { rememberSeller } from '../../server/invoice/seller.ts';
import { message, source } from '../dsl/sources.ts';
import { call } from '../engine/fixture.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { requireBuild } from './demo-process.ts';
import { company, invoiceOf } from './en16931/documents.ts';
import { kinds } from './en16931/kinds.ts';
import { enrol, settings, storyDeps } from './engagement-books.ts';

const made = (kind: string) => {
  const make = kinds[kind];
  if (!make) throw new Error(`no kind ${kind}`);
  return make();
};

describe('The payment code', () => {
  test('is a SEPA credit transfer as EPC069-12 writes it: bank, name, account, amount, number of the invoice', () => {
    // 12.00 + 0.23 + 1.48 + 0.09 are 13.80, and 19 % of that 2.62.
    expect(paymentCodeText(made('one rate, with usage'))?.split('\n')).toEqual([
      'BCD',
      '002',
      '1',
      'SCT',
      'BYLADEM1001',
      'Nordlicht Mobile GmbH',
      'DE02120300000000202051',
      'EUR16.42',
      '',
      '',
      'NM-2026-000042',
    ]);
  });

  test('knows amounts from a cent to 999,999,999.99, and names of 70 letters, in no more than 331 bytes', () => {
    const due = (amount: string) => paymentCodeText({ ...made('one rate, with usage'), due: amount });
    expect(due('0.01')).toContain('\nEUR0.01\n');
    expect(due('999999999.99')).toContain('\nEUR999999999.99\n');
    expect([due('1000000000.00'), due('0.00'), due('-5.00')]).toEqual([undefined, undefined, undefined]);
    const legalName = 'Ελληνική Εταιρεία Τηλεπικοινωνιών και Ταχυδρομείων Ανώνυμη Εταιρεία με μεγάλο όνομα';
    const long = paymentCodeText({
      ...made('one rate, with usage'),
      seller: { ...company, legalName },
      due: '999999999.99',
    });
    expect(long?.split('\n')[5]).toBe([...legalName].slice(0, 70).join(''));
    expect(Buffer.byteLength(long ?? '', 'utf8')).toBeLessThanOrEqual(331);
  });

  test('is on no invoice that is not paid by a transfer of euros', () => {
    for (const kind of ['direct debit', 'card', 'Swiss francs', 'free of charge'])
      expect(paymentCodeText(made(kind)), kind).toBeUndefined();
  });
});

describe('Page and PDF', () => {
  test('announce a direct debit: amount, day, creditor, mandate, and of the account only what it is known by', () => {
    const page = renderInvoiceHtml(viewInvoice(made('direct debit')));
    expect(page).toContain('We will collect €14.28 from your account on Jun 16, 2026 by SEPA direct debit.');
    for (const words of ['DE98ZZZ09999999999', 'NM-A-1-1', 'DE89 •••• 3000']) expect(page).toContain(words);
    expect(page).not.toContain('DE89370400440532013000');
    expect(page).not.toContain('<svg');
  });

  test('show the tax by rate, with the reason where nothing is taxed', () => {
    const { taxes } = viewInvoice(made('several VAT rates and an exemption'));
    expect(taxes.map(({ rate, note, base, amount }) => [rate, note, base, amount])).toEqual([
      ['0 % · Exempt', 'Insurance is exempt (VAT Directive, Article 135)', '€4.99', '€0.00'],
      ['19 % · Taxable', undefined, '€12.00', '€2.28'],
      ['7 % · Taxable', undefined, '€5.35', '€0.37'],
    ]);
  });

  test('say in German what they say in English, with German numbers and dates', () => {
    const rules = '  fee "Line rental" 12.00 EUR monthly in arrears\n  rate voice charge 0.07 EUR per min\n';
    const german = invoiceOf(`${rules}tax standard otherwise 19% category S\n`, {
      buyer: { language: 'de', country: 'FI' },
      usage: [call('2026-05-04T08:00:00Z', 600)],
    });
    // 12.00 + 0.70 and 19 % of it, 2.413.
    const page = renderInvoiceHtml(viewInvoice(german));
    for (const words of [
      'lang="de"',
      'Finnland',
      'Rechnung NM-2026-000042',
      '15,11',
      '16.06.2026',
      'Davon inklusive',
      'Telefonie',
    ])
      expect(page).toContain(words);
  });

  test('show the titles of the rules in the customer’s language, as the rule set of the invoice has them', () => {
    const rules = `  fee "Line rental" 12.00 EUR monthly in arrears
  allowance 5 min of voice
  rate voice graduated per cycle
    first 10 min 0.07 EUR per min
    beyond       0.05 EUR per min
    as "Calls"
discount loyal "Loyal customer"
  take 10% off fee "Line rental"
tax small otherwise 0% category E, note "Small business"
`;
    const usage = [call('2026-05-04T08:00:00Z', 1200)];
    const titles =
      'title,translation\nMobile Flex,Mobile Flex\nLine rental,Grundgebühr\n5 min of voice,5 Minuten\nCalls,Anrufe\nLoyal customer,Treuebonus\nSmall business,Kleinunternehmer\n';
    const told = (language: string) => {
      const parts = { buyer: { language }, usage, titles: { path: 'titles/de.csv', text: titles } };
      const { subscriptions, taxes } = viewInvoice(invoiceOf(rules, parts));
      return [...subscriptions.flatMap(({ lines }) => lines.map(({ title }) => title)), taxes[0]?.note];
    };
    expect(told('de')).toEqual([
      'Grundgebühr',
      'Inklusive: 5 Minuten',
      'Anrufe, Stufe 1',
      'Anrufe, Stufe 2',
      'Treuebonus',
      'Kleinunternehmer',
    ]);
    expect(told('pt')).toEqual([
      'Line rental',
      'Included: 5 min of voice',
      'Calls, tier 1',
      'Calls, tier 2',
      'Loyal customer',
      'Small business',
    ]);
  });

  test('a PDF is tagged: a heading, tables with heads, a picture with words for it', async () => {
    const pdf = (await renderInvoicePdf(viewInvoice(made('one rate, with usage')))).toString('latin1');
    for (const tag of ['/H1', '/H2', '/Table', '/TR', '/TH', '/TD', '/Figure', '/LBody'])
      expect(pdf).toContain(`/S ${tag}`);
    expect(pdf).toContain('/Scope /Column');
    expect(pdf).toContain('/Lang (en)');
    expect(pdf).toContain('/Marked true');
    expect(pdf).toContain('/DisplayDocTitle true');
    expect(pdf).toMatch(/\/Alt \(Payment code/);
  });

  test('a PDF of many lines goes over several pages, and is the same bytes every time', async () => {
    const fees = Array.from({ length: 80 }, (_, index) => `  fee "Option ${index + 1}" 1.00 EUR monthly in arrears\n`);
    const view = viewInvoice(invoiceOf(`${fees.join('')}tax standard otherwise 19% category S\n`));
    const pdf = await renderInvoicePdf(view);
    expect(pdf.toString('latin1').match(/\/Type \/Page\n/g)?.length).toBe(4);
    expect(await renderInvoicePdf(view)).toEqual(pdf);
  });
});

describe('An issued invoice', () => {
  const rules = `plan flat "Flat" in EUR, round half even per line, split at start
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in arrears
tax standard otherwise 19% category S
`;
  const { ruleSet } = compileRules(source(rules));
  if (!ruleSet) throw new Error('The rules do not compile');
  const pdfs = createPdfMaker();
  let books: TestDatabase;
  let pages: InvoicePages;
  let number: string;
  beforeAll(async () => {
    books = await createTestDatabase();
    const { db } = books;
    await rememberSeller(db, company);
    await db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
    await enrol(db, 'C-1', { customer: { zone: 'Europe/Berlin', category: 'business' } });
    const { run } = await initiateBillRun(db, {
      closesFrom: '2026-02-01',
      closesUntil: '2026-02-02',
      issuedOn: '2026-02-01',
      ruleSet: ruleSet.hash,
      usageFolder: null,
    });
    const nothing = async () => undefined;
    const effects = { db, settings, deliver: nothing, report: nothing };
    await billRunToEnd({ ...effects, loadRules: async () => loadRuleSet(ruleSet) }, run.id);
    [number = ''] = await db('invoice').pluck('number');
    // Another company.json in force: what it says is for later invoices.
    pages = createInvoicePages(db, { ...company, legalName: 'Successor Ltd' }, pdfs);
  });
  afterAll(async () => {
    await pdfs.close();
    await books.close();
  });

  test('is drawn by another thread where the one before has ended', async () => {
    requireBuild();
    const built = join(projectFolder, 'dist/server/invoice/pdf/pdf-maker.js');
    const threads: ReturnType<typeof createPdfMaker> = (await import(built)).createPdfMaker();
    const drawn = createInvoicePages(books.db, company, threads);
    const first = await drawn.pdf(number);
    await threads.close();
    expect((await drawn.pdf(number)).equals(first)).toBe(true);
    await threads.close();
  });

  test('shows for ever whom it was for and who billed it, whatever changes afterwards', async () => {
    const before = { html: await pages.html(number), xml: await pages.xml(number), pdf: await pages.pdf(number) };
    expect(before.html).toContain('Nordlicht Mobile GmbH');
    await books.db('customer').update({ name: 'Renamed', street: 'Elsewhere 1', language: 'de', vat_id: 'FI12345671' });
    await books.db('subscription').update({ msisdn: '+491', payment: 'card', plan: 'gone' });
    await rememberSeller(books.db, { ...company, legalName: 'Successor Ltd' });
    expect({ html: await pages.html(number), xml: await pages.xml(number), pdf: await pages.pdf(number) }).toEqual(
      before,
    );
  });

  test('is given back by a credit note for whom it was for, by who billed it, on every form', async () => {
    const { bill, rule_set } = await books.db('invoice').first('bill', 'rule_set');
    const line = { ...bill.lines[0], amount: '2.00', exact: '2' };
    const [tax] = bill.taxes;
    const note = {
      ...{ accountId: 'A-C-1', customerId: 'C-1', currency: 'EUR', corrects: number, reason: 'repaired rules' },
      ...{ from: '2026-01-01', until: '2026-02-01', lines: [line], net: '2.00', tax: '0.38', total: '2.38' },
      ...{ taxes: [{ ...tax, base: '2.00', amount: '0.38' }], ruleSet: rule_set },
    };
    await books.db('credit_note').insert({
      number: 'GS-1',
      legal_entity: 'NM-DE',
      account_id: 'A-C-1',
      customer_id: 'C-1',
      corrects: number,
      issued_on: '2026-03-01',
      currency: 'EUR',
      net: '2.00',
      tax: '0.38',
      total: '2.38',
      note: JSON.stringify(note),
      rule_set,
    });
    const page = await pages.html('GS-1');
    for (const words of [
      'Credit note GS-1',
      `${number}, Feb 1, 2026`,
      'Prices were corrected',
      '€2.38',
      'Nordlicht Mobile GmbH',
    ])
      expect(page).toContain(words);
    expect(page).not.toContain('Renamed');
    expect(await pages.xml('GS-1')).toContain('<CreditNote xmlns=');
    expect((await pages.pdf('GS-1')).toString('latin1').match(/\/S \/Table/g)?.length).toBe(3);
    await expect(pages.html('GS-2')).rejects.toThrow('There is no invoice and no credit note GS-2');
  });

  test('is followed by a message about what is given back, once, with the credit note and not the invoice', async () => {
    const { ruleSet: told } = compileRules(
      source('notify credit\n  on invoice corrected\n  send "credit-note" to customer\n', ...message('credit-note')),
    );
    if (!told) throw new Error('The rules do not compile');
    const deps = { ...storyDeps(books.db), rules: () => loadRuleSet(told) };
    const later = Date.parse('2026-03-02T12:00:00Z');
    expect(await raiseCreditNotes(deps, Date.parse('2026-01-02T12:00:00Z'))).toEqual({ raised: 0, failures: [] });
    expect(await raiseCreditNotes(deps, later)).toEqual({ raised: 1, failures: [] });
    expect(await raiseCreditNotes(deps, later)).toEqual({ raised: 0, failures: [] });
    expect(await books.db('business_event').pluck('type')).toEqual([cloudEventType('invoice corrected')]);
    const messages = await books.db('message').where({ template: 'credit-note' }).select('data', 'state');
    expect(
      messages.map(({ data, state }) => [data.creditNote.number, data.creditNote.total, data.invoice.number, state]),
    ).toEqual([['GS-1', '2.38', number, 'queued']]);
    const mail = createMessageRenderer('rules', company, 'https://bills.example').render({
      template: 'credit-note',
      language: 'de',
      channel: 'email',
      data: messages[0].data,
    });
    expect(mail.subject).toBe(`Rechnungskorrektur GS-1: 2,38 € zurück zur Rechnung ${number}`);
    expect(mail.html).toContain('https://bills.example/v1/credit-notes/GS-1/html');
  });

  test('goes to a business as an e-invoice too, and to nobody else', async () => {
    expect(await pages.xmlForMail(number)).toContain('<Invoice xmlns=');
    const consumer = { ...(await books.db('invoice').first('billed_to')).billed_to, category: 'consumer' };
    await books.db('invoice').insert({
      ...(await books.db('invoice').first()),
      number: 'N-2',
      period_from: '2020-01-01',
      billed_to: JSON.stringify(consumer),
      bill: JSON.stringify((await books.db('invoice').first('bill')).bill),
    });
    expect(await pages.xmlForMail('N-2')).toBeUndefined();
  });
});
