import type { Knex } from 'knex';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import {
  add,
  compare,
  formatAmount,
  parseDecimal,
  type Rational,
  smaller,
  subtract,
  sum,
  zero,
} from '../../engine/money.ts';
import { lockRatings } from '../bill-run/rating-lock.ts';
import { type Booking, type BookingFault, bookingFault } from './booking.ts';
import { type CarriedCredit, readCarriedCredit, readReleased, releaseCredit } from './carried-credit.ts';
import { amountFault } from './payment.ts';
import { returnPayment } from './return-payment.ts';

/** A person pays out what an account has too much. */
export interface PayOut extends Booking {
  readonly accountId: string;
  /** Decimal text in the account's currency; all that can be paid out if absent. */
  readonly amount?: string;
}

/** Money that goes back to who paid it. */
export interface Refund {
  readonly paymentId: string;
  readonly amount: string;
  /** Where the payment came from; empty if nobody said. */
  readonly payerIban: string;
}

/** The moment and, in the company's zone, its day. */
export interface Today {
  readonly now: EpochMs;
  readonly today: LocalDate;
}

export type PayOutResult =
  | {
      readonly kind: 'paid out' | 'known';
      readonly currency: string;
      /** With tax, of what the last bill carried forward; absent if there was none. What is not refunded of it settles open invoices. */
      readonly released?: string;
      readonly refunds: readonly Refund[];
    }
  /** Another pay-out was told under the same id. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'unknown account' }
  | BookingFault
  /** Less than that can be paid out. `carried`: with tax, what the next invoice of an account that is not closed will take off. */
  | { readonly kind: 'too much'; readonly available: string; readonly carried?: string };

/**
 * Pays out credit that settles nothing: what was paid too much, what credit notes gave back of invoices that were paid, and what the last bill of a
 * closed account carries forward, which becomes credit of the account by it and settles what that owes first. All of it goes back as refunds of
 * payments. For other credit than a payment, the payment of an invoice makes room: the credit settles in its place, and so much of the payment is free.
 */
export async function payOut(trx: Knex, asked: PayOut, { now, today }: Today): Promise<PayOutResult> {
  const account = await trx('billing_account').where({ account_id: asked.accountId }).first('currency');
  if (account === undefined) return { kind: 'unknown account' };
  const { currency } = account;
  // No rating begins meanwhile that would find credit for its bill which is paid out here.
  if (await readCarriedCredit(trx, asked.accountId, currency)) await lockRatings(trx);
  await trx.raw('select lock_accounts(?::text[])', [[asked.accountId]]);
  const known = await toldBefore(trx, asked, currency);
  if (known !== undefined) return known;
  const unfit = bookingFault(asked, today);
  if (unfit !== undefined) return unfit;
  const wrong = asked.amount === undefined ? undefined : amountFault(asked.amount, currency);
  if (wrong !== undefined) return { kind: 'unfit', field: 'amount', detail: wrong };
  const carried = await readCarriedCredit(trx, asked.accountId, currency);
  const released = carried?.isFinal ? carried : undefined;
  if (released && asked.on < released.issuedOn) return beforeInvoice(released);
  if (released) await releaseCredit(trx, released, { ...asked, payOut: asked.id, currency });
  const sources = await readSources(trx, asked, currency);
  const available = sum(sources.map(({ amount }) => parseDecimal(amount)));
  const wanted = asked.amount === undefined ? available : parseDecimal(asked.amount);
  const isSettled = released !== undefined && asked.amount === undefined && (await unusedOf(trx, asked)).n === 0n;
  if (compare(wanted, available) > 0 || (wanted.n === 0n && !isSettled))
    return {
      kind: 'too much',
      available: formatAmount(available, currency),
      ...(carried && !released && { carried: carried.total }),
    };
  const refunds = new Map<string, Rational>();
  let left = wanted;
  for (const source of sources) {
    const part = smaller(left, parseDecimal(source.amount));
    if (part.n === 0n) continue;
    left = subtract(left, part);
    refunds.set(source.paymentId, add(refunds.get(source.paymentId) ?? zero, part));
    if (source.place) await swap(trx, source.paymentId, source.place, formatAmount(part, currency), asked);
  }
  const wrongDay = await refund(trx, asked, currency, refunds, now);
  return wrongDay ?? paidOut('paid out', currency, released?.total, await readRefunds(trx, asked.id));
}

function paidOut(
  kind: 'paid out' | 'known',
  currency: string,
  released: string | undefined,
  refunds: readonly Refund[],
): PayOutResult {
  return { kind, currency, ...(released !== undefined && { released }), refunds };
}

function beforeInvoice({ issuedOn }: CarriedCredit): PayOutResult {
  const detail = `is before ${issuedOn}, on which the invoice that carries credit forward was issued`;
  return { kind: 'unfit', field: 'on', detail };
}

/** Credit of the account that settles nothing, refundable or not. */
async function unusedOf(trx: Knex, { accountId }: PayOut): Promise<Rational> {
  const row = await trx('credit_source').where({ account_id: accountId }).sum({ unused: 'unused' }).first();
  return parseDecimal(row?.unused ?? '0');
}

/** What of a payment can go back. */
interface Source {
  readonly paymentId: string;
  readonly amount: string;
  /** Of what settles an invoice: the credit that settles nothing, and takes its place. */
  readonly place?: {
    readonly kind: 'credit note' | 'carried credit';
    readonly document: string;
    readonly invoiceNumber: string;
  };
}

