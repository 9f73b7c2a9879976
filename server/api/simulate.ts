import { Type } from 'typebox';
import { evaluateCycle } from '../../engine/cycle.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, Bill, Exception, RatedPortion } from '../../engine/model.ts';
import { compileFolder } from '../rules/compile-folder.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { problem, withProblems } from './problem.ts';
import { diagnosticsSchema, overridesSchema, rulesBodyLimit } from './rules.ts';

/** Portions shown: enough to see how a bill came about, few enough for a page. */
const mostPortions = 200;

const anyObject = { additionalProperties: true } as const;
const billSchema = Type.Unsafe<Bill>(Type.Object({}, { ...anyObject, description: 'Bill' }));
const exceptionsSchema = Type.Array(
  Type.Unsafe<Exception>(Type.Object({}, { ...anyObject, description: 'Exception' })),
);
const traceSchema = Type.Array(
  Type.Unsafe<RatedPortion>(Type.Object({}, { ...anyObject, description: 'Rated portion' })),
);

/** One account's bill by the rules in force and by rules that somebody is writing; nothing is stored. */
export function simulateRoutes(api: Api, deps: ApiDeps): void {
  const body = Type.Object(
    {
      accountId: Type.String({ maxLength: 200 }),
      periodFrom: Type.Optional(Type.String({ format: 'date' })),
      files: overridesSchema,
    },
    { additionalProperties: false },
  );
  const response = Type.Object({
    before: Type.Union([Type.Object({ bill: billSchema, exceptions: exceptionsSchema }), Type.Null()]),
    after: Type.Union([
      Type.Object({ bill: billSchema, exceptions: exceptionsSchema, trace: traceSchema }),
      Type.Null(),
    ]),
    diagnostics: diagnosticsSchema,
  });
  api.post(
    '/v1/rules/simulate',
    {
      bodyLimit: rulesBodyLimit,
      schema: { summary: 'Bill one account by changed rules', body, response: withProblems({ 200: response }) },
    },
    async ({ body: { accountId, periodFrom, files } }) => {
      const cycle = await deps.loadAccountCycle(accountId, periodFrom);
      if (cycle === undefined) throw problem('not-found', `No billing account ${accountId} has a cycle to simulate`);
      const compilation = await compileFolder(deps.released.folder, files);
      const released = deps.released.inForce();
      const after = compilation.ruleSet && bill(cycle, loadRuleSet(compilation.ruleSet));
      const before = released && bill(cycle, released);
      return {
        before: before ? { bill: before.bill, exceptions: before.exceptions } : null,
        after: after ?? null,
        diagnostics: [...compilation.diagnostics],
      };
    },
  );
}

function bill(cycle: AccountCycle, rules: LoadedRuleSet) {
  const { bill, exceptions, trace } = evaluateCycle(cycle, rules);
  return { bill, exceptions: [...exceptions], trace: trace.slice(0, mostPortions) };
}
