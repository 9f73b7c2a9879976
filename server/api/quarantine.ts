import { Type } from 'typebox';
import { quarantineReasons } from '../usage/quarantine-reasons.ts';
import { replayRecords } from '../usage/replay-records.ts';
import { longestRaw } from '../usage/store-usage.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { collectContext } from './collect-context.ts';
import { nextSchema, pageQuery } from './paging.ts';
import { withProblems } from './problem.ts';
import { listQuarantined } from './read/quarantine.ts';

const mostRecords = 1_000;
const serial = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
const closed = { additionalProperties: false };

/** Usage records that were refused: what they are, and how they are tried again. */
export function quarantineRoutes(api: Api, deps: ApiDeps): void {
  listRoute(api, deps);
  replayRoute(api, deps);
}

function listRoute(api: Api, deps: ApiDeps): void {
  const querystring = Type.Object({
    ...pageQuery,
    state: Type.Optional(Type.Enum(['open', 'replayed', 'dropped'])),
    source: Type.Optional(Type.String({ maxLength: 200 })),
    reason: Type.Optional(Type.Enum(Object.keys(quarantineReasons) as (keyof typeof quarantineReasons)[])),
    file: Type.Optional(serial),
  });
  const orNull = Type.Union([Type.String(), Type.Null()]);
  const item = Type.Object({
    file: Type.Integer({ description: 'Number of the delivery' }),
    name: Type.String({ description: 'Of the file' }),
    source: Type.String(),
    format: Type.String(),
    line: Type.Integer({ description: '1 for the first' }),
    reason: Type.String(),
    detail: Type.String(),
    raw: Type.String({ description: 'The line as it came' }),
    state: Type.String(),
    corrected: orNull,
    correctedBy: orNull,
  });
  api.get(
    '/v1/usage/quarantine',
    {
      schema: {
        summary: 'Usage records that were refused, with file, line and reason',
        querystring,
        response: withProblems({ 200: Type.Object({ items: Type.Array(item), next: nextSchema }) }),
      },
    },
    async ({ query }) => listQuarantined(deps.engagement.db, query),
  );
}

function replayRoute(api: Api, deps: ApiDeps): void {
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
    },
    closed,
  );
  const body = Type.Object(
    {
      records: Type.Array(record, { minItems: 1, maxItems: mostRecords }),
      by: Type.String({ minLength: 1, maxLength: 200, description: 'Who corrects them' }),
    },
    closed,
  );
  const refused = Type.Object({ index: Type.Integer(), reason: Type.String(), detail: Type.String() });
  const response = Type.Object({
    accepted: Type.Integer(),
    duplicate: Type.Integer(),
    refused: Type.Array(refused, { description: 'Still waiting, each with its place in the request' }),
    notWaiting: Type.Array(Type.Integer(), { description: 'Places of records that are unknown or no longer wait' }),
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
      const outcome = await replayRecords(await collectContext(deps), records, by);
      return { ...outcome, refused: [...outcome.refused], notWaiting: [...outcome.notWaiting] };
    },
  );
}
