import { compileRules } from '../../../dsl/compile.ts';
import type { SourceFile } from '../../../dsl/source.ts';
import type { CreditNote } from '../../../engine/credit-note.ts';
import { evaluateCycle, evaluateInterim } from '../../../engine/cycle.ts';
import type { InterimInvoice } from '../../../engine/interim-invoice.ts';
import { loadRuleSet } from '../../../engine/load.ts';
import { formatAmount, parseDecimal, sum } from '../../../engine/money.ts';
import type { PrepaidCredit } from '../../../engine/prepaid-credit.ts';
import type { Company } from '../../../server/company.ts';
import type { BilledTo } from '../../../server/invoice/billed-to.ts';
import { creditNoteDocumentOf, documentOf, type InvoiceDocument } from '../../../server/invoice/invoice-document.ts';
import { readText, source } from '../../dsl/sources.ts';
import { accountCycle, type CycleParts, call, session, subscription, text } from '../../engine/fixture.ts';

export const company = JSON.parse(readText('rules/company.json')) as Company;

const buyer: BilledTo = {
  name: 'Erika Mustermann',
  category: 'consumer',
  street: 'Heidestraße 17',
  postcode: '51147',
  city: 'Köln',
  country: 'DE',
  taxCountry: 'DE',
  email: 'erika@example.org',
  language: 'en',
  payment: { kind: 'transfer' },
  subscriptions: { 'S-1': { number: '+491701234567', plan: 'flex' } },
};

export const business: Partial<BilledTo> = {
  name: 'Boulangerie Dupont SARL',
  category: 'business',
  country: 'FR',
  taxCountry: 'FR',
  vatId: 'FR40303265045',
};

export interface KindParts extends CycleParts {
  readonly buyer?: Partial<BilledTo>;
  readonly seller?: Partial<Company>;
  /** The day on which it is issued before the end of the cycle. */
  readonly interimOn?: string;
  /** A file of translated titles. */
  readonly titles?: SourceFile;
}

/** A plan in a currency, with its charges and taxes; billed for May 2026, as a bill run does it. */
export function invoiceOf(rules: string, parts: KindParts = {}, currency = 'EUR'): InvoiceDocument {
  const plan = `plan flex "Mobile Flex" in ${currency}, round half up per line, split at start\n  from 2026-01-01\n`;
  const declared = 'declare category books\ndeclare category insurance\ndeclare category damages\n';
  const { ruleSet, diagnostics } = compileRules(
    source(`${declared}${plan}${rules}`, ...(parts.titles ? [parts.titles] : [])),
  );
  if (!ruleSet) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  const { buyer: changes, seller, titles: _, interimOn, ...given } = parts;
  const cycle = accountCycle({ ...given, account: { currency, ...given.account } });
  const loaded = loadRuleSet(ruleSet);
  const interim = interimOn === undefined ? undefined : evaluateInterim(cycle, interimOn, loaded);
  const { bill, exceptions } = interim ?? evaluateCycle(cycle, loaded);
  const [held] = exceptions.filter(({ action }) => action !== 'flag');
  if (held) throw new Error(held.evidence);
  return documentOf({
    number: 'NM-2026-000042',
    customerId: 'C-1',
    issuedOn: '2026-06-02',
    dueOn: '2026-06-16',
    bill,
    billedTo: { ...buyer, ...changes },
    seller: { ...company, ...seller },
    rules: ruleSet,
    isInterim: interim !== undefined,
  });
}

const standard = 'tax standard otherwise 19% category S\n';
const rental = '  fee "Line rental" 12.00 EUR monthly in arrears, prorated by day\n';
const rates = `  rate voice charge 0.07 EUR per min by 1 s
  rate data charge 1.20 EUR per GB
  rate sms charge 0.09 EUR per message
`;
const month = [
  call('2026-05-04T08:00:00Z', 137),
  call('2026-05-05T08:00:00Z', 61),
  session('2026-05-06T08:00:00Z', 1_234_567_891),
  text('2026-05-07T08:00:00Z'),
];
const paidFromCredit = '  usage paid from credit\n';
const topUp = (kind: PrepaidCredit['kind'], amount: string): PrepaidCredit => ({
  id: `T-${kind}`,
  kind,
  amount,
  validFrom: Date.parse('2026-04-20T12:00+02:00'),
});
const metered = '  invoice every 0.10 EUR of usage\n';
const before = (number: string, amount: string, tax: string): InterimInvoice => ({
  number,
  issuedOn: '2026-05-05',
  shares: [{ subscriptionId: 'S-1', taxCategory: 'S', taxPercent: '19', amount, tax }],
  passed: [{ subscriptionId: 'S-1', threshold: amount }],
});
const several = `tax reduced
  when line.fiscal_category is books
  7% category S
tax insurance
  when line.fiscal_category is insurance
  0% category E, note "Insurance is exempt (VAT Directive, Article 135)"
`;

