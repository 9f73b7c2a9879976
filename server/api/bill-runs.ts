import { Type } from 'typebox';
import type { Api, ApiDeps } from './api-deps.ts';
import { billRunViewSchema, cycleReportSchema } from './bill-run-view.ts';
import { closed, day } from './json-fields.ts';
import { problem, withProblems } from './problem.ts';
import { streamProgress } from './progress-stream.ts';

/** Starting bill runs and following them. */
export function billRunRoutes(api: Api, deps: ApiDeps): void {
  collectionRoutes(api, deps);
  runRoutes(api, deps);
}

function collectionRoutes(api: Api, { billRuns, released }: ApiDeps): void {
  const list = Type.Object({ items: Type.Array(billRunViewSchema) });
  api.get(
    '/v1/bill-runs',
    { schema: { summary: 'Bill runs, newest first', response: withProblems({ 200: list }) } },
    async () => ({ items: [...(await billRuns.list())] }),
  );

  const body = Type.Object({ closesFrom: day, closesUntil: day }, closed);
  api.post(
    '/v1/bill-runs',
    {
      schema: {
        summary: 'Bill the cycles that close in between; 200 if that run exists',
        body,
        response: withProblems({ 200: billRunViewSchema, 202: billRunViewSchema }),
      },
    },
    async ({ body: { closesFrom, closesUntil } }, reply) => {
      if (released.inForce() === undefined) throw problem('no-rules-in-force', 'A bill run needs rules in force');
      const { created, run } = await billRuns.start(closesFrom, closesUntil).catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
        const errors = [{ pointer: '#/closesUntil', detail: error.message }];
        throw problem('invalid-body', `#/closesUntil: ${error.message}`, { errors });
      });
      return reply
        .code(created ? 202 : 200)
        .header('location', `/v1/bill-runs/${encodeURIComponent(run.id)}`)
        .send(run);
    },
  );
}

function runRoutes(api: Api, deps: ApiDeps): void {
  const params = Type.Object({ id: Type.String({ maxLength: 100 }) });
  api.get(
    '/v1/bill-runs/:id',
    { schema: { summary: 'One bill run', params, response: withProblems({ 200: billRunViewSchema }) } },
    async (request) => known(request.params.id),
  );

  api.get(
    '/v1/bill-runs/:id/report',
    { schema: { summary: 'Report of a finished run', params, response: withProblems({ 200: cycleReportSchema }) } },
    async (request) => {
      const run = await known(request.params.id);
      if (run.report === undefined)
        throw problem('not-found', `Bill run ${run.id} has no report yet: it is at “${run.step}”`);
      return run.report;
    },
  );

  api.get(
    '/v1/bill-runs/:id/progress',
    {
      schema: {
        summary: 'Progress as server-sent events, until the run is done',
        params,
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const run = await known(request.params.id);
      await streamProgress(request, reply, deps, run);
    },
  );

  async function known(id: string) {
    const run = await deps.billRuns.read(id);
    if (run === undefined) throw problem('not-found', `There is no bill run ${id}`);
    return run;
  }
}
