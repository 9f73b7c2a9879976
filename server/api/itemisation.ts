import { Type } from 'typebox';
import type { Itemisation } from '../invoice/itemisation.ts';
import { itemisationCsv } from '../invoice/itemisation-csv.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { itemisedOr } from './document-routes.ts';
import { preferredType } from './preferred-type.ts';
import { withProblems } from './problem.ts';

const item = Type.Object({
  startAt: Type.String({ format: 'date-time' }),
  direction: Type.Enum(['outgoing', 'incoming']),
  otherNumber: Type.String({ description: 'Of the other side, its last digits hidden; empty for data' }),
  network: Type.String({ description: 'PLMN of the network used' }),
  quantity: Type.Integer({ description: 'Charged: milliseconds, bytes, messages' }),
  part: Type.Optional(Type.String({ description: 'What it adds besides the price of usage' })),
  amount: Type.String({ description: 'To six decimals' }),
  exact: Type.String({ description: 'A fraction; those of a line add up to the line before rounding' }),
});

const line = Type.Object({
  lineId: Type.String(),
  subscriptionId: Type.String(),
  service: Type.String(),
  title: Type.String(),
  amount: Type.String({ description: 'As on the invoice' }),
  exact: Type.String({ description: 'Before rounding' }),
  items: Type.Array(item),
});

/** The usage behind an invoice, as JSON or CSV. */
export function itemisationRoute(api: Api, { invoices }: ApiDeps, known: (number: string) => Promise<void>): void {
  const answer = Type.Object({
    number: Type.String(),
    currency: Type.String(),
    zone: Type.String(),
    lines: Type.Array(line),
  });
  api.get(
    '/v1/invoices/:number/itemisation',
    {
      schema: {
        summary: 'The usage behind an invoice, event by event; CSV to who accepts that, or with `format=csv`',
        params: Type.Object({ number: Type.String({ maxLength: 200 }) }),
        querystring: Type.Object({ format: Type.Optional(Type.Enum(['json', 'csv'])) }),
        produces: ['application/json', 'text/csv'],
        response: withProblems({ 200: answer }),
      },
    },
    async (request, reply) => {
      const { number } = request.params;
      await known(number);
      const itemisation = await itemisedOr(invoices.itemisation(number));
      if (!wantsCsv(request.query.format, request.headers.accept)) return mutable(itemisation);
      const name = number.replace(/[^A-Za-z0-9._-]/g, '_');
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}.csv"`)
        .serializer((text: string) => text)
        .send(itemisationCsv(itemisation) as never);
    },
  );
}

function wantsCsv(format: 'json' | 'csv' | undefined, accept: string | undefined): boolean {
  if (format !== undefined) return format === 'csv';
  return preferredType(accept, ['application/json', 'text/csv']) === 'text/csv';
}

/** The type that the schema gives has no readonly lists. */
function mutable({ lines, ...rest }: Itemisation) {
  return { ...rest, lines: lines.map(({ items, ...one }) => ({ ...one, items: [...items] })) };
}
