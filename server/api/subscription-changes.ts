import { Type } from 'typebox';
import { versionsOf } from '../../engine/plans.ts';
import {
  type ChangeOutcome,
  readSubscriptionChanges,
  removePause,
  removePlanChange,
  setPause,
  setPlanChange,
} from '../accounts/subscription-changes.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { closed, day } from './json-fields.ts';
import { invalidBody, problem, withProblems } from './problem.ts';

const id = Type.String({ maxLength: 200 });
const params = Type.Object({ id });
const changeParams = Type.Object({ id, from: day });
const planBody = Type.Object({ plan: Type.String({ minLength: 1, maxLength: 200 }) }, closed);
const pauseBody = Type.Object(
  { until: Type.Optional(Type.String({ format: 'date', description: 'First day with service again' })) },
  closed,
);
const changesSchema = Type.Object({
  plan: Type.String({ description: 'Before any change' }),
  planChanges: Type.Array(Type.Object({ from: day, plan: Type.String() })),
  pauses: Type.Array(Type.Object({ from: day, until: Type.Optional(day) })),
});
const response = withProblems({ 200: changesSchema });

/** Changes of plan and pauses of a subscription. */
export function subscriptionChangeRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const answer = async (subscriptionId: string, from: string, outcome: ChangeOutcome) => {
    if (outcome !== 'done') throw refusal(subscriptionId, from, outcome);
    return show(deps, subscriptionId);
  };
  api.get(
    '/v1/subscriptions/:id/changes',
    { schema: { summary: 'Changes of plan and pauses of a subscription', params, response } },
    async (request) => show(deps, request.params.id),
  );
  api.put(
    '/v1/subscriptions/:id/plan-changes/:from',
    {
      schema: {
        summary: 'Change a subscription to another plan from a day on; the same again changes nothing',
        params: changeParams,
        body: planBody,
        response,
      },
    },
    async ({ params: { id: subscriptionId, from }, body: { plan } }) => {
      const rules = deps.engagement.rules();
      if (!rules) throw problem('no-rules-in-force', 'Which plans there are is not known');
      if (versionsOf(rules.document, plan).length === 0)
        throw invalidBody([{ pointer: '#/plan', detail: `is no plan of the rules in force: “${plan}”` }]);
      return answer(subscriptionId, from, await setPlanChange(db, subscriptionId, { from, plan }));
    },
  );
  api.delete(
    '/v1/subscriptions/:id/plan-changes/:from',
    { schema: { summary: 'Take a change of plan back that no bill knows yet', params: changeParams, response } },
    async ({ params: { id: subscriptionId, from } }) =>
      answer(subscriptionId, from, await removePlanChange(db, subscriptionId, from)),
  );
  api.put(
    '/v1/subscriptions/:id/pauses/:from',
    {
      schema: {
        summary: 'Pause a subscription from a day on, or say when its pause from that day ends',
        params: changeParams,
        body: pauseBody,
        response,
      },
    },
    async ({ params: { id: subscriptionId, from }, body: { until } }) => {
      if (until !== undefined && until <= from)
        throw invalidBody([{ pointer: '#/until', detail: `must be after ${from}` }]);
      return answer(subscriptionId, from, await setPause(db, subscriptionId, { from, ...(until && { until }) }));
    },
  );
  api.delete(
    '/v1/subscriptions/:id/pauses/:from',
    { schema: { summary: 'Take a pause back that no bill knows yet', params: changeParams, response } },
    async ({ params: { id: subscriptionId, from } }) =>
      answer(subscriptionId, from, await removePause(db, subscriptionId, from)),
  );
}

async function show({ engagement: { db } }: ApiDeps, subscriptionId: string) {
  const row = await db('subscription').where({ subscription_id: subscriptionId }).first('plan');
  if (!row) throw problem('not-found', `There is no subscription ${subscriptionId}`);
  const { planChanges = [], pauses = [] } =
    (await readSubscriptionChanges(db, [subscriptionId])).get(subscriptionId) ?? {};
  return { plan: row.plan as string, planChanges: [...planChanges], pauses: [...pauses] };
}

function refusal(subscriptionId: string, from: string, outcome: Exclude<ChangeOutcome, 'done'>) {
  switch (outcome) {
    case 'unknown':
      return problem('not-found', `Subscription ${subscriptionId}, or its change from ${from}, is not known`);
    case 'already billed':
      return problem('already-billed', `Bills of subscription ${subscriptionId} would change from ${from}`);
    case 'paused already':
      return problem('paused-already', `Subscription ${subscriptionId} is paused in a part of that time`);
  }
}
