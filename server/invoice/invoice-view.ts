import type { BillAdvantage } from '../../engine/bill-advantage.ts';
import type { LocalDate } from '../../engine/model.ts';
import { parseDecimal } from '../../engine/money.ts';
import { addDays } from '../../engine/period.ts';
import type { Company } from '../company.ts';
import { type Format, formatFor } from '../format.ts';
import type { DocumentLine, DocumentTax, DocumentUsage, InvoiceDocument } from './invoice-document.ts';
import { filled, type InvoiceTexts, invoiceTexts } from './invoice-texts.ts';
import type { Itemisation } from './itemisation.ts';
import { type ItemisationView, viewItemisation } from './itemisation-view.ts';
import { type PaymentCode, paymentCode, paymentCodeText } from './payment-code.ts';

/** A document as it is read: every text as page and PDF show it. Plain data, so that another thread can draw it. */
export interface InvoiceView {
  readonly title: string;
  readonly language: string;
  readonly text: InvoiceTexts;
  readonly seller: {
    readonly name: string;
    readonly legalName: string;
    readonly address: string;
    readonly website: string;
    /** What the law wants at the foot of a business letter. */
    readonly imprint: readonly string[];
    readonly contact: string;
  };
  readonly buyer: readonly string[];
  readonly facts: readonly Fact[];
  readonly subscriptions: readonly {
    readonly title: string;
    readonly lines: readonly ViewLine[];
    readonly sum: string;
  }[];
  readonly usage: readonly (readonly string[])[];
  readonly net: string;
  readonly taxes: readonly ViewTax[];
  readonly totalLabel: string;
  readonly total: string;
  /** Below the total: the tax in another currency, what was paid before, and what is left. */
  readonly settled: readonly Fact[];
  readonly payment: {
    readonly text: string;
    /** The same in a sentence that needs nothing beside it. */
    readonly terms: string;
    readonly facts: readonly Fact[];
    readonly code?: PaymentCode;
  };
  readonly advantages: readonly ViewAdvantage[];
  /** On request. */
  readonly itemisation?: ItemisationView;
}

/** A label and what it says. */
export type Fact = readonly [label: string, value: string];

export interface ViewLine {
  readonly title: string;
  readonly period: string;
  readonly quantity: string;
  readonly amount: string;
  readonly why: string;
}

export interface ViewTax {
  readonly rate: string;
  /** Of the law's reason where nothing is taxed. */
  readonly note?: string;
  readonly base: string;
  readonly amount: string;
  /** In one line, for the sums. */
  readonly label: string;
}

export interface ViewAdvantage {
  readonly title: string;
  readonly how: string;
  readonly amount: string;
  readonly see?: string;
}

export function viewInvoice(document: InvoiceDocument, itemisation?: Itemisation): InvoiceView {
  const { currency, language, number, kind } = document;
  const format = formatFor(language);
  const text = invoiceTexts(language);
  const money = (amount: string) => format.money(amount, currency);
  return {
    title: `${document.interim ? text.interimInvoice : kind === 'invoice' ? text.invoice : text.creditNote} ${number}`,
    language,
    text,
    seller: sellerOf(document, text),
    buyer: addressOf(document, format, text),
    facts: factsOf(document, format, text),
    subscriptions: document.subscriptions.map(({ plan, msisdn, lines, sum }) => ({
      title: [plan, msisdn].filter(Boolean).join(' · '),
      lines: lines.map((line) => showLine(line, currency, format)),
      sum: money(sum),
    })),
    usage: document.usage.map((one) => showUsage(one, currency, format)),
    net: money(document.net),
    taxes: document.taxes.map((tax) => showTax(tax, currency, format, text)),
    totalLabel: kind === 'invoice' ? text.total : text.totalCredited,
    total: money(document.total),
    settled: [...taxInOf(document, format, text), ...settledOf(document, money, text)],
    payment: paymentOf(document, format, text),
    advantages: document.advantages.flatMap((one) => showAdvantage(one, currency, format, text)),
    ...(itemisation && { itemisation: viewItemisation(document, itemisation) }),
  };
}

