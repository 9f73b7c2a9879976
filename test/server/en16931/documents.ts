import { compileRules } from '../../../dsl/compile.ts';
import type { SourceFile } from '../../../dsl/source.ts';
import type { CorrectionCharge } from '../../../engine/correction-charge.ts';
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
import { accountCycle, type CycleParts, call, session, text } from '../../engine/fixture.ts';

export const company = JSON.parse(readText('rules/company.json')) as Company;

export const buyer: BilledTo = {
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
    ...(interim && { passed: interim.passed }),
  });
}

export const standard = 'tax standard otherwise 19% category S\n';
export const rental = '  fee "Line rental" 12.00 EUR monthly in arrears, prorated by day\n';
export const rates = `  rate voice charge 0.07 EUR per min by 1 s
  rate data charge 1.20 EUR per GB
  rate sms charge 0.09 EUR per message
`;
export const month = [
  call('2026-05-04T08:00:00Z', 137),
  call('2026-05-05T08:00:00Z', 61),
  session('2026-05-06T08:00:00Z', 1_234_567_891),
  text('2026-05-07T08:00:00Z'),
];
export const paidFromCredit = '  usage paid from credit\n';
export const topUp = (kind: PrepaidCredit['kind'], amount: string): PrepaidCredit => ({
  id: `T-${kind}`,
  kind,
  amount,
  validFrom: Date.parse('2026-04-20T12:00+02:00'),
});
export const metered = '  invoice every 0.10 EUR of usage\n';
export const before = (number: string, amount: string, tax: string): InterimInvoice => ({
  number,
  issuedOn: '2026-05-05',
  shares: [{ subscriptionId: 'S-1', taxCategory: 'S', taxPercent: '19', amount, tax }],
  passed: [{ subscriptionId: 'S-1', threshold: amount }],
});
export const several = `tax reduced
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
    seller: { ...company, ...parts.seller },
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
export const taxOf = (
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

/** A seller of euros who bills francs: what one was worth from May and from July on. */
export const inEuros: Partial<Company> = {
  taxCurrency: {
    currency: 'EUR',
    rates: [
      { of: 'CHF', from: '2026-07-01', rate: '1.1' },
      { of: 'CHF', from: '2026-05-01', rate: '1.0321' },
      { of: 'JPY', from: '2026-05-01', rate: '0.005987' },
    ],
  },
};

/** What a bill charges more of the invoice of April. */
export const correction = (amount: string, tax: string, changes: Partial<CorrectionCharge> = {}): CorrectionCharge => ({
  corrects: 'NM-2026-000031',
  from: '2026-04-01',
  until: '2026-05-01',
  subscriptionId: 'S-1',
  title: 'Voice',
  service: 'voice',
  taxCategory: 'S',
  taxPercent: '19',
  amount,
  tax,
  reason: 'late usage',
  because,
  ...changes,
});
export const correctionsOf = (...charges: readonly CorrectionCharge[]): KindParts => ({
  corrections: { charges, credited: '0.00' },
});