/** What an invoice is given back by: some of its lines, with the taxes that the difference of two invoices gives. */
export function creditNoteOf(
  lines: CreditNote['lines'],
  taxes: CreditNote['taxes'],
  parts: KindParts = {},
): InvoiceDocument {
  const total = (amounts: readonly string[]) => formatAmount(sum(amounts.map(parseDecimal)), 'EUR');
  const [net, tax] = [total(lines.map(({ amount }) => amount)), total(taxes.map(({ amount }) => amount))];
  return creditNoteDocumentOf({
    number: 'NM-GS-2026-000007',
    customerId: 'C-1',
    issuedOn: '2026-07-02',
    invoicedOn: '2026-06-02',
    billedTo: { ...buyer, ...parts.buyer },
    seller: company,
    rules: null,
    note: {
      accountId: 'A-1',
      customerId: 'C-1',
      currency: 'EUR',
      corrects: 'NM-2026-000042',
      from: '2026-05-01',
      until: '2026-06-01',
      lines,
      net,
      taxes,
      tax,
      total: total([net, tax]),
      reason: 'corrected usage',
      ruleSet: 'r',
    },
  });
}

const because = { rule: 'flex.voice.otherwise', at: { file: 'consumer.rules', line: 1 }, how: 'less than billed' };
export const givenBack = (
  title: string,
  amount: string,
  taxCategory = 'S',
  taxPercent = '19',
): CreditNote['lines'][number] => ({
  id: `S-1/${title}`,
  kind: 'usage',
  subscriptionId: 'S-1',
  service: 'voice',
  title,
  from: '2026-05-01',
  until: '2026-06-01',
  quantity: 60_000,
  events: 1,
  amount,
  exact: amount,
  taxCategory,
  taxPercent,
  because,
});
const taxOf = (
  base: string,
  amount: string,
  category = 'S',
  percent = '19',
  note?: string,
): CreditNote['taxes'][number] => ({
  category,
  percent,
  base,
  amount,
  ...(note !== undefined && { note }),
  because,
});

