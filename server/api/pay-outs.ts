import { Type } from 'typebox';
import { type PayOutResult, payOut, tooMuchToPayOut } from '../receivables/pay-out.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { bookingBody } from './booking-json.ts';
import { invalidBody, problem, withProblems } from './problem.ts';
import { todayIn } from './today.ts';

const params = Type.Object({ id: Type.String({ maxLength: 200 }) });
const body = bookingBody('pay-out', 'All that can be paid out unless told', 150);
const answer = Type.Object({
  currency: Type.String(),
  released: Type.Optional(
    Type.String({
      description:
        'With tax, of what the last invoice carried forward; what is not refunded of it settles open invoices',
    }),
  ),
  refunds: Type.Array(
    Type.Object({
      paymentId: Type.String({ description: 'Of which it is a refund' }),
      amount: Type.String(),
      payerIban: Type.String({ description: 'Where the payment came from; empty if nobody said' }),
    }),
  ),
});

/** What an account has too much is paid out, for one that is closed or asks for it. */
export function payOutRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/accounts/:id/pay-outs',
    {
      schema: {
        summary:
          'Pay out what an account has paid too much or was given back, and of a closed one what its last invoice carries forward',
        params,
        body,
        response: withProblems({ 200: answer, 201: answer }),
      },
    },
    async ({ params: { id: accountId }, body: { on, ...rest } }, reply) => {
      const { now } = await deps.clock.read();
      const today = todayIn(deps, now);
      const asked = { ...rest, accountId, on: on ?? today };
      // What is refused is thrown inside, so that nothing of it is stored.
      const done = await deps.engagement.db.transaction(async (trx) =>
        paidOut(await payOut(trx, asked, { now, today }), asked),
      );
      const { kind, ...paid } = done;
      return reply.code(kind === 'known' ? 200 : 201).send({ ...paid, refunds: [...paid.refunds] });
    },
  );
}

function paidOut(
  result: PayOutResult,
  { id, accountId }: { readonly id: string; readonly accountId: string },
): Extract<PayOutResult, { kind: 'paid out' | 'known' }> {
  switch (result.kind) {
    case 'unknown account':
      throw problem('not-found', `There is no billing account ${accountId}`);
    case 'unfit':
      throw invalidBody([{ pointer: `#/${result.field}`, detail: result.detail }]);
    case 'differs':
      throw problem('pay-out-differs', `${id} is another pay-out, of another account or amount`);
    case 'too much':
      throw problem('not-so-much-credit', tooMuchToPayOut(accountId, result), {
        available: result.available,
      });
    case 'paid out':
    case 'known':
      return result;
  }
}
