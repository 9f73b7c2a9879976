import { Type } from 'typebox';
import type { CreditNote } from '../../engine/credit-note.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { day } from './json-fields.ts';
import { problem, withProblems } from './problem.ts';
import { type IssuedCorrection, readCorrections, readCreditNotes } from './read/corrections.ts';
import { readInvoice } from './read/invoices.ts';

const creditNoteFields = {
  number: Type.String(),
  corrects: Type.String({ description: 'Number of the invoice that it gives back from' }),
  accountId: Type.String(),
  issuedOn: day,
  currency: Type.String(),
  net: Type.String(),
  tax: Type.String(),
  total: Type.String(),
};
/** As lists of other things show it. */
export const creditNoteItem = Type.Object(creditNoteFields);
export const creditNoteSchema = Type.Object({
  ...creditNoteFields,
  note: Type.Unsafe<CreditNote>(
    Type.Object({}, { additionalProperties: true, description: 'Lines, taxes and their reasons, as issued' }),
  ),
});

const correctionSchema = Type.Unsafe<IssuedCorrection>(
  Type.Object(
    {},
    { additionalProperties: true, description: 'What was, what should be, and what carried the difference' },
  ),
);

/** What has become of invoices after their issue. */
export function correctionRoutes(api: Api, { engagement: { db } }: ApiDeps): void {
  const params = Type.Object({ number: Type.String({ maxLength: 200 }) });
  const answer = Type.Object({
    creditNotes: Type.Array(creditNoteSchema, { description: 'That give back from this invoice' }),
    corrections: Type.Array(correctionSchema, { description: 'Of its cycle, in the order in which they were made' }),
  });
  api.get(
    '/v1/invoices/:number/corrections',
    { schema: { summary: 'What corrects an invoice', params, response: withProblems({ 200: answer }) } },
    async ({ params: { number } }) => {
      if (!(await readInvoice(db, number))) throw problem('not-found', `There is no invoice ${number}`);
      const [creditNotes, corrections] = [
        await readCreditNotes(db, { corrects: number }),
        await readCorrections(db, number),
      ];
      return { creditNotes: [...creditNotes], corrections: [...corrections] };
    },
  );
}
