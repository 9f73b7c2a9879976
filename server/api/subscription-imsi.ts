import { Type } from 'typebox';
import { isConstraintViolation } from '../database/constraint-violation.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { problem, withProblems } from './problem.ts';

const imsi = Type.Union([Type.String({ pattern: '^\\d{6,15}$' }), Type.Null()], {
  description: 'Of the card in use; null for none',
});
const body = Type.Object({ imsi }, { additionalProperties: false });

/** By which IMSI usage of a subscription is known, besides its number. */
export function subscriptionImsiRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  api.put(
    '/v1/subscriptions/:id/imsi',
    {
      schema: {
        summary: 'Say which IMSI a subscription has; the same again changes nothing',
        params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
        body,
        response: withProblems({ 200: body }),
      },
    },
    async (request) => {
      const { id } = request.params;
      try {
        const changed = await db('subscription').where({ subscription_id: id }).update({ imsi: request.body.imsi });
        if (changed === 0) throw problem('not-found', `There is no subscription ${id}`);
      } catch (error) {
        if (!isConstraintViolation(error, 'subscription_imsi_idx')) throw error;
        throw problem('imsi-taken', `Another subscription that was not cancelled has the IMSI ${request.body.imsi}`);
      }
      return request.body;
    },
  );
}
