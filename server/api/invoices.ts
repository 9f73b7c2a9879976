import { Type } from 'typebox';
import type { Bill } from '../../engine/model.ts';
import { explainInvoice } from '../explain/explain-books.ts';
import { NotExplainable } from '../explain/explain-cycle.ts';
import { type ExplainedWithWords, withWords } from '../explain/explanation-words.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { documentRoutes, documentTypes, sendPreferred } from './document-routes.ts';
import { itemisationRoute } from './itemisation.ts';
import { day } from './json-fields.ts';
import { nextSchema, pageQuery, searchQuery } from './paging.ts';
import { problem, withProblems } from './problem.ts';
import { listInvoices, readInvoice } from './read/invoices.ts';

const invoiceFields = {
  number: Type.String(),
  accountId: Type.String(),
  customerName: Type.String(),
  issuedOn: day,
  dueOn: day,
  interim: Type.Integer({ description: '0 for the bill of a cycle; else which invoice of it before its end' }),
  currency: Type.String(),
  net: Type.String(),
  tax: Type.String(),
  total: Type.String(),
  open: Type.String({ description: 'What has not been paid' }),
};
export const invoiceSchema = Type.Object(invoiceFields);

const params = Type.Object({ number: Type.String({ maxLength: 200 }) });
const explanationSchema = Type.Object({
  items: Type.Array(
    Type.Unsafe<ExplainedWithWords>(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description: 'What is explained, its decisions, their rules and reasons in words',
        },
      ),
    ),
  ),
});

/** Issued invoices, as data and as documents. */
export function invoiceRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const querystring = Type.Object({
    ...pageQuery,
    ...searchQuery,
    runId: Type.Optional(Type.String({ maxLength: 100 })),
    accountId: Type.Optional(Type.String({ maxLength: 200 })),
  });
  const list = Type.Object({ items: Type.Array(invoiceSchema), next: nextSchema, total: Type.Integer() });
  api.get(
    '/v1/invoices',
    { schema: { summary: 'Invoices, newest first', querystring, response: withProblems({ 200: list }) } },
    async (request) => listInvoices(db, request.query),
  );

  const detail = Type.Object({
    ...invoiceFields,
    bill: Type.Unsafe<Bill>(
      Type.Object({}, { additionalProperties: true, description: 'Lines, taxes and their reasons, as issued' }),
    ),
  });
  api.get(
    '/v1/invoices/:number',
    {
      schema: {
        summary: 'One invoice with its bill; as page, PDF or e-invoice to who accepts that rather than JSON',
        params,
        produces: ['application/json', ...documentTypes],
        response: withProblems({ 200: detail }),
      },
    },
    async (request, reply) => {
      const invoice = await known(request.params.number);
      return (await sendPreferred(request, reply, deps, invoice.number)) ?? invoice;
    },
  );
  documentRoutes(api, deps, '/v1/invoices', 'The invoice', async (number) => void (await known(number)), true);
  itemisationRoute(api, deps, async (number) => void (await known(number)));

  explanationRoute(api, deps);

  async function known(number: string) {
    const invoice = await readInvoice(db, number);
    if (invoice === undefined) throw problem('not-found', `There is no invoice ${number}`);
    return invoice;
  }
}

function explanationRoute(api: Api, deps: ApiDeps): void {
  const explainQuery = Type.Object({
    of: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'A line by its id or title, a usage event, a rule or a decision set; without it every line',
      }),
    ),
  });
  api.get(
    '/v1/invoices/:number/explanation',
    {
      schema: {
        summary: 'Which rules are behind an invoice, with the values they saw, and why not the others',
        params,
        querystring: explainQuery,
        response: withProblems({ 200: explanationSchema }),
      },
    },
    async (request) => {
      const { number } = request.params;
      const { found, context } = await explainInvoice(deps.engagement.db, number, request.query.of).catch(
        (error: Error) => {
          throw error instanceof NotExplainable ? problem('not-found', error.message) : error;
        },
      );
      return { items: found.map((one) => withWords(one, context)) };
    },
  );
}
