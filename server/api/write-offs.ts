import { Type } from 'typebox';
import { dayFault } from '../receivables/payment.ts';
import { writeOff } from '../receivables/write-off.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { invoiceSchema } from './invoices.ts';
import { amountText } from './payment-json.ts';
import { todayIn } from './payments.ts';
import { invalidBody, problem, withProblems } from './problem.ts';
import { readInvoice } from './read/invoices.ts';

const said = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' });

/** What will never be paid is given up, invoice by invoice. */
export function writeOffRoutes(api: Api, deps: ApiDeps): void {
  const params = Type.Object({ number: Type.String({ maxLength: 200 }) });
  const body = Type.Object(
    {
      id: Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Unique for ever: told again it is the same write-off',
      }),
      amount: Type.Optional({ ...amountText, description: 'With tax; all that is open unless told' }),
      on: Type.Optional(Type.String({ format: 'date', description: 'Today unless told' })),
      by: said,
      reason: said,
    },
    { additionalProperties: false },
  );
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
      const wrongDay = dayFault(on ?? today, today);
      if (wrongDay !== undefined) throw invalidBody([{ pointer: '#/on', detail: wrongDay }]);
      const result = await db.transaction((trx) => writeOff(trx, { ...rest, invoiceNumber: number, on: on ?? today }));
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