async function readSources(trx: Knex, { accountId }: PayOut, currency: string): Promise<readonly Source[]> {
  const { rows: free } = await trx.raw<{ rows: Source[] }>(
    `select document as "paymentId", unused::text as amount from credit_source
     where account_id = ? and kind = 'payment' and unused > 0 order by since desc, document collate "C" desc`,
    [accountId],
  );
  const { rows: paid } = await trx.raw<{ rows: (Source & { readonly invoiceNumber: string })[] }>(
    `select document as "paymentId", invoice_number as "invoiceNumber", sum(amount)::text as amount from allocation
     where account_id = ? and kind = 'payment' group by 1, 2 having sum(amount) > 0
     order by max(allocated_on) desc, document collate "C" desc, invoice_number collate "C" desc`,
    [accountId],
  );
  const { rows: others } = await trx.raw<{ rows: OtherCredit[] }>(
    `select s.kind, s.document, n.corrects, s.unused::text
     from credit_source s left join credit_note n on s.kind = 'credit note' and n.number = s.document
     where s.account_id = ? and s.kind <> 'payment' and s.unused > 0 order by s.since, s.kind desc, s.document collate "C"`,
    [accountId],
  );
  const room = paid.map((one) => ({ ...one, left: parseDecimal(one.amount) }));
  const swaps = others.flatMap(({ kind, document, corrects, unused }) => {
    let open = parseDecimal(unused);
    // The payment of the invoice that the note corrects comes first.
    return [true, false].flatMap((isOwn) =>
      room.flatMap((one): readonly Source[] => {
        const part = smaller(open, one.left);
        if ((one.invoiceNumber === corrects) !== isOwn || part.n === 0n) return [];
        one.left = subtract(one.left, part);
        open = subtract(open, part);
        const { paymentId, invoiceNumber } = one;
        return [{ paymentId, amount: formatAmount(part, currency), place: { kind, document, invoiceNumber } }];
      }),
    );
  });
  return [...free, ...swaps];
}

interface OtherCredit {
  readonly kind: 'credit note' | 'carried credit';
  readonly document: string;
  /** Of a credit note: the invoice. */
  readonly corrects: string | null;
  readonly unused: string;
}

async function swap(
  trx: Knex,
  paymentId: string,
  { kind, document, invoiceNumber }: NonNullable<Source['place']>,
  amount: string,
  { accountId, on }: PayOut,
): Promise<void> {
  const what = kind === 'credit note' ? 'The credit note' : 'What the last invoice carried forward';
  const why = `${what} settles in place of the payment, which is paid out`;
  await trx.raw(
    `insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
     select s.kind, s.document, :invoiceNumber, 1 + coalesce(max(a.place), 0), :accountId, s.amount::numeric,
            greatest(:on::date, max(a.allocated_on)), s.why
     from (values ('payment', :paymentId, '-' || :amount, :why), (:kind, :document, :amount, :why)) s (kind, document, amount, why)
     left join allocation a on a.kind = s.kind and a.document = s.document and a.invoice_number = :invoiceNumber
     group by s.kind, s.document, s.amount, s.why`,
    { kind, document, paymentId, invoiceNumber, amount, accountId, on, why },
  );
}

async function refund(
  trx: Knex,
  { id, on, by, reason }: PayOut,
  currency: string,
  refunds: ReadonlyMap<string, Rational>,
  now: EpochMs,
): Promise<PayOutResult | undefined> {
  for (const [index, [paymentId, amount]] of [...refunds].entries()) {
    const back = {
      paymentId,
      kind: 'refund' as const,
      amount: formatAmount(amount, currency),
      returnedOn: on,
      reason,
      by,
    };
    const result = await returnPayment(trx, { ...back, id: `${prefixOf(id)}${index + 1}` }, now);
    if (result.kind === 'unfit') return { kind: 'unfit', field: 'on', detail: result.detail };
    if (result.kind !== 'returned') throw new Error(`Payment ${paymentId} cannot be paid out: ${result.kind}`);
  }
  return undefined;
}

async function toldBefore(
  trx: Knex,
  { id, accountId, amount }: PayOut,
  currency: string,
): Promise<PayOutResult | undefined> {
  const { rows } = await trx.raw<{ rows: { account_id: string; amount: string }[] }>(
    `select p.account_id, sum(r.amount)::text as amount from payment_return r join payment p using (payment_id)
     where starts_with(r.return_id, ?) group by 1`,
    [prefixOf(id)],
  );
  const released = await readReleased(trx, id);
  const owner = rows[0]?.account_id ?? released?.accountId;
  if (owner === undefined) return undefined;
  const isSame =
    owner === accountId &&
    (amount === undefined || compare(parseDecimal(amount), parseDecimal(rows[0]?.amount ?? '0')) === 0);
  return isSame ? paidOut('known', currency, released?.total, await readRefunds(trx, id)) : { kind: 'differs' };
}

async function readRefunds(trx: Knex, id: string): Promise<readonly Refund[]> {
  const { rows } = await trx.raw<{ rows: Refund[] }>(
    `select r.payment_id as "paymentId", r.amount::text, p.payer_iban as "payerIban" from payment_return r join payment p using (payment_id)
     where starts_with(r.return_id, ?) order by length(r.return_id), r.return_id collate "C"`,
    [prefixOf(id)],
  );
  return rows;
}

/** Why no more is paid out, in words. */
export function tooMuchToPayOut(
  accountId: string,
  { available, carried }: Extract<PayOutResult, { kind: 'too much' }>,
): string {
  const first = `${available} of account ${accountId} can be paid out`;
  return carried === undefined
    ? first
    : `${first}. ${carried} more are carried forward to its next invoice: they can be paid out when the account is closed and its last cycle is billed`;
}

function prefixOf(id: string): string {
  return `pay-out ${id}/`;
}
