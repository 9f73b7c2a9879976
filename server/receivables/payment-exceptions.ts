import type { Knex } from 'knex';
import type { ExceptionCode } from '../../engine/exception-codes.ts';
import { exceptionOf } from '../../engine/exceptions.ts';

/** Something about a payment that a person has to look at. */
export interface PaymentException {
  readonly code: ExceptionCode;
  /** The payment's key, or the bank's name of a return that fits none. */
  readonly subject: string;
  readonly evidence: string;
  readonly accountId?: string;
}

/** Puts it into the exceptions queue, outside of any bill run; the same of the same payment is one exception. */
export async function storePaymentException(trx: Knex, found: PaymentException): Promise<void> {
  const { code, action, severity, object, subject, evidence } = exceptionOf(found.code, found.subject, found.evidence);
  await trx('exception')
    .insert({
      key: `${code} ${subject}`,
      account_id: found.accountId ?? null,
      ...{ code, action, severity, object, subject, evidence },
    })
    .onConflict('key')
    .ignore();
}

/** What a person has done about a payment answers the questions that it raised. */
export async function closePaymentExceptions(
  trx: Knex,
  paymentId: string,
  decision: { readonly reason: string; readonly by: string; readonly at: string },
): Promise<void> {
  await trx('exception')
    .where({ object: 'payment', subject: paymentId, state: 'open' })
    .update({ state: 'approved', reason: decision.reason, decided_by: decision.by, decided_at: decision.at });
}
