import { parseExact } from '../../engine/money.ts';
import { formatFor } from '../format.ts';
import { decimalText } from './en16931/amounts.ts';
import type { InvoiceDocument } from './invoice-document.ts';
import { filled, type InvoiceTexts, invoiceTexts } from './invoice-texts.ts';
import type { Item, Itemisation, ItemisedLine } from './itemisation.ts';

/** The itemised pages of an invoice as they are read. */
export interface ItemisationView {
  readonly note: string;
  readonly lines: readonly {
    readonly title: string;
    /** Time, number, quantity, amount. */
    readonly rows: readonly (readonly string[])[];
    /** The exact sum, and what it is rounded to on the invoice. */
    readonly sum: string;
    readonly billed: string;
  }[];
}

export function viewItemisation(document: InvoiceDocument, { lines }: Itemisation): ItemisationView {
  const { language, currency, seller } = document;
  const text = invoiceTexts(language);
  const format = formatFor(language);
  const exactly = exactMoney(language, currency);
  const known = new Map(
    document.subscriptions.flatMap(({ msisdn, lines: own }) =>
      own.map((line) => [line.id, { ...line, msisdn }] as const),
    ),
  );
  return {
    note: filled(text.itemisedNote, { digits: hiddenDigitsOf(seller) }),
    lines: lines
      .filter(({ items }) => items.length > 0)
      .map((line) => {
        const shown = known.get(line.lineId);
        const quantity = (item: Item) =>
          shown?.measure && item.part === undefined ? format.quantity(item.quantity, shown.measure, currency) : '';
        return {
          title: [shown?.title ?? line.title, shown?.msisdn].filter(Boolean).join(' · '),
          rows: line.items.map((item) => [
            showTime(language, item.startAt),
            numberOf(item, text),
            quantity(item),
            exactly(item.amount),
          ]),
          sum: exactly(sumOf(line)),
          billed: format.money(line.amount, currency),
        };
      }),
  };
}

/** Of called numbers, unless the company says otherwise. */
export function hiddenDigitsOf({ hiddenDigits = 3 }: InvoiceDocument['seller']): number {
  return hiddenDigits;
}

function numberOf({ otherNumber, direction, part }: Item, text: InvoiceTexts): string {
  if (part !== undefined) return text.parts[part] ?? part;
  if (otherNumber === '') return '–';
  return direction === 'incoming' ? `${text.from} ${otherNumber}` : otherNumber;
}

/** The line before rounding, as far as six decimals go. */
function sumOf({ exact }: ItemisedLine): string {
  return decimalText(parseExact(exact), 6);
}

function exactMoney(language: string, currency: string): (amount: string) => string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, maximumFractionDigits: 6 });
  return (amount) => format.format(amount as Intl.StringNumericLiteral);
}

/** The local time of the zone, which the text has already. */
function showTime(language: string, startAt: string): string {
  const local = new Date(`${startAt.slice(0, 19)}Z`);
  return timeFormat(language).format(local);
}

const timeFormats = new Map<string, Intl.DateTimeFormat>();

function timeFormat(language: string): Intl.DateTimeFormat {
  const known = timeFormats.get(language);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' });
  timeFormats.set(language, made);
  return made;
}
