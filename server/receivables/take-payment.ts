import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import { raiseEventOf } from '../engagement/business-events.ts';
import type { EngagementDeps } from '../engagement/engagement-deps.ts';
import { type BookedPayment, bookPayment } from './book-payment.ts';
import { type IncomingPayment, paymentKey } from './payment.ts';
import { storePaymentException } from './payment-exceptions.ts';

/** Where business events of payments come from that Ratebook itself took in. */
const source = '/ratebook/payments';

/**
 * Takes a payment in: books it, and lets the rules decide on “payment received”, in the caller's transaction. Money is never refused for what
 * rules lack: the payment stays, and a person is told that nothing followed from it.
 *
 * @throws Error when no rules are in force.
 */
export async function takePayment(
  trx: Knex,
  deps: EngagementDeps,
  payment: IncomingPayment,
  now: EpochMs,
): Promise<BookedPayment> {
  const booked = await bookPayment(trx, payment, localDate(now, deps.settings.companyZone));
  if (booked.kind === 'booked' && booked.accountId !== undefined)
    await tellOfPayment(trx, deps, { ...payment, accountId: booked.accountId, ...named(booked.invoiceNumber) }, now);
  return booked;
}

/** Raises “payment received” for a payment that has found its account. */
export async function tellOfPayment(
  trx: Knex,
  deps: EngagementDeps,
  payment: Pick<
    IncomingPayment,
    'provider' | 'id' | 'invoiceNumber' | 'amount' | 'currency' | 'method' | 'receivedOn'
  > & {
    readonly accountId: string;
  },
  now: EpochMs,
): Promise<void> {
  const paymentId = paymentKey(payment);
  const { accountId, invoiceNumber, amount, currency, method, receivedOn } = payment;
  const data = { paymentId, accountId, amount, currency, method, receivedOn, ...named(invoiceNumber) };
  const lacking = await raiseEventOf(
    trx,
    deps,
    { source, id: paymentId, name: 'payment received', at: now, data },
    now,
  );
  const [first] = lacking;
  if (first === undefined) return;
  await storePaymentException(trx, {
    code: 'missing-fact',
    subject: paymentId,
    evidence: `The payment is booked, but the rules could not decide what follows from it: ${first.detail}`,
    accountId,
  });
}

function named(invoiceNumber: string | undefined): { readonly invoiceNumber?: string } {
  return invoiceNumber === undefined ? {} : { invoiceNumber };
}
