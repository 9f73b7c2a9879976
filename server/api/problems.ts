import { Type } from 'typebox';
import type { Api } from './api-deps.ts';
import { type ProblemName, problem, problems, problemType, withProblems } from './problem.ts';

/** What each problem means: the documents that a problem's `type` points to. */
export function problemRoutes(api: Api): void {
  const description = Type.Object({
    type: Type.String(),
    status: Type.Integer(),
    title: Type.String(),
    remedy: Type.String(),
  });
  api.get(
    '/v1/problems',
    {
      schema: {
        summary: 'All problems',
        response: withProblems({ 200: Type.Object({ items: Type.Array(description) }) }),
      },
    },
    async () => ({
      items: (Object.keys(problems) as ProblemName[]).map((name) => ({ type: problemType(name), ...problems[name] })),
    }),
  );
  const params = Type.Object({ name: Type.String() });
  api.get(
    '/v1/problems/:name',
    { schema: { summary: 'One problem', params, response: withProblems({ 200: description }) } },
    async ({ params: { name } }) => {
      if (!Object.hasOwn(problems, name)) throw problem('not-found', `No problem is called ${name}`);
      return { type: problemType(name as ProblemName), ...problems[name as ProblemName] };
    },
  );
}
