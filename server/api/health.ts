import { Type } from 'typebox';
import type { Api, ApiDeps } from './api-deps.ts';
import { withProblems } from './problem.ts';

/** Whether the server can work, and by which rules and which clock. */
export function healthRoutes(api: Api, deps: ApiDeps): void {
  const response = Type.Object({
    status: Type.Literal('ok'),
    version: Type.String(),
    ruleSet: Type.Union([Type.String(), Type.Null()]),
    database: Type.Literal('ok'),
    now: Type.String({ format: 'date-time' }),
  });
  api.get(
    '/v1/health',
    { schema: { summary: 'Is the server well?', response: withProblems({ 200: response }) } },
    async () => {
      const { now } = await deps.clock.read();
      const ruleSet = deps.released.inForce()?.document.hash ?? null;
      return {
        status: 'ok' as const,
        version: deps.version,
        ruleSet,
        database: 'ok' as const,
        now: new Date(now).toISOString(),
      };
    },
  );
}
