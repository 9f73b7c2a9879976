import { Type } from 'typebox';
import { instantText } from '../input-faults.ts';
import { creditNow } from '../prepaid/credit-now.ts';
import { recordTopUp } from '../prepaid/record-top-up.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { said } from './json-fields.ts';
import { invalidBody, problem, withProblems } from './problem.ts';

const instantOut = Type.String({ format: 'date-time' });
const kind = Type.Enum(['paid', 'bonus']);
const amount = Type.String({
  pattern: '^(?=.*[1-9])\\d{1,9}(\\.\\d{1,2})?$',
  description: 'Decimal amount above zero, tax included',
});
const params = Type.Object({ id: Type.String({ maxLength: 200 }) });

/** Prepaid credit of an account: topped up or given, and what is left of it. */
export function creditRoutes(api: Api, deps: ApiDeps): void {
  topUpRoute(api, deps);
  balanceRoute(api, deps);
}

function topUpRoute(api: Api, deps: ApiDeps): void {
  const words = { ...said, maxLength: 200 };
  const body = Type.Object(
    {
      source: Type.String({ minLength: 1, maxLength: 200, description: 'Who tells: a provider, a shop, a campaign' }),
      id: Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Unique within its source; sent again it changes nothing',
      }),
      kind,
      amount,
      currency: Type.String({ pattern: '^[A-Z]{3}$' }),
      method: Type.Optional({ ...words, description: 'How it was paid (card, voucher); of a payment only' }),
      reason: Type.Optional({ ...words, description: 'What it was given for; of a gift only' }),
      receivedAt: Type.Optional({ ...instantText, description: 'From then on it can be used; now if left out' }),
      expiresAt: Type.Optional({ ...instantText, description: 'From then on it can no longer be used' }),
    },
    { additionalProperties: false },
  );
  const response = Type.Object({ credit: Type.String(), created: Type.Boolean() });
  api.post(
    '/v1/accounts/:id/top-ups',
    {
      schema: {
        summary: 'Top up prepaid credit, or give some; once for each source and id',
        params,
        body,
        response: withProblems({ 200: response, 201: response }),
      },
    },
    async ({ params: { id: accountId }, body: topUp }, reply) => {
      const { now } = await deps.clock.read();
      const receivedAt = topUp.receivedAt === undefined ? now : Date.parse(topUp.receivedAt);
      const expiresAt = topUp.expiresAt === undefined ? undefined : Date.parse(topUp.expiresAt);
      const { method = '', reason = '' } = topUp;
      if (receivedAt > now) throw invalidBody([{ pointer: '#/receivedAt', detail: 'lies in the future' }]);
      if (expiresAt !== undefined && expiresAt <= receivedAt)
        throw invalidBody([{ pointer: '#/expiresAt', detail: 'must be after it was received' }]);
      if ((topUp.kind === 'paid') !== (method !== ''))
        throw invalidBody([{ pointer: '#/method', detail: 'is said of what was paid, and of nothing else' }]);
      if ((topUp.kind === 'bonus') !== (reason !== ''))
        throw invalidBody([{ pointer: '#/reason', detail: 'is said of what was given, and of nothing else' }]);
      const { source, id } = topUp;
      const result = await recordTopUp(deps.engagement.db, {
        ...{ source, id, accountId, kind: topUp.kind, amount: topUp.amount, currency: topUp.currency },
        ...{ method, reason, receivedAt },
        ...(expiresAt !== undefined && { expiresAt }),
      });
      if (result.kind === 'refused') {
        switch (result.reason) {
          case 'no account':
            throw problem('not-found', `There is no billing account ${accountId}`);
          case 'other currency':
            throw invalidBody([{ pointer: '#/currency', detail: 'is not that of the account' }]);
          case 'another top-up of the name':
            throw problem('top-up-differs', `${source} has told of another top-up ${id} before`);
        }
      }
      const created = result.kind === 'recorded';
      return reply.code(created ? 201 : 200).send({ credit: `${source}/${id}`, created });
    },
  );
}

function balanceRoute(api: Api, deps: ApiDeps): void {
  const credit = Type.Object({
    credit: Type.String(),
    kind,
    left: Type.String({ description: 'Decimal amount, tax included, rounded down' }),
    validFrom: instantOut,
    expiresAt: Type.Optional(instantOut),
  });
  const response = Type.Object({
    currency: Type.String(),
    balance: Type.String({ description: 'What can be used now, with the usage that has come so far' }),
    credits: Type.Array(credit),
  });
  api.get(
    '/v1/accounts/:id/credit',
    { schema: { summary: 'Prepaid credit of an account now', params, response: withProblems({ 200: response }) } },
    async ({ params: { id } }) => {
      const rules = deps.released.inForce();
      if (rules === undefined) throw problem('no-rules-in-force', 'What usage costs is not known without rules');
      const { now } = await deps.clock.read();
      const found = await creditNow(deps.engagement.db, deps.loadAccountCycle, id, rules, now);
      if (found === undefined) throw problem('not-found', `There is no billing account ${id}`);
      const { credits, ...sums } = found;
      const inWords = (at: number) => new Date(at).toISOString();
      return {
        ...sums,
        credits: credits.map(({ expiresAt, ...one }) => ({
          ...one,
          validFrom: inWords(one.validFrom),
          ...(expiresAt !== undefined && { expiresAt: inWords(expiresAt) }),
        })),
      };
    },
  );
}
