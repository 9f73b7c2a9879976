import type { BillAdvantage } from '../../engine/bill-advantage.ts';
import type { CorrectionReason } from '../../engine/correction-charge.ts';
import type { CreditNote } from '../../engine/credit-note.ts';
import type { PassedThreshold } from '../../engine/interim-invoice.ts';
import type { Amount, Bill, BillLine, BillTax, LineKind, LocalDate } from '../../engine/model.ts';
import { formatAmount, parseDecimal, sum } from '../../engine/money.ts';
import { versionsOf } from '../../engine/plans.ts';
import type { RuleSet, ServiceDefinition } from '../../engine/rule-set.ts';
import type { Company } from '../company.ts';
import type { BilledTo } from './billed-to.ts';
import { type TaxInCurrency, taxInCurrency } from './tax-currency.ts';
import { type Titles, titlesIn } from './titles.ts';

/**
 * Everything an invoice or a credit note says: what page, PDF and XML are all made from. Amounts are the bill's own; titles are
 * in the customer's language.
 */
export interface InvoiceDocument {
  readonly kind: 'invoice' | 'credit note';
  readonly number: string;
  readonly language: string;
  readonly seller: Company;
  readonly buyer: BilledTo & { readonly id: string };
  readonly accountId: string;
  readonly issuedOn: LocalDate;
  /** Of an invoice. */
  readonly dueOn?: LocalDate;
  /** Half-open. */
  readonly from: LocalDate;
  readonly until: LocalDate;
  readonly currency: string;
  readonly subscriptions: readonly DocumentSubscription[];
  /** What was used, by service. */
  readonly usage: readonly DocumentUsage[];
  readonly net: Amount;
  readonly taxes: readonly DocumentTax[];
  readonly tax: Amount;
  /** The tax in the currency that the seller accounts for it in, where that is another and its rate is known. */
  readonly taxIn?: TaxInCurrency;
  readonly total: Amount;
  /** Of that, what was paid before, and what rounding adds to it and nobody has to pay (negative). */
  readonly prepaid?: { readonly paid: Amount; readonly rounding?: Amount };
  /** What is left to pay. */
  readonly due: Amount;
  /** Issued before the end of the period, whose bill takes it off: whose usage came to which amount before tax. */
  readonly interim?: readonly PassedAmount[];
  /** Invoices of the same period that are taken off this one, in the order of issue, then those of earlier periods that lines of it correct. */
  readonly precededBy: readonly PrecedingInvoice[];
  /** The invoice that a credit note corrects. */
  readonly corrects?: { readonly number: string; readonly issuedOn: LocalDate; readonly reason: CorrectionReason };
  /** What the customer may claim elsewhere; none for most invoices. */
  readonly advantages: readonly BillAdvantage[];
}

/** An earlier invoice that a document speaks of. */
export interface PrecedingInvoice {
  readonly number: string;
  /** Not known of the invoice behind a line that corrects it. */
  readonly issuedOn?: LocalDate;
}

export interface PassedAmount {
  readonly msisdn: string;
  readonly amount: Amount;
}

export interface DocumentSubscription {
  readonly id: string;
  readonly plan: string;
  readonly msisdn: string;
  readonly lines: readonly DocumentLine[];
  readonly sum: Amount;
}

export interface DocumentLine {
  readonly id: string;
  readonly kind: LineKind;
  readonly title: string;
  readonly from: LocalDate;
  readonly until: LocalDate;
  /** In the base unit of the measure. */
  readonly quantity?: number;
  readonly measure?: ServiceDefinition['measure'];
  readonly events?: number;
  readonly amount: Amount;
  readonly taxCategory: string;
  readonly taxPercent: string;
  readonly why: string;
  readonly rule: string;
}

export interface DocumentUsage {
  readonly title: string;
  readonly measure: ServiceDefinition['measure'];
  readonly events: number;
  readonly quantity: number;
  /** Of that, without a charge. */
  readonly included: number;
  readonly amount: Amount;
}

export type DocumentTax = Pick<BillTax, 'category' | 'percent' | 'base' | 'amount' | 'note'>;

/** An invoice as it was issued. */
export interface IssuedInvoice {
  readonly number: string;
  readonly customerId: string;
  readonly issuedOn: LocalDate;
  readonly dueOn: LocalDate;
  readonly bill: Bill;
  readonly billedTo: BilledTo;
  readonly seller: Company;
  /** That it was made by; null for one taken over from the predecessor system. */
  readonly rules: RuleSet | null;
  /** Of one that is issued before the end of its cycle: what its subscriptions have come to. */
  readonly passed?: readonly PassedThreshold[];
}

export function documentOf({
  number,
  customerId,
  issuedOn,
  dueOn,
  bill,
  passed,
  ...issued
}: IssuedInvoice): InvoiceDocument {
  const { prepaid, advantages = [] } = bill;
  const titles = titlesIn(issued.billedTo.language, issued.rules);
  return {
    ...bodyOf(bill, customerId, issuedOn, issued),
    kind: 'invoice',
    number,
    issuedOn,
    dueOn,
    due: prepaid?.due ?? bill.total,
    ...(passed && { interim: passed.map((one) => passedAmount(one, issued.billedTo)) }),
    precededBy: precedingOf(bill.lines),
    ...(prepaid && {
      prepaid: { paid: prepaid.paid, ...(prepaid.rounding !== undefined && { rounding: prepaid.rounding }) },
    }),
    advantages: advantages.map((one) => ({ ...one, title: titles.rule(one.title) })),
  };
}

function passedAmount({ subscriptionId, threshold }: PassedThreshold, billedTo: BilledTo): PassedAmount {
  return { msisdn: billedTo.subscriptions[subscriptionId]?.number ?? subscriptionId, amount: threshold };
}

