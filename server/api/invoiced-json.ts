/** What other invoices have charged, or lack, of an account's cycle, as JSON. */
import { Type } from 'typebox';
import { amount, closed, dayOfAccount as day, id, text } from './json-fields.ts';

const correction = Type.Object(
  {
    corrects: text,
    from: day,
    until: day,
    subscriptionId: id,
    title: text,
    service: Type.Optional(id),
    taxCategory: Type.String(),
    taxPercent: amount,
    amount,
    tax: amount,
    reason: Type.Enum(['late usage', 'corrected usage', 'changed records', 'repaired rules']),
    because: Type.Object(
      { rule: id, at: Type.Object({ file: text, line: Type.Integer() }, closed), how: text },
      closed,
    ),
  },
  { ...closed, description: 'What an earlier invoice lacked: a line of this bill' },
);

export const correctionsSchema = Type.Object(
  {
    charges: Type.Array(correction, { maxItems: 100_000 }),
    credited: Type.String({ description: 'What credit notes give back at the same time, with tax' }),
    prepaid: Type.Optional(
      Type.Object(
        {
          used: Type.Array(Type.Object({ credit: id, kind: Type.Enum(['paid', 'bonus']), amount }, closed), {
            maxItems: 10_000,
          }),
          rounding: amount,
        },
        { ...closed, description: 'What prepaid credit pays of this bill because corrected cycles use it by right' },
      ),
    ),
  },
  closed,
);

export const interimSchema = Type.Object(
  {
    number: id,
    issuedOn: day,
    shares: Type.Array(
      Type.Object({ subscriptionId: id, taxCategory: Type.String(), taxPercent: amount, amount, tax: amount }, closed),
      { maxItems: 100_000 },
    ),
    passed: Type.Array(Type.Object({ subscriptionId: id, threshold: amount }, closed), { maxItems: 10_000 }),
  },
  { ...closed, description: 'What has been invoiced of this cycle before its end' },
);
