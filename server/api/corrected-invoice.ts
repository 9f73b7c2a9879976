import { Type } from 'typebox';
import type { CorrectedInvoice } from '../corrections/ask-corrections.ts';
import { day } from './json-fields.ts';

const sums = { net: Type.String(), tax: Type.String(), total: Type.String() };

/** One invoice, as it stood and as it should be. */
export const correctedInvoice = Type.Object({
  invoice: Type.String(),
  accountId: Type.String(),
  from: day,
  until: day,
  currency: Type.String(),
  before: Type.Object(sums),
  after: Type.Object(sums),
  difference: Type.Object(sums, { description: 'Negative where less is owed' }),
  creditNotes: Type.Array(Type.Object({ number: Type.Optional(Type.String()), corrects: Type.String(), ...sums })),
  charges: Type.Array(
    Type.Object({ title: Type.String(), amount: Type.String(), tax: Type.String(), how: Type.String() }),
    { description: 'For the account’s next invoice' },
  ),
  exceptions: Type.Array(Type.String()),
});

/** As the schema types it. */
export function mutableInvoices(invoices: readonly CorrectedInvoice[]) {
  return invoices.map((one) => ({
    ...one,
    creditNotes: [...one.creditNotes],
    charges: [...one.charges],
    exceptions: [...one.exceptions],
  }));
}
