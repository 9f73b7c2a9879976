import type { Knex } from 'knex';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import { compare, formatAmount, parseDecimal } from '../../engine/money.ts';
import { resumeReminders } from '../engagement/resume-reminders.ts';
import { amountFault } from './payment.ts';

/** Money that goes back: the bank or the payer's provider took it, or we pay too much of it out. */
export interface PaymentReturn {
  /** Unique for ever: told again it is the same return. */
  readonly id: string;
  readonly paymentId: string;
  readonly kind: 'return' | 'chargeback' | 'refund';
  /** Decimal text in the payment's currency; absent: all that has not gone back yet, of a refund all that settles nothing. */
  readonly amount?: string;
  /** What the bank charges us for it. */
  readonly bankCharge?: string;
  readonly returnedOn: LocalDate;
  readonly reason: string;
  readonly by: string;
  readonly bankReference?: string;
}

export type ReturnResult =
  | {
      readonly kind: 'returned';
      readonly amount: string /** Invoices that are open again. */;
      readonly reopened: readonly string[];
    }
  | { readonly kind: 'known' }
  /** Another return was told under the same id. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'unknown payment' }
  | { readonly kind: 'unfit'; readonly field: 'amount' | 'bankCharge' | 'returnedOn'; readonly detail: string }
  /** Less than that can go back. */
  | { readonly kind: 'too much'; readonly available: string };

/**
 * Books that a payment or a part of it went back. A return or chargeback opens what the payment had settled, and its dunning goes on from where
 * it stood; a refund takes only what settles nothing.
 */
export async function returnPayment(trx: Knex, back: PaymentReturn, now: EpochMs): Promise<ReturnResult> {
  const payment = await trx('payment').where({ payment_id: back.paymentId }).forUpdate().first<PaidRow | undefined>();
  if (payment === undefined) return { kind: 'unknown payment' };
  const known = await toldBefore(trx, back);
  if (known !== undefined) return known;
  const unfit = unfitOf(back, payment);
  if (unfit !== undefined) return unfit;
  const available = await availableOf(trx, back, payment);
  const amount = back.amount === undefined ? available : formatAmount(parseDecimal(back.amount), payment.currency);
  if (compare(parseDecimal(amount), parseDecimal(available)) > 0 || parseDecimal(amount).n === 0n)
    return { kind: 'too much', available };
  await trx('payment_return').insert({
    return_id: back.id,
    payment_id: back.paymentId,
    kind: back.kind,
    amount,
    bank_charge: back.bankCharge ?? '0',
    returned_on: back.returnedOn,
    reason: back.reason,
    said_by: back.by,
    bank_reference: back.bankReference ?? '',
  });
  return { kind: 'returned', amount, reopened: await reopen(trx, back.paymentId, now) };
}

interface PaidRow {
  readonly amount: string;
  readonly currency: string;
  readonly account_id: string | null;
  readonly received_on: LocalDate;
}

async function toldBefore(trx: Knex, back: PaymentReturn): Promise<ReturnResult | undefined> {
  const row = await trx('payment_return')
    .where({ return_id: back.id })
    .first<{ payment_id: string; kind: string; amount: string } | undefined>();
  if (row === undefined) return undefined;
  const isSame =
    row.payment_id === back.paymentId &&
    row.kind === back.kind &&
    (back.amount === undefined || compare(parseDecimal(back.amount), parseDecimal(row.amount)) === 0);
  return { kind: isSame ? 'known' : 'differs' };
}

function unfitOf(back: PaymentReturn, { currency, received_on }: PaidRow): ReturnResult | undefined {
  const { amount, bankCharge = '0', returnedOn } = back;
  const wrongAmount = amount === undefined ? undefined : amountFault(amount, currency);
  if (wrongAmount !== undefined) return { kind: 'unfit', field: 'amount', detail: wrongAmount };
  const wrongCharge = parseDecimal(bankCharge).n === 0n ? undefined : amountFault(bankCharge, currency);
  if (wrongCharge !== undefined) return { kind: 'unfit', field: 'bankCharge', detail: wrongCharge };
  return returnedOn < received_on
    ? { kind: 'unfit', field: 'returnedOn', detail: `is before ${received_on}, on which the payment came in` }
    : undefined;
}

async function availableOf(
  trx: Knex,
  { paymentId, kind }: PaymentReturn,
  payment: { readonly amount: string; readonly account_id: string | null },
): Promise<string> {
  if (kind === 'refund' && payment.account_id !== null) {
    const source = await trx('credit_source')
      .where({ kind: 'payment', document: paymentId })
      .first<{ unused: string }>();
    return source.unused;
  }
  const { rows } = await trx.raw<{ rows: { left: string }[] }>(
    `select (p.amount - coalesce((select sum(r.amount) from payment_return r where r.payment_id = p.payment_id), 0))::text as left
     from payment p where p.payment_id = ?`,
    [paymentId],
  );
  return rows[0]?.left ?? '0';
}

/** The invoices that a payment had settled and that are open now; their dunning goes on. */
export async function reopen(trx: Knex, paymentId: string, now: EpochMs): Promise<readonly string[]> {
  const { rows } = await trx.raw<{ rows: { number: string }[] }>(
    `select distinct o.number from allocation a join open_invoice o on o.number = a.invoice_number
     where a.kind = 'payment' and a.document = ? and a.amount < 0 and o.open > 0 order by 1`,
    [paymentId],
  );
  const numbers = rows.map(({ number }) => number);
  await resumeReminders(trx, numbers, now);
  return numbers;
}
