import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';
import { compare, formatAmount, parseDecimal } from '../../engine/money.ts';
import { matchPayment } from './match-payment.ts';
import {
  amountFault,
  dayFault,
  type IncomingPayment,
  joinReferences,
  type Match,
  type MatchRule,
  paymentKey,
} from './payment.ts';
import { storePaymentException } from './payment-exceptions.ts';
import { settleFromCredit } from './settle-from-credit.ts';
import { settleNamed } from './settle-named.ts';

export type BookedPayment =
  | {
      readonly kind: 'booked';
      readonly paymentId: string;
      /** Absent: nobody knows whose it is; it waits in the exceptions queue. */
      readonly accountId?: string;
      readonly invoiceNumber?: string;
      readonly matchedBy?: MatchRule;
      readonly because: string;
    }
  /** Told before: nothing is new. */
  | { readonly kind: 'known'; readonly paymentId: string }
  /** Another payment was told under the same provider and id. */
  | { readonly kind: 'differs'; readonly paymentId: string }
  /** Nothing is booked: it cannot be so. */
  | UnfitPayment;

export interface UnfitPayment {
  readonly kind: 'unfit';
  readonly field: 'amount' | 'receivedOn' | 'invoiceNumber';
  readonly detail: string;
}

/**
 * Books a payment once, matches it, and lets it settle what it is for: the invoices that it names in their order, then the other open invoices of its
 * account by due day; what is left is credit. Money that nobody can place is booked all the same and waits for a person.
 *
 * @param today in the company's zone or the account's.
 */
export async function bookPayment(trx: Knex, told: IncomingPayment, today: LocalDate): Promise<BookedPayment> {
  const unfit = unfitOf(told, today);
  if (unfit !== undefined) return unfit;
  const payment = { ...told, amount: formatAmount(parseDecimal(told.amount), told.currency) };
  const paymentId = paymentKey(payment);
  const known = await toldBefore(trx, payment, paymentId);
  if (known !== undefined) return known;
  const match = await matchPayment(trx, payment);
  if (match.kind === 'contradiction') return { kind: 'unfit', field: 'invoiceNumber', detail: match.detail };
  const duplicates = match.kind === 'matched' ? await paidBefore(trx, payment, match) : undefined;
  const stored = await storePayment(trx, payment, match);
  // Somebody told the same at the same moment and was first.
  if (!stored) return (await toldBefore(trx, payment, paymentId)) ?? { kind: 'known', paymentId };
  if (match.kind === 'unmatched') {
    await storePaymentException(trx, { code: match.code, subject: paymentId, evidence: match.because });
    return { kind: 'booked', paymentId, because: match.because };
  }
  const { accountId, invoices, by, because } = match;
  if (duplicates !== undefined)
    await storePaymentException(trx, {
      code: 'duplicate-payment',
      subject: paymentId,
      evidence: duplicates,
      accountId,
    });
  for (const number of invoices) await settleNamed(trx, paymentId, number, because);
  await settleFromCredit(trx, [accountId]);
  const [invoiceNumber] = invoices;
  return {
    kind: 'booked',
    paymentId,
    accountId,
    matchedBy: by,
    because,
    ...(invoiceNumber !== undefined && { invoiceNumber }),
  };
}

function unfitOf({ amount, currency, receivedOn }: IncomingPayment, today: LocalDate): UnfitPayment | undefined {
  const wrongAmount = amountFault(amount, currency);
  if (wrongAmount !== undefined) return { kind: 'unfit', field: 'amount', detail: wrongAmount };
  const wrongDay = dayFault(receivedOn, today);
  return wrongDay === undefined ? undefined : { kind: 'unfit', field: 'receivedOn', detail: wrongDay };
}

async function toldBefore(trx: Knex, payment: IncomingPayment, paymentId: string): Promise<BookedPayment | undefined> {
  const row = await trx('payment')
    .where({ payment_id: paymentId })
    .first<{ amount: string; currency: string } | undefined>();
  if (row === undefined) return undefined;
  const same =
    row.currency === payment.currency && compare(parseDecimal(row.amount), parseDecimal(payment.amount)) === 0;
  return { kind: same ? 'known' : 'differs', paymentId };
}

/** Why a payment seems to be paid twice: what it names is settled, by a payment of the same amount. */
async function paidBefore(
  trx: Knex,
  payment: IncomingPayment,
  { invoices }: Extract<Match, { kind: 'matched' }>,
): Promise<string | undefined> {
  const [number] = invoices;
  if (number === undefined || invoices.length > 1) return undefined;
  const { rows } = await trx.raw<{ rows: { payment_id: string; received_on: string }[] }>(
    `select p.payment_id, p.received_on from open_invoice o
     join allocation a on a.invoice_number = o.number and a.kind = 'payment' join payment p on p.payment_id = a.document
     where o.number = ? and o.open = 0 and p.amount = ?::numeric group by 1, 2 having sum(a.amount) > 0 order by 2, 1 limit 1`,
    [number, payment.amount],
  );
  const [earlier] = rows;
  return (
    earlier &&
    `${payment.amount} ${payment.currency} for ${number}, which payment ${earlier.payment_id} of ${earlier.received_on} has settled with the same amount`
  );
}

async function storePayment(
  trx: Knex,
  payment: IncomingPayment,
  match: Exclude<Match, { kind: 'contradiction' }>,
): Promise<boolean> {
  const stored = await trx('payment')
    .insert({
      payment_id: paymentKey(payment),
      account_id: match.kind === 'matched' ? match.accountId : null,
      invoice_number: match.kind === 'matched' ? (match.invoices[0] ?? null) : null,
      received_on: payment.receivedOn,
      amount: payment.amount,
      currency: payment.currency,
      method: payment.method,
      provider: payment.provider,
      payer_name: payment.payerName ?? '',
      payer_iban: payment.payerIban ?? '',
      reference: joinReferences(payment.references),
      remittance: payment.remittance ?? '',
      bank_reference: payment.bankReference ?? '',
      statement_iban: payment.statement?.iban ?? null,
      statement_id: payment.statement?.id ?? null,
      matched_by: match.kind === 'matched' ? match.by : null,
      because: match.because,
    })
    .onConflict('payment_id')
    .ignore()
    .returning('payment_id');
  return stored.length === 1;
}
