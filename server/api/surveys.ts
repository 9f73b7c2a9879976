import { Type } from 'typebox';
import type { Api, ApiDeps } from './api-deps.ts';
import { nextSchema, pageQuery } from './paging.ts';
import { withProblems } from './problem.ts';
import { countReasons, listSurveys } from './read/surveys.ts';

const instant = Type.String({ format: 'date-time' });
const orNull = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()]);

/** Surveys that were asked, their answers, and the reasons over time. */
export function surveyRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const item = Type.Object({
    id: Type.String(),
    message: Type.String(),
    rule: Type.String(),
    subscriptionId: Type.String(),
    customerId: Type.String(),
    customerName: Type.String(),
    askedAt: instant,
    expiresAt: instant,
    answeredAt: orNull(instant),
    reason: orNull(Type.String()),
    comment: orNull(Type.String()),
    kept: orNull(Type.String({ description: 'What would have kept the customer' })),
  });
  const list = Type.Object({ items: Type.Array(item), next: nextSchema });
  const querystring = Type.Object({ ...pageQuery, answered: Type.Optional(Type.Boolean()) });
  api.get(
    '/v1/surveys',
    { schema: { summary: 'Surveys, latest first', querystring, response: withProblems({ 200: list }) } },
    async (request) => listSurveys(db, request.query),
  );

  const reasons = Type.Object({
    items: Type.Array(
      Type.Object({ month: Type.String(), message: Type.String(), reason: Type.String(), answers: Type.Integer() }),
    ),
    asked: Type.Integer(),
    answered: Type.Integer(),
  });
  api.get(
    '/v1/surveys/reasons',
    { schema: { summary: 'Answers by month and reason', response: withProblems({ 200: reasons }) } },
    async () => countReasons(db),
  );
}
