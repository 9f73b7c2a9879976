import { Type } from 'typebox';
import { dropRecords } from '../usage/drop-records.ts';
import { replayRecords } from '../usage/replay-records.ts';
import { longestRaw } from '../usage/store-usage.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { collectContext } from './collect-context.ts';
import { closed, said } from './json-fields.ts';
import { withProblems } from './problem.ts';

const mostRecords = 1_000;
const serial = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
const by = { ...said, maxLength: 200, description: 'Who says so' };
const notWaiting = Type.Array(Type.Integer(), { description: 'Places of records that are unknown or no longer wait' });

/** What becomes of usage records that were refused: they are tried again, or nobody waits for them any more. */
export function settleQuarantineRoutes(api: Api, deps: ApiDeps): void {
  replayRoute(api, deps);
  dropRoute(api, deps);
}

function replayRoute(api: Api, deps: ApiDeps): void {
  const text = Type.String({ maxLength: longestRaw });
  const record = Type.Object(
    {
      file: serial,
      line: serial,
      corrected: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: longestRaw,
          description: 'The line as it should have been, in the format of its file; without it the line as it came',
        }),
      ),
      fields: Type.Optional(
        Type.Record(Type.String({ maxLength: 200 }), text, {
          maxProperties: 100,
          description: 'Instead: what single fields should have said, by the names that the list has for them',
        }),
      ),
    },
    closed,
  );
  const body = Type.Object({ records: Type.Array(record, { minItems: 1, maxItems: mostRecords }), by }, closed);
  const refused = Type.Object({ index: Type.Integer(), reason: Type.String(), detail: Type.String() });
  const response = Type.Object({
    accepted: Type.Integer(),
    duplicate: Type.Integer(),
    refused: Type.Array(refused, { description: 'Still waiting, each with its place in the request' }),
    notWaiting,
  });
  api.post(
    '/v1/usage/quarantine/replay',
    {
      schema: {
        summary: 'Try refused usage records again, as they came or corrected',
        body,
        response: withProblems({ 200: response }),
      },
    },
    async ({ body: { records, by } }) => {
      const { now: at } = await deps.clock.read();
      const outcome = await replayRecords(await collectContext(deps), records, { by, at });
      return { ...outcome, refused: [...outcome.refused], notWaiting: [...outcome.notWaiting] };
    },
  );
}

function dropRoute(api: Api, deps: ApiDeps): void {
  const record = Type.Object({ file: serial, line: serial }, closed);
  const body = Type.Object(
    {
      records: Type.Array(record, { minItems: 1, maxItems: mostRecords }),
      by,
      why: { ...said, maxLength: 1000, description: 'Why they are not to be billed' },
    },
    closed,
  );
  api.post(
    '/v1/usage/quarantine/drop',
    {
      schema: {
        summary: 'Give refused usage records up: they are kept as they came, and never billed',
        body,
        response: withProblems({ 200: Type.Object({ dropped: Type.Integer(), notWaiting }) }),
      },
    },
    async ({ body: { records, by, why } }) => {
      const { now: at } = await deps.clock.read();
      const outcome = await dropRecords(deps.engagement.db, records, { by, at, why });
      return { ...outcome, notWaiting: [...outcome.notWaiting] };
    },
  );
}
