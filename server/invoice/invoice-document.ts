import type { Knex } from 'knex';
import type { BillAdvantage } from '../../engine/bill-advantage.ts';
import type { Bill, BillLine } from '../../engine/model.ts';
import { formatAmount, parseDecimal, sum } from '../../engine/money.ts';
import { addDays } from '../../engine/period.ts';
import { versionsOf } from '../../engine/plans.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { Company } from '../company.ts';
import { type Format, formatFor } from '../format.ts';
import { type InvoiceTexts, invoiceTexts } from './invoice-texts.ts';

/** Everything an invoice shows, in the customer's language: what the page and the PDF are both made from. */
export interface InvoiceDocument {
  readonly number: string;
  readonly language: string;
  readonly text: InvoiceTexts;
  readonly seller: Company;
  readonly buyer: {
    readonly id: string;
    readonly name: string;
    readonly street: string;
    readonly city: string;
    readonly country: string;
    readonly vatId: string | null;
  };
  readonly accountId: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly period: string;
  readonly subscriptions: readonly {
    readonly id: string;
    readonly plan: string;
    readonly msisdn: string;
    readonly lines: readonly DocumentLine[];
    readonly sum: string;
  }[];
  readonly net: string;
  readonly taxes: readonly { readonly title: string; readonly amount: string; readonly note?: string }[];
  readonly total: string;
  /** What the customer may claim elsewhere; none for most invoices. */
  readonly advantages: readonly DocumentAdvantage[];
}

export interface DocumentAdvantage {
  readonly title: string;
  readonly how: string;
  readonly amount: string;
  readonly see?: string;
}

export interface DocumentLine {
  readonly title: string;
  readonly period: string;
  readonly quantity: string;
  readonly amount: string;
  readonly why: string;
  readonly rule: string;
}

/** @throws Error when there is no such invoice. */
export async function readInvoiceDocument(db: Knex, number: string, company: Company): Promise<InvoiceDocument> {
  const row = await db('invoice as i')
    .join('customer as c', 'c.customer_id', 'i.customer_id')
    .leftJoin('rule_set as r', 'r.hash', 'i.rule_set')
    .where('i.number', number)
    .first('i.*', 'c.name', 'c.street', 'c.postcode', 'c.city', 'c.country', 'c.vat_id', 'c.language', 'r.document');
  if (!row) throw new Error(`There is no invoice ${number}`);
  const subscriptions = await db('subscription').where({ account_id: row.account_id }).orderBy('subscription_id');
  const format = formatFor(row.language);
  const text = invoiceTexts(row.language);
  const bill = row.bill as Bill;
  return {
    number,
    language: row.language,
    text,
    seller: company,
    buyer: {
      id: row.customer_id,
      name: row.name,
      street: row.street,
      city: `${row.postcode} ${row.city}`.trim(),
      country: row.country,
      vatId: row.vat_id,
    },
    accountId: row.account_id,
    issuedOn: format.date(row.issued_on),
    dueOn: format.date(row.due_on),
    period: showPeriod(format, row.period_from, row.period_until),
    subscriptions: subscriptions.flatMap((subscription) => {
      const lines = bill.lines.filter((line) => line.subscriptionId === subscription.subscription_id);
      if (lines.length === 0) return [];
      const document = row.document as RuleSet | null;
      return [
        {
          id: subscription.subscription_id,
          msisdn: subscription.msisdn,
          plan: (document && versionsOf(document, subscription.plan)[0]?.title) ?? subscription.plan,
          lines: lines.map((line) => showLine(line, bill.currency, format, document)),
          sum: format.money(
            formatAmount(sum(lines.map((line) => parseDecimal(line.amount))), bill.currency),
            bill.currency,
          ),
        },
      ];
    }),
    net: format.money(row.net, row.currency),
    taxes: bill.taxes.map((tax) => ({
      title: `${text.tax} ${format.percent(tax.percent)} ${text.on} ${format.money(tax.base, bill.currency)}`,
      amount: format.money(tax.amount, bill.currency),
      ...(tax.note ? { note: tax.note } : {}),
    })),
    total: format.money(row.total, row.currency),
    advantages: (bill.advantages ?? []).flatMap((one) => showAdvantage(one, bill.currency, format, text)),
  };
}

function showLine(line: BillLine, currency: string, format: Format, document: RuleSet | null): DocumentLine {
  const measure = document?.services.find((service) => service.name === line.service)?.measure;
  return {
    title: line.title,
    period: showPeriod(format, line.from, line.until),
    quantity: line.quantity !== undefined && measure ? format.quantity(line.quantity, measure, currency) : '',
    amount: format.money(line.amount, currency),
    why: `${line.because.rule} (${line.because.at.file}:${line.because.at.line}): ${line.because.how}`,
    rule: line.because.rule,
  };
}

/** What the cap of the year leaves nothing of is not shown. */
function showAdvantage(
  { title, percent, base, amount, yearlyCap, see }: BillAdvantage,
  currency: string,
  format: Format,
  text: InvoiceTexts,
): readonly DocumentAdvantage[] {
  if (parseDecimal(amount).n === 0n) return [];
  const share = `${format.percent(percent)} ${text.of} ${format.money(base, currency)}`;
  const atMost = yearlyCap === undefined ? '' : `, ${text.atMost} ${format.money(yearlyCap, currency)} ${text.perYear}`;
  return [
    { title, how: `${share}${atMost}`, amount: format.money(amount, currency), ...(see !== undefined && { see }) },
  ];
}

/** People count days inclusively: a period until 1 June is shown as ending on 31 May. */
function showPeriod(format: Format, from: string, until: string): string {
  return `${format.date(from)} – ${format.date(addDays(until, -1))}`;
}
