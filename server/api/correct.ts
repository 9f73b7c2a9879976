import { Type } from 'typebox';
import { applyCorrections, previewCorrections } from '../corrections/ask-corrections.ts';
import type { CorrectionRequest } from '../corrections/find-asked.ts';
import { runSelection } from '../corrections/run-selection.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { correctedInvoice, mutableInvoices } from './corrected-invoice.ts';
import { closed, id, said } from './json-fields.ts';
import { problem, withProblems } from './problem.ts';
import { todayIn } from './today.ts';

/** More are better asked for by `ratebook correct`, which shows how far it is. */
const mostAccounts = 500;
const body = Type.Object(
  {
    accounts: Type.Optional(Type.Array(id, { minItems: 1, maxItems: mostAccounts, uniqueItems: true })),
    run: Type.Optional(Type.String({ maxLength: 100, description: 'All accounts of a bill run, from its cycles on' })),
    from: Type.Optional(
      Type.String({ format: 'date', description: 'The first cycle to correct begins on it or later' }),
    ),
    rules: Type.Optional(
      Type.Literal('in force', { description: 'Repaired rules; without it each cycle by those of its invoice' }),
    ),
    records: Type.Optional(
      Type.Enum(['now', 'tax'], {
        description:
          'As they are now, not as they were when billed: customer and subscriptions; or only what taxes go by (category, country, tax country, VAT number)',
      }),
    ),
    apply: Type.Optional(
      Type.Object(
        { by: { ...said, maxLength: 200 }, why: { ...said, maxLength: 1_000 } },
        { ...closed, description: 'Without it nothing is stored' },
      ),
    ),
  },
  closed,
);

/** Evaluates issued cycles once more: shows what would be corrected, or corrects it. */
export function correctRoutes(api: Api, deps: ApiDeps): void {
  const { engagement, released, clock } = deps;
  const { db } = engagement;
  const answer = Type.Object({
    applied: Type.Boolean(),
    invoices: Type.Array(correctedInvoice),
    refused: Type.Array(Type.Object({ accountId: Type.String(), why: Type.String() })),
  });
  api.post(
    '/v1/corrections',
    { schema: { summary: 'Correct issued invoices, or preview it', body, response: withProblems({ 200: answer }) } },
    async ({ body: { accounts, run, from, rules, records, apply } }) => {
      const selected = run === undefined ? { accounts: accounts ?? [], from } : await runSelection(db, run);
      if (!selected) throw problem('not-found', `There is no bill run ${run}`);
      if ((run === undefined) === (accounts === undefined) || selected.accounts.length > mostAccounts)
        throw problem('correction-unclear', `Name accounts or a run, of at most ${mostAccounts} accounts`);
      const known = await db('billing_account')
        .whereIn('account_id', [...selected.accounts])
        .pluck('account_id');
      const unknown = selected.accounts.find((one) => !known.includes(one));
      if (unknown !== undefined) throw problem('not-found', `There is no billing account ${unknown}`);
      const repaired = rules && released.inForce();
      if (rules && !repaired) throw problem('no-rules-in-force', 'There are no rules to correct by');
      const first = from ?? selected.from;
      const request: CorrectionRequest = {
        accounts: selected.accounts,
        ...(first !== undefined && { from: first }),
        ...(repaired && { ruleSet: repaired.document.hash }),
        ...(records && { records }),
      };
      if (!apply)
        return { applied: false, invoices: mutableInvoices(await previewCorrections(db, request)), refused: [] };
      const today = todayIn(deps, (await clock.read()).now);
      const { invoices, refused } = await applyCorrections(db, request, { ...apply, today });
      return {
        applied: true,
        invoices: mutableInvoices(invoices),
        refused: refused.map(({ accountId, why }) => ({ accountId, why })),
      };
    },
  );
}
