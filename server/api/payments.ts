import type { Knex } from 'knex';
import { Type } from 'typebox';
import type { EpochMs } from '../../engine/model.ts';
import { assignPayment } from '../receivables/assign-payment.ts';
import type { IncomingPayment } from '../receivables/payment.ts';
import { returnPayment } from '../receivables/return-payment.ts';
import { takePayment } from '../receivables/take-payment.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { bookedOnce, bookingDay } from './booking-json.ts';
import { closed, day, decidedBy } from './json-fields.ts';
import { nextSchema, pageQuery, searchQuery } from './paging.ts';
import { amountText, incomingPayment, paymentBody, paymentSchema } from './payment-json.ts';
import { invalidBody, problem, withProblems } from './problem.ts';
import { listPayments, type PaymentView, readPayment } from './read/payments.ts';
import { todayIn } from './today.ts';

const params = Type.Object({ id: Type.String({ maxLength: 400 }) });

/** Money that came in: taken in once, matched, assigned by a person where nobody knows, returned. */
export function paymentRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const querystring = Type.Object({
    ...pageQuery,
    ...searchQuery,
    state: Type.Optional(
      Type.Enum(['unmatched', 'credit'], { description: 'Nobody knows whose; or something of it settles nothing' }),
    ),
    accountId: Type.Optional(Type.String({ maxLength: 200 })),
    invoiceNumber: Type.Optional(Type.String({ maxLength: 200 })),
  });
  const list = Type.Object({ items: Type.Array(paymentSchema), next: nextSchema, total: Type.Integer() });
  api.get(
    '/v1/payments',
    { schema: { summary: 'Payments, latest first', querystring, response: withProblems({ 200: list }) } },
    async (request) => listPayments(db, request.query),
  );
  api.get(
    '/v1/payments/:id',
    {
      schema: { summary: 'One payment, with what it settles', params, response: withProblems({ 200: paymentSchema }) },
    },
    async (request) => known(db, request.params.id),
  );
  const response = withProblems({ 200: paymentSchema, 201: paymentSchema });
  api.post(
    '/v1/payments',
    { schema: { summary: 'Take in a payment; told again, it is the same one', body: paymentBody, response } },
    async ({ body }, reply) => {
      if (body.provider === 'bank')
        throw invalidBody([{ pointer: '#/provider', detail: 'is kept for account statements: choose another name' }]);
      const { now } = await deps.clock.read();
      const { created, payment } = await takeOne(deps, incomingPayment(body, todayIn(deps, now)), now);
      return reply.code(created ? 201 : 200).send(payment);
    },
  );
  allocationRoute(api, deps);
  returnRoute(api, deps);
}

/**
 * Takes one payment in and answers with how it stands; shared by the API and the signed webhook.
 *
 * @param first what must be done with it, in its transaction.
 */
export async function takeOne(
  deps: ApiDeps,
  payment: IncomingPayment,
  now: EpochMs,
  first: (trx: Knex) => Promise<void> = async () => {},
): Promise<{ readonly created: boolean; readonly payment: PaymentView }> {
  const { db } = deps.engagement;
  requireRules(deps);
  const booked = await db.transaction(async (trx) => {
    await first(trx);
    const taken = await takePayment(trx, deps.engagement, payment, now);
    // Thrown in here: a signed message that is refused may be heard again.
    if (taken.kind === 'unfit') refuse(taken.field, taken.detail);
    return taken;
  });
  if (booked.kind === 'differs')
    throw problem('payment-differs', `Payment ${booked.paymentId} was taken in with another amount or currency`);
  return { created: booked.kind === 'booked', payment: await known(db, booked.paymentId) };
}

function refuse(field: string, detail: string): never {
  throw invalidBody([{ pointer: `#/${field}`, detail }]);
}

/** Payments are business events, so that somebody must be able to decide on them. */
export function requireRules(deps: ApiDeps): void {
  if (deps.engagement.rules() === undefined)
    throw problem('no-rules-in-force', 'Nothing could be decided on the payment; it was not stored');
}

function allocationRoute(api: Api, deps: ApiDeps): void {
  const body = Type.Object(
    {
      accountId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      invoiceNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      ...decidedBy,
    },
    closed,
  );
  api.post(
    '/v1/payments/:id/allocation',
    {
      schema: {
        summary: 'Say whose a payment is: an account, an invoice, or both',
        params,
        body,
        response: withProblems({ 200: paymentSchema }),
      },
    },
    async ({ params: { id }, body: { accountId, invoiceNumber, by, reason } }) => {
      if (accountId === undefined && invoiceNumber === undefined)
        throw invalidBody([{ pointer: '#', detail: 'must name an account or an invoice' }]);
      requireRules(deps);
      const { now } = await deps.clock.read();
      const target = {
        ...(accountId !== undefined && { accountId }),
        ...(invoiceNumber !== undefined && { invoiceNumber }),
      };
      const result = await deps.engagement.db.transaction((trx) =>
        assignPayment(trx, deps.engagement, { paymentId: id, ...target, by, reason }, now),
      );
      if (result.kind === 'unknown payment') throw problem('not-found', `There is no payment ${id}`);
      if (result.kind !== 'assigned') throw problem('not-assignable', result.detail);
      return known(deps.engagement.db, id);
    },
  );
}

function returnRoute(api: Api, deps: ApiDeps): void {
  const body = Type.Object(
    {
      id: bookedOnce('return'),
      kind: Type.Enum(['return', 'chargeback', 'refund'], { description: 'A refund takes only what settles nothing' }),
      amount: Type.Optional(amountText),
      bankCharge: Type.Optional(amountText),
      returnedOn: Type.Optional(day),
      ...decidedBy,
    },
    closed,
  );
  api.post(
    '/v1/payments/:id/returns',
    {
      schema: {
        summary: 'Book that a payment or a part of it went back',
        params,
        body,
        response: withProblems({ 200: paymentSchema, 201: paymentSchema }),
      },
    },
    async ({ params: { id }, body: { id: returnId, returnedOn, ...rest } }, reply) => {
      const { now } = await deps.clock.read();
      const backOn = bookingDay(deps, returnedOn, now, 'returnedOn');
      const back = { ...rest, id: returnId, paymentId: id, returnedOn: backOn };
      const result = await deps.engagement.db.transaction((trx) => returnPayment(trx, back, now));
      if (result.kind === 'unknown payment') throw problem('not-found', `There is no payment ${id}`);
      if (result.kind === 'unfit') refuse(result.field, result.detail);
      if (result.kind === 'differs')
        throw problem('return-differs', `${returnId} is another return, of another payment, kind or amount`);
      if (result.kind === 'too much')
        throw problem('too-much-back', `At most ${result.available} of payment ${id} can go back this way`, {
          available: result.available,
        });
      return reply.code(result.kind === 'returned' ? 201 : 200).send(await known(deps.engagement.db, id));
    },
  );
}

async function known(db: Knex, id: string): Promise<PaymentView> {
  const payment = await readPayment(db, id);
  if (payment === undefined) throw problem('not-found', `There is no payment ${id}`);
  return payment;
}