/** One invoice of each kind that a telephone company issues. */
export const kinds: Readonly<Record<string, () => InvoiceDocument>> = {
  'one rate, with usage': () => invoiceOf(`${rental}${rates}${standard}`, { usage: month }),
  'included usage': () =>
    invoiceOf(`${rental}  allowance 100 min of voice\n${rates}${standard}`, { usage: month.slice(0, 2) }),
  'several VAT rates and an exemption': () =>
    invoiceOf(
      `${rental}  fee "E-books" 5.35 EUR monthly in arrears, fiscal category books
  fee "Phone insurance" 4.99 EUR monthly in arrears, fiscal category insurance
${several}${standard}`,
    ),
  'exempt only': () =>
    invoiceOf(`${rental}tax small otherwise 0% category E, note "Small business, no VAT (§ 19 UStG)"\n`),
  'zero-rated': () => invoiceOf(`${rental}tax zero otherwise 0% category Z\n`),
  'reverse charge': () =>
    invoiceOf(`${rental}tax abroad otherwise 0% category AE, note "Reverse charge: the recipient owes the tax"\n`, {
      buyer: business,
    }),
  export: () =>
    invoiceOf(`${rental}tax abroad otherwise 0% category G, note "Export outside the EU"\n`, {
      buyer: { ...business, country: 'CH', taxCountry: 'CH', vatId: 'CHE123456788' },
    }),
  'supply within the EU': () =>
    invoiceOf(`${rental}tax abroad otherwise 0% category K, note "Intra-Community supply"\n`, { buyer: business }),
  'outside the scope of VAT': () =>
    invoiceOf(`${rental}tax none otherwise 0% category O, note "Damages are not subject to VAT"\n`, {
      buyer: business,
    }),
  'outside the scope beside taxed': () =>
    invoiceOf(
      `${rental}  fee "Damages" 2.50 EUR monthly in arrears, fiscal category damages
tax damages
  when line.fiscal_category is damages
  0% category O, note "Damages are not subject to VAT"
${standard}`,
    ),
  'outside the scope and exempt beside taxed': () =>
    invoiceOf(
      `${rental}  fee "Damages" 2.50 EUR monthly in arrears, fiscal category damages
  fee "Phone insurance" 4.99 EUR monthly in arrears, fiscal category insurance
tax damages
  when line.fiscal_category is damages
  0% category O, note "Damages are not subject to VAT"
${several}${standard}`,
    ),
  'discounts on several rates': () =>
    invoiceOf(
      `${rental}  fee "E-books" 5.35 EUR monthly in arrears, fiscal category books
discount loyal "Loyal customer"
  take 10% off all charges
${several}${standard}`,
    ),
  'a minimum spend as a charge': () =>
    invoiceOf(`${rates}  minimum spend 15.00 EUR per cycle of all charges\n${standard}`, { usage: month }),
  'a refund and a discount on it': () =>
    invoiceOf(
      `  fee "Line rental" 12.00 EUR monthly in advance, prorated by day
  fee "Number transfer" 29.90 EUR once
discount loyal "Loyal customer"
  take 10% off all charges
${standard}`,
      { subscriptions: [subscription({ cancelledOn: '2026-05-16', activatedOn: '2026-05-01' })] },
    ),
  'credit brought forward': () =>
    invoiceOf(`${rental}${standard}`, {
      credits: [{ subscriptionId: 'S-1', taxCategory: 'S', taxPercent: '19', amount: '5.00' }],
    }),
  'prepaid in part': () =>
    invoiceOf(`${rental}${paidFromCredit}${rates}${standard}`, { usage: month, prepaid: [topUp('paid', '10.00')] }),
  'prepaid whole, and more than the lines come to': () =>
    invoiceOf(`${paidFromCredit}${rates}${standard}`, { usage: month, prepaid: [topUp('paid', '50.00')] }),
  'prepaid, with credit that was given': () =>
    invoiceOf(`${paidFromCredit}${rates}${standard}`, {
      usage: month,
      prepaid: [topUp('bonus', '0.50'), topUp('paid', '50.00')],
    }),
  'before the end of the period': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, { usage: month, interimOn: '2026-05-08' }),
  'before the end of the period, and not the first': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, {
      usage: month,
      interimOn: '2026-05-08',
      interim: [before('NM-2026-000040', '0.23', '0.04')],
    }),
  'of a period of which some was invoiced before': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, {
      usage: month,
      interim: [before('NM-2026-000040', '0.23', '0.04'), before('NM-2026-000041', '1.57', '0.30')],
    }),
  'of a period that cost less than was invoiced before': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, {
      usage: month,
      interim: [before('NM-2026-000040', '23.00', '4.37')],
    }),
  'nothing to pay, for all is given back': () =>
    invoiceOf(`  fee "Line rental" 12.00 EUR monthly in advance, prorated by day\n${standard}`, {
      subscriptions: [subscription({ cancelledOn: '2026-05-16' })],
    }),
  'nothing to bill at all': () => invoiceOf(`${rates}${standard}`),
  'free of charge': () => invoiceOf(`  fee "Line rental" 0.00 EUR monthly in arrears\n${standard}`),
  'direct debit': () =>
    invoiceOf(`${rental}${standard}`, {
      buyer: { payment: { kind: 'direct debit', mandate: 'NM-A-1-1', iban: 'DE89370400440532013000' } },
    }),
  'direct debit whose mandate is not known': () =>
    invoiceOf(`${rental}${standard}`, { buyer: { payment: { kind: 'direct debit' } } }),
  card: () =>
    invoiceOf(`${rental}${standard}`, { buyer: { payment: { kind: 'card', network: 'Visa', lastDigits: '4242' } } }),
  'card that is not known': () => invoiceOf(`${rental}${standard}`, { buyer: { payment: { kind: 'card' } } }),
  'a credit note': () => creditNoteOf([givenBack('Calls', '3.60')], [taxOf('3.60', '0.68')]),
  'a credit note of several rates': () =>
    creditNoteOf(
      [givenBack('Calls', '3.60'), givenBack('E-books', '1.00', 'S', '7'), givenBack('Insurance', '4.99', 'E', '0')],
      [taxOf('4.99', '0.00', 'E', '0', 'Insurance is exempt'), taxOf('3.60', '0.68'), taxOf('1.00', '0.07', 'S', '7')],
    ),
  'a credit note of a reverse charge': () =>
    creditNoteOf([givenBack('Calls', '3.60', 'AE', '0')], [taxOf('3.60', '0.00', 'AE', '0', 'Reverse charge')], {
      buyer: business,
    }),
  'a credit note of a whole invoice that had a discount': () =>
    creditNoteOf(
      [givenBack('Calls', '3.60'), { ...givenBack('Loyal', '-0.60'), kind: 'discount' }],
      [taxOf('3.00', '0.57')],
    ),
  'Swiss francs': () =>
    invoiceOf('  fee "Line rental" 12.05 CHF monthly in arrears\ntax standard otherwise 8.1% category S\n', {}, 'CHF'),
  'yen, which have no decimals': () =>
    invoiceOf('  fee "Line rental" 1234 JPY monthly in arrears\ntax standard otherwise 10% category S\n', {}, 'JPY'),
  'dinars of three decimals that end in nought': () =>
    invoiceOf('  fee "Line rental" 12.340 KWD monthly in arrears\ntax none otherwise 0% category Z\n', {}, 'KWD'),
  'a customer with little to say, and characters that XML has to escape': () =>
    invoiceOf(`${rental}${standard}`, {
      buyer: { name: 'Müller & Söhne <"GmbH">\u0007', street: '', postcode: '', city: '', language: 'de' },
    }),
  'a seller without register, contact and endpoint': () => {
    const { registration: _, contact: __, endpoint: ___, creditorId: ____, ...bare } = company;
    return { ...invoiceOf(`${rental}${standard}`), seller: bare };
  },
  'outside the scope, by a seller without register': () => {
    const { registration: _, ...bare } = company;
    return { ...invoiceOf(`${rental}tax none otherwise 0% category O, note "Not subject to VAT"\n`), seller: bare };
  },
};
