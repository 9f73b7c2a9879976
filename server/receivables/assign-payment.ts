import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import { type EngagementDeps, toTimestamp } from '../engagement/engagement-deps.ts';
import type { PaymentMethod } from './payment.ts';
import { closePaymentExceptions } from './payment-exceptions.ts';
import { reopen } from './return-payment.ts';
import { settleFromCredit } from './settle-from-credit.ts';
import { settleNamed } from './settle-named.ts';
import { tellOfPayment } from './take-payment.ts';

/** A person says whose a payment is; of account and invoice one is enough. */
export interface Assignment {
  readonly paymentId: string;
  readonly accountId?: string;
  readonly invoiceNumber?: string;
  readonly by: string;
  readonly reason: string;
}

export type AssignResult =
  | { readonly kind: 'assigned' }
  | { readonly kind: 'unknown payment' }
  | {
      readonly kind: 'unknown account' | 'unknown invoice' | 'other account' | 'other currency';
      readonly detail: string;
    };

/**
 * Gives a payment to an account, from the exceptions queue or from where it was by mistake: what it had settled there is open again. It settles the
 * invoice that the person names, then the account's others; the rules learn of it if they have not.
 */
export async function assignPayment(
  trx: Knex,
  deps: EngagementDeps,
  assignment: Assignment,
  now: EpochMs,
): Promise<AssignResult> {
  const { paymentId, invoiceNumber, by, reason } = assignment;
  const payment = await trx('payment').where({ payment_id: paymentId }).forUpdate().first<PaymentRow | undefined>();
  if (payment === undefined) return { kind: 'unknown payment' };
  const target = await readTarget(trx, assignment, payment);
  if ('kind' in target) return target;
  const before = await trx('payment_assignment')
    .where({ payment_id: paymentId })
    .max<{ max: number | null }[]>('place')
    .first();
  await trx('payment_assignment').insert({
    payment_id: paymentId,
    place: (before?.max ?? 0) + 1,
    account_id: target.account_id,
    invoice_number: invoiceNumber ?? null,
    assigned_on: localDate(now, target.zone),
    assigned_by: by,
    reason,
  });
  if (invoiceNumber !== undefined) await settleNamed(trx, paymentId, invoiceNumber, `Assigned by ${by}: ${reason}`);
  await settleFromCredit(trx, [target.account_id]);
  await reopen(trx, paymentId, now);
  await closePaymentExceptions(trx, paymentId, { reason, by, at: toTimestamp(now) });
  const { amount, currency, method, received_on } = payment;
  await tellOfPayment(
    trx,
    deps,
    {
      ...{ provider: '', id: paymentId, accountId: target.account_id, amount, currency, receivedOn: received_on },
      method: method as PaymentMethod,
      ...(invoiceNumber !== undefined && { invoiceNumber }),
    },
    now,
  );
  return { kind: 'assigned' };
}

interface PaymentRow {
  readonly amount: string;
  readonly currency: string;
  readonly method: string;
  readonly received_on: string;
}

async function readTarget(
  trx: Knex,
  { accountId, invoiceNumber }: Assignment,
  { currency }: PaymentRow,
): Promise<{ readonly account_id: string; readonly zone: string } | Extract<AssignResult, { detail: string }>> {
  const invoice =
    invoiceNumber === undefined ? undefined : await trx('invoice').where({ number: invoiceNumber }).first('account_id');
  if (invoiceNumber !== undefined && invoice === undefined)
    return { kind: 'unknown invoice', detail: `There is no invoice ${invoiceNumber}` };
  if (invoice !== undefined && accountId !== undefined && invoice.account_id !== accountId)
    return { kind: 'other account', detail: `Invoice ${invoiceNumber} is of account ${invoice.account_id}` };
  const id = accountId ?? invoice?.account_id;
  const account = await trx('billing_account')
    .where({ account_id: id ?? '' })
    .first('account_id', 'zone', 'currency');
  if (account === undefined) return { kind: 'unknown account', detail: `There is no billing account ${id}` };
  if (account.currency !== currency)
    return {
      kind: 'other currency',
      detail: `The payment is in ${currency}, account ${id} is kept in ${account.currency}: send the payment back`,
    };
  return account;
}
