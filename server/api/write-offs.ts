import { Type } from 'typebox';
import { writeOff } from '../receivables/write-off.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { bookingBody } from './booking-json.ts';
import { invoiceSchema } from './invoices.ts';
import { invalidBody, problem, withProblems } from './problem.ts';
import { readInvoice } from './read/invoices.ts';
import { todayIn } from './today.ts';

/** What will never be paid is given up, invoice by invoice. */
export function writeOffRoutes(api: Api, deps: ApiDeps): void {
  const params = Type.Object({ number: Type.String({ maxLength: 200 }) });
  const body = bookingBody('write-off', 'With tax; all that is open unless told');
  api.post(
    '/v1/invoices/:number/write-offs',
    {
      schema: {
        summary: 'Write off what is open of an invoice, or a part of it',
        params,
        body,
        response: withProblems({ 200: invoiceSchema, 201: invoiceSchema }),
      },
    },
    async ({ params: { number }, body: { on, ...rest } }, reply) => {
      const { db } = deps.engagement;
      const today = todayIn(deps, (await deps.clock.read()).now);
      const asked = { ...rest, invoiceNumber: number, on: on ?? today };
      const result = await db.transaction((trx) => writeOff(trx, asked, today));
      switch (result.kind) {
        case 'unknown invoice':
          throw problem('not-found', `There is no invoice ${number}`);
        case 'unfit':
          throw invalidBody([{ pointer: `#/${result.field}`, detail: result.detail }]);
        case 'differs':
          throw problem('write-off-differs', `${rest.id} is another write-off, of another invoice or amount`);
        case 'too much':
          throw problem('not-so-much-open', `${result.available} of invoice ${number} are open`, {
            available: result.available,
          });
        case 'written off':
        case 'known': {
          const { bill: _, ...invoice } = (await readInvoice(db, number)) ?? notThere(number);
          return reply.code(result.kind === 'known' ? 200 : 201).send(invoice);
        }
      }
    },
  );
}

function notThere(number: string): never {
  throw problem('not-found', `There is no invoice ${number}`);
}
