import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { compare, parseDecimal, roundToMinor, subtract } from '../../engine/money.ts';
import type { BankStatement, BankTransaction } from './bank-statement.ts';
import { storePaymentException } from './payment-exceptions.ts';
import { plainReference, possibleNumbers } from './reference-text.ts';
import { returnPayment } from './return-payment.ts';

/**
 * Books money that a bank took back against the payment that it had been: found by the payer's end-to-end reference, by the invoice that is named,
 * or by the payer's account; the amount must be the payment's. What exceeds it is the bank's charge. A return that fits no payment, or several, waits for a person.
 */
export async function bookReturn(
  trx: Knex,
  statement: BankStatement,
  transaction: BankTransaction,
  now: EpochMs,
): Promise<'returned' | 'unknownReturns'> {
  const id = `bank:${statement.account}/${statement.id}/${transaction.place}`;
  const [payment, ...more] = await candidates(trx, transaction);
  const reason = transaction.reason ?? '';
  if (payment !== undefined && more.length === 0) {
    const charge = subtract(parseDecimal(transaction.amount), parseDecimal(payment.left));
    const result = await returnPayment(
      trx,
      {
        ...{ id, paymentId: payment.id, kind: 'return', amount: payment.left, reason, by: 'the bank' },
        bankCharge: roundToMinor(charge, transaction.currency, 'half up'),
        returnedOn: transaction.bookedOn,
        bankReference: transaction.bankReference,
      },
      now,
    );
    if (result.kind === 'returned' || result.kind === 'known') return 'returned';
  }
  const from = [transaction.partyName, transaction.partyIban, ...transaction.references, transaction.remittance].filter(
    Boolean,
  );
  await storePaymentException(trx, {
    code: 'unknown-return',
    subject: id,
    evidence: `${transaction.amount} ${transaction.currency} went back on ${transaction.bookedOn} (${reason || 'no reason given'}): ${from.join(', ')}. ${
      payment === undefined
        ? 'No payment fits it'
        : `Several payments fit it: ${[payment, ...more].map((one) => one.id).join(', ')}`
    }`,
  });
  return 'unknownReturns';
}

interface Candidate {
  readonly id: string;
  /** What of it has not gone back. */
  readonly left: string;
}

/** The payments that a return can be of, by the first way that finds any; none of which less is left than went back without charges. */
async function candidates(trx: Knex, transaction: BankTransaction): Promise<readonly Candidate[]> {
  const { references, remittance, partyIban, bookedOn, currency } = transaction;
  const numbers = [...references.map(plainReference), ...possibleNumbers([...references, remittance].join(' '))];
  const ways: readonly (readonly [condition: string, value: unknown])[] = [
    ["string_to_array(p.reference, ' / ') && ?::text[]", [...references]],
    [
      `exists (select from allocation a where a.kind = 'payment' and a.document = p.payment_id
               and upper(regexp_replace(a.invoice_number, '[^A-Za-z0-9]', '', 'g')) = any(?::text[]))`,
      numbers,
    ],
    ["p.payer_iban <> '' and p.payer_iban = ?", partyIban],
  ];
  for (const [condition, value] of ways) {
    const { rows } = await trx.raw<{ rows: Candidate[] }>(
      `select p.payment_id as id, (p.amount - coalesce(sum(r.amount), 0))::text as left
       from payment p left join payment_return r using (payment_id)
       where ${condition} and p.currency = ? and p.received_on between ?::date - 600 and ?::date
       group by p.payment_id having p.amount > coalesce(sum(r.amount), 0) order by p.received_on desc, p.payment_id`,
      [value as string, currency, bookedOn, bookedOn],
    );
    const fitting = rows.filter((row) => fits(row, transaction));
    if (fitting.length > 0) return fitting;
  }
  return [];
}

/** Exactly the payment's amount; where the bank names what had been collected, that, and the rest is its charge. */
function fits({ left }: Candidate, { amount, originalAmount }: BankTransaction): boolean {
  const collected = originalAmount ?? amount;
  return (
    compare(parseDecimal(left), parseDecimal(collected)) === 0 &&
    compare(parseDecimal(amount), parseDecimal(collected)) >= 0
  );
}
