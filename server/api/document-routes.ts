import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { NotExpressible } from '../invoice/en16931/amounts.ts';
import type { Wish } from '../invoice/invoice-pages.ts';
import { NotItemisable } from '../invoice/itemisation.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { preferredType } from './preferred-type.ts';
import { problem, withProblems } from './problem.ts';

export const documentTypes = ['text/html', 'application/pdf', 'application/xml'] as const;
type DocumentType = (typeof documentTypes)[number];

const forms = [
  ['html', 'text/html', 'as a page'],
  ['pdf', 'application/pdf', 'as PDF'],
  ['xml', 'application/xml', 'as an e-invoice: EN 16931 in UBL 2.1'],
] as const;

const itemisedQuery = Type.Object({
  itemised: Type.Optional(Type.Boolean({ description: 'With the usage behind it, event by event' })),
});

/**
 * The forms of an issued document, each under an address of its own: `/v1/invoices/:number/pdf`.
 *
 * @param known throws the problem `not-found` for a number that is none.
 * @param itemisable whether page and PDF come with the usage behind them where `itemised` asks for it.
 */
export function documentRoutes(
  api: Api,
  deps: ApiDeps,
  path: string,
  what: string,
  known: (number: string) => Promise<void>,
  itemisable = false,
): void {
  const params = Type.Object({ number: Type.String({ maxLength: 200 }) });
  for (const [ending, type, words] of forms) {
    api.get(
      `${path}/:number/${ending}`,
      {
        schema: {
          summary: `${what} ${words}`,
          params,
          ...(ending !== 'xml' && itemisable && { querystring: itemisedQuery }),
          produces: [type],
          response: withProblems({}),
        },
      },
      async (request, reply) => {
        const { number } = request.params;
        await known(number);
        const { itemised = false } = request.query as { readonly itemised?: boolean };
        return send(reply, deps, number, type, { itemised });
      },
    );
  }
}

/** Answers with the document where the caller would rather have that than JSON. */
export async function sendPreferred(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  number: string,
): Promise<FastifyReply | undefined> {
  const type = preferredType(request.headers.accept, ['application/json', ...documentTypes]);
  if (type === undefined || type === 'application/json') return undefined;
  return send(reply, deps, number, type, {});
}

async function send(reply: FastifyReply, { invoices }: ApiDeps, number: string, type: DocumentType, wish: Wish) {
  const named = (ending: string) => `inline; filename="${number.replace(/[^A-Za-z0-9._-]/g, '_')}.${ending}"`;
  switch (type) {
    case 'text/html':
      return reply.type('text/html; charset=utf-8').send(await itemisedOr(invoices.html(number, wish)));
    case 'application/pdf':
      return reply
        .type(type)
        .header('content-disposition', named('pdf'))
        .send(await itemisedOr(invoices.pdf(number, wish)));
    case 'application/xml': {
      const xml = await invoices.xml(number).catch((error: Error) => {
        throw error instanceof NotExpressible ? problem('not-expressible', error.message) : error;
      });
      return reply.type('application/xml; charset=utf-8').header('content-disposition', named('xml')).send(xml);
    }
  }
}

/** A document, or the problem that its usage cannot be itemised. */
export async function itemisedOr<T>(made: Promise<T>): Promise<T> {
  return made.catch((error: Error) => {
    throw error instanceof NotItemisable ? problem('not-itemisable', error.message) : error;
  });
}
