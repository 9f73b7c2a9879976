import { type Static, Type } from 'typebox';
import type { LocalDate } from '../../engine/model.ts';
import { amountPattern } from '../outside-values.ts';
import type { IncomingPayment } from '../receivables/payment.ts';
import { closed, day } from './json-fields.ts';

const id = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }));
const textOrNull = Type.Union([Type.String(), Type.Null()]);
export const amountText = Type.String({
  pattern: amountPattern,
  description: 'Decimal amount as text: "12.50"',
});

/** A payment as a provider, or a program that has taken it, tells it. */
export const paymentBody = Type.Object(
  {
    provider: Type.String({
      pattern: '^[a-z][a-z0-9_-]{0,39}$',
      description: 'Who took it; `bank` is kept for account statements',
    }),
    id,
    amount: amountText,
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
    method: Type.Enum(['manual', 'direct debit', 'card']),
    receivedOn: Type.Optional(Type.String({ format: 'date', description: 'Today unless told' })),
    accountId: Type.Optional(id),
    invoiceNumber: Type.Optional(id),
    payerName: text(200),
    payerIban: Type.Optional(
      Type.String({ pattern: '^[A-Z]{2}\\d{2}[A-Z0-9]{10,30}$', description: 'Without blanks' }),
    ),
    references: Type.Optional(
      Type.Array(Type.String({ maxLength: 140 }), {
        maxItems: 10,
        description: 'Structured references, the end-to-end id',
      }),
    ),
    remittance: text(1000),
  },
  closed,
);

export function incomingPayment(body: Static<typeof paymentBody>, today: LocalDate): IncomingPayment {
  return { ...body, receivedOn: body.receivedOn ?? today };
}

export const paymentSchema = Type.Object({
  id: Type.String(),
  provider: Type.String(),
  receivedOn: day,
  amount: Type.String(),
  currency: Type.String(),
  method: Type.String(),
  accountId: textOrNull,
  customerName: textOrNull,
  payerName: Type.String(),
  payerIban: Type.String(),
  reference: Type.String(),
  remittance: Type.String(),
  matchedBy: textOrNull,
  because: Type.String({ description: 'Why it belongs where it went, or why nobody knows' }),
  unused: Type.String({ description: 'What settles nothing yet' }),
  allocations: Type.Array(
    Type.Object({
      invoiceNumber: Type.String(),
      amount: Type.String({ description: 'Below zero: taken back' }),
      on: day,
      because: Type.String(),
    }),
  ),
  returns: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      amount: Type.String(),
      on: day,
      reason: Type.String(),
    }),
  ),
});
