import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';
import { compare, formatAmount, parseDecimal } from '../../engine/money.ts';
import { type Booking, type BookingFault, bookingFault } from './booking.ts';
import { amountFault } from './payment.ts';

/** A person gives up what is open of an invoice, or a part of it. */
export interface WriteOff extends Booking {
  readonly invoiceNumber: string;
  /** Decimal text in the invoice's currency; all that is open if absent. */
  readonly amount?: string;
}

export type WriteOffResult =
  | { readonly kind: 'written off' | 'known' }
  /** Another write-off was told under the same id. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'unknown invoice' }
  | BookingFault
  /** Less than that is open. */
  | { readonly kind: 'too much'; readonly available: string };

/**
 * Writes off what is open of an invoice: it is posted from receivables to what was written off, with tax, and is dunned no more. The invoice
 * stays as it is, and so does its tax: whether that is given back is for law and a person to say.
 */
export async function writeOff(trx: Knex, asked: WriteOff, today: LocalDate): Promise<WriteOffResult> {
  const invoice = await trx('invoice').where({ number: asked.invoiceNumber }).first<InvoiceRow | undefined>();
  if (invoice === undefined) return { kind: 'unknown invoice' };
  await trx.raw('select lock_accounts(?::text[])', [[invoice.account_id]]);
  const document = `${decision}${asked.id}`;
  const known = await toldBefore(trx, asked, document);
  if (known !== undefined) return known;
  const { open } = await trx('open_invoice').where({ number: asked.invoiceNumber }).first<{ open: string }>();
  const unfit = bookingFault(asked, today) ?? unfitOf(asked, invoice);
  if (unfit !== undefined) return unfit;
  const amount = asked.amount === undefined ? open : formatAmount(parseDecimal(asked.amount), invoice.currency);
  if (compare(parseDecimal(amount), parseDecimal(open)) > 0 || parseDecimal(amount).n === 0n)
    return { kind: 'too much', available: open };
  await trx('allocation').insert({
    kind: 'write-off',
    document,
    invoice_number: asked.invoiceNumber,
    place: 1,
    account_id: invoice.account_id,
    amount,
    allocated_on: asked.on,
    because: `Written off by ${asked.by}: ${asked.reason}`,
  });
  return { kind: 'written off' };
}

/** Written off by a person, and not for the rounding of prepaid credit. */
const decision = 'decision ';

interface InvoiceRow {
  readonly account_id: string;
  readonly currency: string;
  readonly issued_on: LocalDate;
}

async function toldBefore(
  trx: Knex,
  { invoiceNumber, amount }: WriteOff,
  document: string,
): Promise<WriteOffResult | undefined> {
  const row = await trx('allocation')
    .where({ kind: 'write-off', document, place: 1 })
    .first<{ invoice_number: string; amount: string } | undefined>();
  if (row === undefined) return undefined;
  const isSame =
    row.invoice_number === invoiceNumber &&
    (amount === undefined || compare(parseDecimal(amount), parseDecimal(row.amount)) === 0);
  return { kind: isSame ? 'known' : 'differs' };
}

function unfitOf({ amount, on }: WriteOff, { currency, issued_on }: InvoiceRow): BookingFault | undefined {
  const wrong = amount === undefined ? undefined : amountFault(amount, currency);
  if (wrong !== undefined) return { kind: 'unfit', field: 'amount', detail: wrong };
  return on < issued_on
    ? { kind: 'unfit', field: 'on', detail: `is before ${issued_on}, on which the invoice was issued` }
    : undefined;
}

/** How much of an invoice there is to pay again, and since when. */
export interface Revival {
  readonly invoiceNumber: string;
  readonly amount: string;
  readonly on: LocalDate;
  readonly because: string;
}

/** Takes write-offs of an invoice back, the latest first, as far as so much of it was written off: that is open again. */
export async function takeWriteOffsBack(trx: Knex, { invoiceNumber, amount, on, because }: Revival): Promise<void> {
  await trx.raw(
    `with written as (
       select document, account_id, sum(amount) as amount, max(allocated_on) as last, max(place) as place
       from allocation where kind = 'write-off' and invoice_number = :invoiceNumber and starts_with(document, :decision)
       group by 1, 2 having sum(amount) > 0),
     ranged as (
       select *, sum(amount) over (order by last desc, document collate "C" desc) - amount as from_ from written)
     insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
     select 'write-off', document, :invoiceNumber, place + 1, account_id, -least(amount, :amount::numeric - from_), greatest(:on::date, last), :because
     from ranged where from_ < :amount::numeric`,
    { invoiceNumber, amount, on, because, decision },
  );
}

/**
 * Who has not paid is given nothing back: before credit notes on invoices are stored, so much of what was written off of these is taken back as the
 * notes exceed what is open, so that they settle it.
 */
export async function makeRoomForNotes(
  trx: Knex,
  notes: readonly { readonly corrects: string; readonly total: string }[],
  on: LocalDate,
): Promise<void> {
  const { rows } = await trx.raw<{ rows: { invoiceNumber: string; amount: string }[] }>(
    `select o.number as "invoiceNumber", (g.total - o.open)::text as amount
     from (select number, sum(total) as total from unnest(?::text[], ?::numeric[]) as n (number, total) group by 1) g join open_invoice o using (number)
     where g.total > o.open and exists (
       select from allocation a where a.invoice_number = o.number and a.kind = 'write-off' and starts_with(a.document, ?))`,
    [notes.map(({ corrects }) => corrects), notes.map(({ total }) => total), decision],
  );
  for (const row of rows)
    await takeWriteOffsBack(trx, { ...row, on, because: 'A credit note gives back what was written off' });
}
