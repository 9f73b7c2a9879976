import { Type } from 'typebox';
import { instantText } from '../input-faults.ts';
import { correctUsage, type UsageCorrection } from '../usage/correct-usage.ts';
import { usageRecordFields } from '../usage/usage-event-json.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { collectContext } from './collect-context.ts';
import { closed, said } from './json-fields.ts';
import { invalidBody, problem, withProblems } from './problem.ts';

const mostCorrections = 1_000;
const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });

/** Records that were wrong are withdrawn or replaced; what was invoiced by them is corrected with the account's next bill. */
export function usageCorrectionRoutes(api: Api, deps: ApiDeps): void {
  const { id: recordId, ...fields } = usageRecordFields;
  const correction = Type.Object(
    {
      id: text(200, 'Chosen by you: sent again, it changes nothing'),
      source: text(200, 'Of the record'),
      recordId,
      reason: { ...said, maxLength: 1_000, description: 'Why the record is wrong' },
      by: { ...said, maxLength: 200, description: 'Who says so' },
      replacement: Type.Optional(
        Type.Object(
          { ...fields, startAt: instantText },
          { ...closed, description: 'What is true instead; without it the record is withdrawn' },
        ),
      ),
    },
    closed,
  );
  const body = Type.Object({ corrections: Type.Array(correction, { minItems: 1, maxItems: mostCorrections }) }, closed);
  const response = Type.Object({
    taken: Type.Integer(),
    known: Type.Integer({ description: 'Sent before with the same id' }),
  });
  api.post(
    '/v1/usage/corrections',
    { schema: { summary: 'Withdraw or replace usage records', body, response: withProblems({ 200: response }) } },
    async ({ body: { corrections } }) => {
      const outcome = await correctUsage(
        await collectContext(deps),
        corrections.map(({ replacement, ...one }): UsageCorrection => {
          if (!replacement) return one;
          return { ...one, replacement: { ...replacement, startAt: Date.parse(replacement.startAt) } };
        }),
      );
      const at = 'index' in outcome ? corrections[outcome.index] : undefined;
      switch (outcome.kind) {
        case 'taken':
          return { taken: outcome.taken, known: outcome.known };
        case 'unknown record':
          throw problem('unknown-record', `Source ${at?.source} has delivered no record ${at?.recordId}`);
        case 'id taken':
          throw problem('correction-id-taken', `The correction ${at?.id} said something else before`);
        case 'refused':
          throw invalidBody([{ pointer: `#/corrections/${outcome.index}/replacement`, detail: outcome.detail }]);
      }
    },
  );
}
