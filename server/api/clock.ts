import { Type } from 'typebox';
import { advanceClock } from '../engagement/clock.ts';
import { instantText } from '../input-faults.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { problem, withProblems } from './problem.ts';

const refusals = {
  'no test clock': 'no-test-clock',
  backwards: 'clock-backwards',
  'too many moments': 'clock-too-far',
} as const;

/** The clock that everything goes by; a test clock can be moved. */
export function clockRoutes(api: Api, deps: ApiDeps): void {
  const clock = Type.Object({ now: Type.String({ format: 'date-time' }), test: Type.Boolean() });
  api.get(
    '/v1/clock',
    { schema: { summary: 'What time it is here', response: withProblems({ 200: clock }) } },
    async () => {
      const { now, test } = await deps.clock.read();
      return { now: new Date(now).toISOString(), test };
    },
  );

  const count = Type.Integer();
  const report = Type.Object({
    termsBegun: count,
    remindersPlanned: count,
    remindersSent: count,
    remindersSkipped: count,
    remindersStopped: count,
    ordersOverdue: count,
    creditNotesTold: count,
    interimInvoices: count,
    messages: count,
    failures: Type.Array(Type.String()),
  });
  const moved = Type.Object({
    now: Type.String({ format: 'date-time' }),
    test: Type.Boolean(),
    moments: count,
    report,
  });
  const body = Type.Object({ now: instantText }, { additionalProperties: false });
  api.put(
    '/v1/clock',
    {
      schema: {
        summary: 'Move the test clock forward and do what becomes due on the way',
        body,
        response: withProblems({ 200: moved }),
      },
    },
    async (request) => {
      const result = await advanceClock(deps.engagement, Date.parse(request.body.now), deps.mostMoments);
      const now = new Date(result.now).toISOString();
      if (result.kind === 'refused')
        throw problem(refusals[result.reason], `The clock was not moved to ${request.body.now}`, { now });
      return {
        now,
        test: true,
        moments: result.moments,
        report: { ...result.report, failures: [...result.report.failures] },
      };
    },
  );
}
