import { Type } from 'typebox';
import { instantText } from '../input-faults.ts';
import { usageRecordFields } from '../usage/usage-event-json.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { problem, withProblems } from './problem.ts';

const mostEvents = 10_000;

/** Usage events over HTTP: each is accepted, a duplicate, or in quarantine; none is lost. */
export function usageRoutes(api: Api, deps: ApiDeps): void {
  const event = Type.Object({ ...usageRecordFields, startAt: instantText }, { additionalProperties: false });
  const body = Type.Object(
    {
      source: Type.String({ minLength: 1, maxLength: 200 }),
      events: Type.Array(event, { minItems: 1, maxItems: mostEvents }),
    },
    { additionalProperties: false },
  );
  const response = Type.Object({
    accepted: Type.Integer(),
    duplicate: Type.Integer(),
    quarantined: Type.Array(Type.Object({ index: Type.Integer(), reason: Type.String(), detail: Type.String() })),
  });
  api.post(
    '/v1/usage',
    {
      bodyLimit: 8 * 1024 * 1024,
      schema: { summary: 'Take in usage events', body, response: withProblems({ 200: response }) },
    },
    async ({ body: { source, events } }) => {
      // Without rules no service is known, and all of it would end in quarantine.
      if (deps.released.inForce() === undefined)
        throw problem('no-rules-in-force', 'Usage cannot be told apart without rules');
      const outcome = await deps.ingestUsage(
        source,
        events.map((one) => ({ ...one, startAt: Date.parse(one.startAt) })),
      );
      return { accepted: outcome.accepted, duplicate: outcome.duplicate, quarantined: [...outcome.quarantined] };
    },
  );
}
