import { Type } from 'typebox';
import type { Api, ApiDeps } from './api-deps.ts';
import { creditNoteSchema } from './corrections.ts';
import { documentRoutes, documentTypes, sendPreferred } from './document-routes.ts';
import { nextSchema, pageQuery } from './paging.ts';
import { problem, withProblems } from './problem.ts';
import { listCreditNotes, readCreditNotes } from './read/corrections.ts';

/** Issued credit notes, as data and as documents. */
export function creditNoteRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const querystring = Type.Object({ ...pageQuery, accountId: Type.Optional(Type.String({ maxLength: 200 })) });
  const list = Type.Object({ items: Type.Array(creditNoteSchema), next: nextSchema, total: Type.Integer() });
  api.get(
    '/v1/credit-notes',
    { schema: { summary: 'Credit notes, newest first', querystring, response: withProblems({ 200: list }) } },
    async (request) => listCreditNotes(db, request.query),
  );

  const params = Type.Object({ number: Type.String({ maxLength: 200 }) });
  api.get(
    '/v1/credit-notes/:number',
    {
      schema: {
        summary: 'One credit note; as page, PDF or e-invoice to who accepts that rather than JSON',
        params,
        produces: ['application/json', ...documentTypes],
        response: withProblems({ 200: creditNoteSchema }),
      },
    },
    async (request, reply) => {
      const note = await known(request.params.number);
      return (await sendPreferred(request, reply, deps, note.number)) ?? note;
    },
  );
  documentRoutes(api, deps, '/v1/credit-notes', 'The credit note', async (number) => void (await known(number)));

  async function known(number: string) {
    const [note] = await readCreditNotes(db, { number });
    if (note === undefined) throw problem('not-found', `There is no credit note ${number}`);
    return note;
  }
}
