import { Type } from 'typebox';
import { billThresholds } from '../interim/bill-thresholds.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { problem, withProblems } from './problem.ts';

/** Invoices before the end of a cycle: issued by the server's clock, or at once when somebody asks. */
export function interimInvoiceRoutes(
  api: Api,
  { engagement: { db, settings, usageFormats }, released, clock }: ApiDeps,
): void {
  const answer = Type.Object({
    issued: Type.Array(
      Type.Object({
        number: Type.String(),
        accountId: Type.String(),
        currency: Type.String(),
        total: Type.String(),
        passed: Type.Array(Type.Object({ subscriptionId: Type.String(), threshold: Type.String() })),
      }),
    ),
    doubted: Type.Array(Type.Object({ accountId: Type.String(), why: Type.String() }), {
      description: 'Usage that something is the matter with: it waits for the bill of its cycle, or for more usage',
    }),
  });
  api.post(
    '/v1/interim-invoices',
    {
      schema: {
        summary: 'Invoice usage that has come to an amount which its plan says, before the cycle ends',
        response: withProblems({ 200: answer }),
      },
    },
    async () => {
      const rules = released.inForce();
      if (!rules) throw problem('no-rules-in-force', 'There are no rules to bill by');
      const { issued, doubted } = await billThresholds(db, rules, settings, (await clock.read()).now, usageFormats);
      return { issued: issued.map((one) => ({ ...one, passed: [...one.passed] })), doubted: [...doubted] };
    },
  );
}