/** A credit note as it was issued; buyer and seller are those of the invoice that it corrects. */
export interface IssuedCreditNote
  extends Pick<IssuedInvoice, 'number' | 'customerId' | 'issuedOn' | 'billedTo' | 'seller' | 'rules'> {
  readonly note: CreditNote;
  /** Day on which the invoice was issued that it corrects. */
  readonly invoicedOn: LocalDate;
}

export function creditNoteDocumentOf({
  number,
  customerId,
  issuedOn,
  note,
  invoicedOn,
  ...issued
}: IssuedCreditNote): InvoiceDocument {
  return {
    ...bodyOf(note, customerId, invoicedOn, issued),
    kind: 'credit note',
    number,
    issuedOn,
    due: note.total,
    precededBy: [],
    corrects: { number: note.corrects, issuedOn: invoicedOn, reason: note.reason },
    advantages: [],
  };
}

type Computed = Pick<Bill, 'accountId' | 'currency' | 'from' | 'until' | 'lines' | 'net' | 'taxes' | 'tax' | 'total'>;

/** What invoices and credit notes have in common. */
function bodyOf(
  { accountId, currency, from, until, lines, net, taxes, tax, total }: Computed,
  customerId: string,
  invoicedOn: LocalDate,
  { billedTo, seller, rules }: Pick<IssuedInvoice, 'billedTo' | 'seller' | 'rules'>,
) {
  const titles = titlesIn(billedTo.language, rules);
  const told = { lines, billedTo, rules, titles, currency };
  const taxIn = taxInCurrency(seller.taxCurrency, currency, tax, invoicedOn);
  return {
    language: billedTo.language,
    seller,
    buyer: { ...billedTo, id: customerId },
    accountId,
    from,
    until,
    currency,
    subscriptions: bySubscription(told),
    usage: usageOf(told),
    net,
    taxes: taxes.map((one) => taxOf(one, titles)),
    tax,
    ...(taxIn && { taxIn }),
    total,
  };
}

interface Lines {
  readonly lines: readonly BillLine[];
  readonly billedTo: BilledTo;
  readonly rules: RuleSet | null;
  readonly titles: Titles;
  readonly currency: string;
}

function bySubscription({ lines, billedTo, rules, titles, currency }: Lines): readonly DocumentSubscription[] {
  const ids = [...new Set(lines.map((line) => line.subscriptionId))].sort();
  return ids.map((id) => {
    const own = lines.filter((line) => line.subscriptionId === id);
    const { plan = '', number = '' } = billedTo.subscriptions[id] ?? {};
    const title = rules ? versionsOf(rules, plan)[0]?.title : undefined;
    return {
      id,
      plan: title === undefined ? plan : titles.rule(title),
      msisdn: number,
      lines: own.map((line) => lineOf(line, rules, titles)),
      sum: totalOf(own, currency),
    };
  });
}

function lineOf(line: BillLine, rules: RuleSet | null, titles: Titles): DocumentLine {
  const measure = measureOf(line.service, rules);
  const { rule, at, how } = line.because;
  return {
    id: line.id,
    kind: line.kind,
    title: titles.line(line),
    from: line.from,
    until: line.until,
    ...(line.quantity !== undefined && measure && { quantity: line.quantity, measure }),
    ...(line.events !== undefined && { events: line.events }),
    amount: line.amount,
    taxCategory: line.taxCategory,
    taxPercent: line.taxPercent,
    why: `${rule} (${at.file}:${at.line}): ${how}`,
    rule,
  };
}

function precedingOf(lines: readonly BillLine[]): InvoiceDocument['precededBy'] {
  const takenOff = lines.flatMap(({ alreadyInvoiced }) => alreadyInvoiced ?? []);
  const corrected = lines.flatMap(({ correction }) => correction ?? []);
  return [
    ...new Map<string, PrecedingInvoice>([
      ...takenOff.map(({ invoice, issuedOn }) => [invoice, { number: invoice, issuedOn }] as const),
      ...corrected.map(({ invoice }) => [invoice, { number: invoice }] as const),
    ]).values(),
  ];
}

function measureOf(service: string | undefined, rules: RuleSet | null): ServiceDefinition['measure'] | undefined {
  return rules?.services.find(({ name }) => name === service)?.measure;
}

/** Charged and included usage of each service, in the order in which the invoice has them. */
function usageOf({ lines, rules, titles, currency }: Lines): readonly DocumentUsage[] {
  const used = lines.filter(({ kind }) => kind === 'usage' || kind === 'included usage');
  return [...new Set(used.map(({ service }) => service))].flatMap((service) => {
    const measure = measureOf(service, rules);
    if (service === undefined || !measure) return [];
    const own = used.filter((line) => line.service === service);
    const included = own.filter(({ kind }) => kind === 'included usage');
    return [
      {
        title: titles.service(service),
        measure,
        events: own.reduce((count, { events = 0 }) => count + events, 0),
        quantity: own.reduce((count, { quantity = 0 }) => count + quantity, 0),
        included: included.reduce((count, { quantity = 0 }) => count + quantity, 0),
        amount: totalOf(own, currency),
      },
    ];
  });
}

function taxOf({ category, percent, base, amount, note }: BillTax, titles: Titles): DocumentTax {
  return { category, percent, base, amount, ...(note !== undefined && { note: reasonIn(note, titles) }) };
}

/** The reasons of several rules stand together, and each is translated by itself. */
function reasonIn(note: string, titles: Titles): string {
  const whole = titles.rule(note);
  return whole === note ? note.split('; ').map(titles.rule).join('; ') : whole;
}

function totalOf(lines: readonly BillLine[], currency: string): Amount {
  return formatAmount(sum(lines.map((line) => parseDecimal(line.amount))), currency);
}