/** What the law wants at the foot of a business letter. */
export function imprintOf(company: Company, text: InvoiceTexts): readonly string[] {
  const { legalName, street, postcode, city, registration, vatId, iban, bic } = company;
  const register = registration && `${text.register} ${registration.court}, ${registration.id}`;
  return [
    `${legalName} · ${street} · ${postcode} ${city} · ${text.vatId} ${vatId}`,
    [register, `IBAN ${iban}`, `BIC ${bic}`].filter(Boolean).join(' · '),
  ];
}

function sellerOf({ seller }: InvoiceDocument, text: InvoiceTexts): InvoiceView['seller'] {
  const { name, legalName, street, postcode, city, website, email, phone } = seller;
  const contact = seller.contact ?? { name, phone, email };
  return {
    name,
    legalName,
    address: `${street} · ${postcode} ${city}`,
    website: website.replace(/^https?:\/\//, ''),
    imprint: imprintOf(seller, text),
    contact: `${contact.name}, ${contact.phone}, ${contact.email}`,
  };
}

function addressOf({ buyer, seller }: InvoiceDocument, format: Format, text: InvoiceTexts): readonly string[] {
  return [
    buyer.name,
    buyer.street,
    `${buyer.postcode} ${buyer.city}`.trim(),
    buyer.country === seller.country ? '' : format.country(buyer.country),
    buyer.vatId === undefined ? '' : `${text.vatId} ${buyer.vatId}`,
  ].filter((line) => line !== '');
}

function factsOf(document: InvoiceDocument, format: Format, text: InvoiceTexts): readonly Fact[] {
  const { number, issuedOn, dueOn, from, until, buyer, accountId, corrects, interim = [], currency } = document;
  return [
    [text.number, number],
    [text.issuedOn, format.date(issuedOn)],
    ...(corrects
      ? ([
          [text.corrects, `${corrects.number}, ${format.date(corrects.issuedOn)}`],
          [text.reason, text.reasons[corrects.reason]],
        ] as const)
      : []),
    ...(dueOn === undefined ? [] : [[text.dueOn, format.date(dueOn)] as const]),
    [text.period, showPeriod(format, from, until)],
    ...interim.map(({ msisdn, amount }) => {
      const values = { number: msisdn, amount: format.money(amount, currency) };
      return [text.reason, filled(text.cameTo, values)] as const;
    }),
    [text.customer, buyer.id],
    [text.account, accountId],
  ];
}

function taxInOf({ taxIn, currency }: InvoiceDocument, format: Format, text: InvoiceTexts): readonly Fact[] {
  if (!taxIn) return [];
  const values = { currency: taxIn.currency, of: currency, rate: format.decimal(taxIn.rate) };
  return [[filled(text.taxIn, values), format.money(taxIn.amount, taxIn.currency)]];
}

function settledOf(
  { prepaid, due }: InvoiceDocument,
  money: (amount: string) => string,
  text: InvoiceTexts,
): readonly Fact[] {
  if (!prepaid) return [];
  return [
    [text.paidBefore, money(negated(prepaid.paid))],
    ...(prepaid.rounding === undefined ? [] : [[text.rounding, money(prepaid.rounding)] as const]),
    [text.due, money(due)],
  ];
}

function negated(amount: string): string {
  return /[1-9]/.test(amount) ? `-${amount}` : amount;
}

function showLine({ measure, quantity, ...line }: DocumentLine, currency: string, format: Format): ViewLine {
  return {
    title: line.title,
    period: showPeriod(format, line.from, line.until),
    quantity: quantity !== undefined && measure ? format.quantity(quantity, measure, currency) : '',
    amount: format.money(line.amount, currency),
    why: line.why,
  };
}

function showUsage(
  { title, measure, events, quantity, included, amount }: DocumentUsage,
  currency: string,
  format: Format,
) {
  const shown = (value: number) => format.quantity(value, measure, currency);
  return [title, String(events), shown(quantity), included > 0 ? shown(included) : '–', format.money(amount, currency)];
}

function showTax(tax: DocumentTax, currency: string, format: Format, text: InvoiceTexts): ViewTax {
  const category = text.taxCategories[tax.category] ?? tax.category;
  const rate = tax.category === 'O' ? category : `${format.percent(tax.percent)} · ${category}`;
  return {
    rate,
    ...(tax.note !== undefined && { note: tax.note }),
    base: format.money(tax.base, currency),
    amount: format.money(tax.amount, currency),
    label: `${text.tax} ${format.percent(tax.percent)} ${text.of} ${format.money(tax.base, currency)}`,
  };
}

function paymentOf(document: InvoiceDocument, format: Format, text: InvoiceTexts): InvoiceView['payment'] {
  const { due, currency, dueOn, issuedOn, seller, buyer, number, kind } = document;
  const values = { total: format.money(due, currency), due: format.date(dueOn ?? issuedOn) };
  const alone = (sentence: string) => ({ text: filled(sentence, values), terms: filled(sentence, values), facts: [] });
  if (kind === 'credit note') return alone(text.payCredit);
  if (parseDecimal(due).n === 0n) return alone(text.payNothing);
  const { payment } = buyer;
  switch (payment.kind) {
    case 'transfer': {
      const code = paymentCodeText(document);
      return {
        text: filled(text.payTransfer, values),
        terms: `${text.dueOn} ${values.due}`,
        facts: [
          [text.payee, seller.legalName],
          ['IBAN', inFours(seller.iban)],
          ['BIC', seller.bic],
          [text.remittance, number],
        ],
        ...(code !== undefined && { code: paymentCode(code) }),
      };
    }
    case 'direct debit':
      return {
        ...alone(text.payDirectDebit),
        facts: [
          ...(seller.creditorId === undefined ? [] : [[text.creditorId, seller.creditorId] as const]),
          ...(payment.mandate === undefined ? [] : [[text.mandate, payment.mandate] as const]),
          ...(payment.iban === undefined ? [] : [[text.debitedAccount, hiddenIban(payment.iban)] as const]),
          [text.remittance, number],
        ],
      };
    case 'card':
      return {
        ...alone(text.payCard),
        facts:
          payment.lastDigits === undefined
            ? []
            : [[text.card, [payment.network, `•••• ${payment.lastDigits}`].filter(Boolean).join(' ')]],
      };
  }
}

/** As people write an IBAN, so that it can be compared and typed. */
function inFours(iban: string): string {
  return iban.replaceAll(' ', '').replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/** Enough to know the account by, too little to use it. */
function hiddenIban(iban: string): string {
  const plain = iban.replaceAll(' ', '');
  return `${plain.slice(0, 4)} •••• ${plain.slice(-4)}`;
}

/** What the cap of the year leaves nothing of is not shown. */
function showAdvantage(
  { title, percent, base, amount, yearlyCap, see }: BillAdvantage,
  currency: string,
  format: Format,
  text: InvoiceTexts,
): readonly ViewAdvantage[] {
  if (parseDecimal(amount).n === 0n) return [];
  const share = `${format.percent(percent)} ${text.of} ${format.money(base, currency)}`;
  const atMost = yearlyCap === undefined ? '' : `, ${text.atMost} ${format.money(yearlyCap, currency)} ${text.perYear}`;
  return [
    { title, how: `${share}${atMost}`, amount: format.money(amount, currency), ...(see !== undefined && { see }) },
  ];
}

/** People count days inclusively: a period until 1 June is shown as ending on 31 May. */
function showPeriod(format: Format, from: LocalDate, until: LocalDate): string {
  return `${format.date(from)} – ${format.date(addDays(until, -1))}`;
}
