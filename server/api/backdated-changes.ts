import { Type } from 'typebox';
import { versionsOf } from '../../engine/plans.ts';
import { type BackdatedChange, readBackdated } from '../accounts/backdated-changes.ts';
import { type BackdateOutcome, backdate, previewBackdated } from '../corrections/backdate.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { correctedInvoice, mutableInvoices } from './corrected-invoice.ts';
import { closed, day, id, said } from './json-fields.ts';
import { invalidBody, problem, withProblems } from './problem.ts';
import { todayIn } from './today.ts';

const mostChanges = 20;
const params = Type.Object({ id: Type.String({ maxLength: 200 }) });

const change = Type.Union(
  [
    Type.Object({ kind: Type.Literal('plan change'), from: day, plan: id }, closed),
    Type.Object({ kind: Type.Literal('plan change taken back'), from: day }, closed),
    Type.Object(
      {
        kind: Type.Literal('pause'),
        from: day,
        until: Type.Optional(Type.String({ format: 'date', description: 'First day with service again' })),
      },
      { ...closed, description: 'Or, of a pause from that day on, its end' },
    ),
    Type.Object({ kind: Type.Literal('pause taken back'), from: day }, closed),
    Type.Object(
      {
        kind: Type.Literal('cancellation'),
        on: Type.String({ format: 'date', description: 'First day without service' }),
      },
      closed,
    ),
    Type.Object({ kind: Type.Literal('cancellation taken back') }, closed),
    Type.Object(
      { kind: Type.Literal('activation'), on: Type.String({ format: 'date', description: 'First day of service' }) },
      closed,
    ),
  ],
  { description: 'What was so while the account was billed otherwise' },
);

const body = Type.Object(
  {
    changes: Type.Array(change, { minItems: 1, maxItems: mostChanges, description: 'In this order, all or none' }),
    apply: Type.Optional(
      Type.Object(
        { by: { ...said, maxLength: 200 }, why: { ...said, maxLength: 1_000 } },
        { ...closed, description: 'Without it nothing is stored' },
      ),
    ),
  },
  closed,
);
const answer = Type.Object({ applied: Type.Boolean(), invoices: Type.Array(correctedInvoice) });
const written = Type.Object({
  from: Type.String({ format: 'date', description: 'First day that is otherwise than it was billed' }),
  change: Type.Unsafe<BackdatedChange>(change),
  knownOn: day,
  by: Type.Union([Type.String(), Type.Null()], { description: 'null: a business event told of it' }),
  why: Type.String(),
});

/** Changes of subscriptions that reach back into billed cycles: what they cost or give back, and those that were entered. */
export function backdatedChangeRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const path = '/v1/subscriptions/:id/backdated-changes';
  api.get(
    path,
    {
      schema: {
        summary: 'Changes of a subscription that became known when their days were billed',
        params,
        response: withProblems({ 200: Type.Array(written) }),
      },
    },
    async ({ params: { id } }) => {
      const known = await db('subscription').where({ subscription_id: id }).first('subscription_id');
      if (!known) throw problem('not-found', `There is no subscription ${id}`);
      return [...(await readBackdated(db, id))];
    },
  );
  api.post(
    path,
    {
      schema: {
        summary: 'Change a subscription in days that are billed, and correct the invoices; or preview it',
        params,
        body,
        response: withProblems({ 200: answer }),
      },
    },
    async ({ params: { id }, body: { changes, apply } }) => {
      checkChanges(deps, changes);
      const today = todayIn(deps, (await deps.clock.read()).now);
      const request = { subscriptionId: id, changes };
      const outcome = apply
        ? await backdate(db, request, { ...apply, today })
        : await previewBackdated(db, request, today);
      if (outcome.kind !== 'corrected') throw refusal(id, outcome);
      return { applied: apply !== undefined, invoices: mutableInvoices(outcome.invoices) };
    },
  );
}

function checkChanges(deps: ApiDeps, changes: readonly BackdatedChange[]): void {
  const rules = deps.engagement.rules();
  if (!rules) throw problem('no-rules-in-force', 'Which plans there are is not known');
  for (const [index, one] of changes.entries()) {
    if (one.kind === 'plan change' && versionsOf(rules.document, one.plan).length === 0)
      throw invalidBody([
        { pointer: `#/changes/${index}/plan`, detail: `is no plan of the rules in force: “${one.plan}”` },
      ]);
    if (one.kind === 'pause' && one.until !== undefined && one.until <= one.from)
      throw invalidBody([{ pointer: `#/changes/${index}/until`, detail: `must be after ${one.from}` }]);
  }
}

/** For people, who count from one. */
function nth(index: number): string {
  return `change ${index + 1}`;
}

function refusal(id: string, outcome: Exclude<BackdateOutcome, { kind: 'corrected' }>) {
  switch (outcome.kind) {
    case 'unknown subscription':
      return problem('not-found', `There is no subscription ${id}`);
    case 'unknown change':
      return problem('not-found', `Subscription ${id} has nothing to take back there (${nth(outcome.index)})`);
    case 'ends too early':
      return invalidBody([
        {
          pointer: `#/changes/${outcome.index}/on`,
          detail: `must not be before ${outcome.first}, the first day on which it can end`,
        },
      ]);
    case 'overlapping pause':
      return problem('paused-already', `Subscription ${id} is paused in a part of that time (${nth(outcome.index)})`);
    case 'ahead':
      return problem(
        'not-billed-yet',
        `Subscription ${id} is billed until ${outcome.billedUntil}; no bill would change`,
      );
    case 'refused':
      return problem('cannot-reach-back', outcome.why);
  }
}
