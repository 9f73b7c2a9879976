import { Type } from 'typebox';
import type { EvidenceFigures } from '../../engine/evidence-figures.ts';
import type { Bill } from '../../engine/model.ts';
import { type RateAgainResult, rateAgain } from '../bill-run/rate-again.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { decideException, type ExceptionDecision } from './decide-exception.ts';
import { closed, decidedBy } from './json-fields.ts';
import { nextSchema, pageQuery } from './paging.ts';
import { problem, withProblems } from './problem.ts';
import { type ExceptionView, listExceptions, readDraft, readException } from './read/exceptions.ts';

const textOrNull = Type.Union([Type.String(), Type.Null()]);

const figures = Type.Object(
  {
    measure: Type.String(),
    unit: Type.String(),
    found: Type.String(),
    usual: Type.Optional(Type.String()),
    spread: Type.Optional(Type.String()),
    ofDays: Type.Optional(
      Type.Integer({ description: 'Past use is told as if each cycle had had so many days, as many as this one' }),
    ),
    past: Type.Array(Type.Object({ on: Type.String(), value: Type.String() })),
  },
  { description: 'One measure: found, usual, its robust spread, and the past values, oldest first' },
);

export const exceptionSchema = Type.Object({
  id: Type.Integer(),
  code: Type.String(),
  action: Type.String(),
  severity: Type.String(),
  object: Type.String(),
  subject: Type.String(),
  accountId: textOrNull,
  customerName: textOrNull,
  evidence: Type.String(),
  figures: Type.Unsafe<readonly EvidenceFigures[] | null>(Type.Union([Type.Array(figures), Type.Null()])),
  rule: textOrNull,
  state: Type.String(),
  reason: textOrNull,
  decidedBy: textOrNull,
  draft: Type.Optional(Type.Object({ total: Type.String(), currency: Type.String() })),
});

const idSchema = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

/** The exceptions queue: what a person has to decide. */
export function exceptionRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const querystring = Type.Object({
    ...pageQuery,
    state: Type.Optional(Type.Enum(['open', 'approved', 'rejected', 're-rated'])),
    runId: Type.Optional(Type.String({ maxLength: 100 })),
    accountId: Type.Optional(Type.String({ maxLength: 200 })),
    code: Type.Optional(Type.String({ maxLength: 100 })),
  });
  const list = Type.Object({ items: Type.Array(exceptionSchema), next: nextSchema, total: Type.Integer() });
  api.get(
    '/v1/exceptions',
    { schema: { summary: 'Exceptions', querystring, response: withProblems({ 200: list }) } },
    async (request) => listExceptions(db, request.query),
  );

  const params = Type.Object({ id: idSchema });
  const detail = Type.Object({
    ...exceptionSchema.properties,
    bill: Type.Optional(
      Type.Unsafe<Bill>(
        Type.Object({}, { additionalProperties: true, description: 'The draft: lines, taxes, sums and reasons' }),
      ),
    ),
  });
  api.get(
    '/v1/exceptions/:id',
    { schema: { summary: 'One exception with its draft invoice', params, response: withProblems({ 200: detail }) } },
    async ({ params: { id } }) => {
      const [exception, bill] = await Promise.all([readException(db, id), readDraft(db, id)]);
      if (exception === undefined) throw problem('not-found', `There is no exception ${id}`);
      return { ...exception, ...(bill && { bill }) };
    },
  );

  decisionRoutes(api, deps);
}

/** A decision is for good: whoever decides again is told who was first. */
function decisionRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const params = Type.Object({ id: idSchema });
  const body = Type.Object(decidedBy, closed);
  const response = withProblems({ 200: exceptionSchema });
  api.post(
    '/v1/exceptions/:id/approve',
    { schema: { summary: 'Let the held invoice go out', params, body, response } },
    async ({ params: { id }, body: { reason, by } }) => decide(id, { state: 'approved', reason, by }),
  );
  api.post(
    '/v1/exceptions/:id/reject',
    { schema: { summary: 'Keep the held invoice from going out', params, body, response } },
    async ({ params: { id }, body: { reason, by } }) => decide(id, { state: 'rejected', reason, by }),
  );

  api.post(
    '/v1/exceptions/:id/re-rate',
    { schema: { summary: 'Rate the held invoice again with all that is known now', params, body, response } },
    async ({ params: { id }, body: decision }) => {
      const { now } = await deps.clock.read();
      return answer(id, await rateAgain(db, id, decision, now, deps.engagement.usageFormats));
    },
  );

  async function decide(id: number, decision: ExceptionDecision): Promise<ExceptionView> {
    const { now } = await deps.clock.read();
    return answer(id, await decideException(db, id, decision, now));
  }

  async function answer(id: number, result: RateAgainResult): Promise<ExceptionView> {
    if (result.kind === 'unknown') throw problem('not-found', `There is no exception ${id}`);
    if (result.kind === 'already decided')
      throw problem('already-decided', `Exception ${id} was ${result.state} by ${result.by ?? 'somebody'}`);
    if (result.kind === 'refused') throw problem('cannot-rate-again', result.why);
    if (result.runId !== null) await deps.billRuns.continue(result.runId);
    const decided = await readException(db, id);
    if (decided === undefined) throw new Error(`Exception ${id} is gone although exceptions are never deleted`);
    return decided;
  }
}
