import { Type } from 'typebox';
import { quarantineReasons } from '../usage/quarantine-reasons.ts';
import { refusedFields } from '../usage/refused-fields.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { nextSchema, pageQuery, searchQuery } from './paging.ts';
import { withProblems } from './problem.ts';
import { groupQuarantined, listQuarantined, sourcesOfQuarantine } from './read/quarantine.ts';

const filter = {
  state: Type.Optional(Type.Enum(['open', 'replayed', 'dropped'])),
  source: Type.Optional(Type.String({ maxLength: 200 })),
  reason: Type.Optional(Type.Enum(Object.keys(quarantineReasons) as (keyof typeof quarantineReasons)[])),
  detail: Type.Optional(Type.String({ maxLength: 10_000, description: 'In full: refused for the very same cause' })),
  file: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })),
  ...searchQuery,
};

/** Usage records that were refused: which there are, and what is wrong with each. */
export function quarantineRoutes(api: Api, deps: ApiDeps): void {
  listRoute(api, deps);
  groupsRoute(api, deps);
}

function listRoute(api: Api, deps: ApiDeps): void {
  const orNull = Type.Union([Type.String(), Type.Null()]);
  const field = Type.Object({
    name: Type.String({ description: 'As the format of the file has it' }),
    text: Type.String(),
    faulty: Type.Boolean({ description: 'Why the record was refused, or possibly why' }),
  });
  const item = Type.Object({
    file: Type.Integer({ description: 'Number of the delivery' }),
    name: Type.String({ description: 'Of the file' }),
    source: Type.String(),
    format: Type.String(),
    line: Type.Integer({ description: '1 for the first' }),
    reason: Type.String(),
    detail: Type.String(),
    raw: Type.String({ description: 'The line as it came' }),
    fields: Type.Union([Type.Array(field), Type.Null()], {
      description: 'The line field by field; null if it cannot be told apart into fields',
    }),
    state: Type.String(),
    corrected: orNull,
    decidedBy: orNull,
    decidedAt: orNull,
    why: orNull,
  });
  api.get(
    '/v1/usage/quarantine',
    {
      schema: {
        summary: 'Usage records that were refused, with file, line and reason',
        querystring: Type.Object({ ...pageQuery, ...filter }),
        response: withProblems({
          200: Type.Object({ items: Type.Array(item), next: nextSchema, total: Type.Integer() }),
        }),
      },
    },
    async ({ query }) => {
      const page = await listQuarantined(deps.engagement.db, query);
      const names = deps.released.inForce()?.document.services.map(({ name }) => name);
      const known = { services: new Set(names), formats: deps.engagement.usageFormats };
      const items = page.items.map((row) => ({
        ...row,
        decidedAt: row.decidedAt?.toISOString() ?? null,
        fields: refusedFields(known, row)?.map((field) => ({ ...field })) ?? null,
      }));
      return { ...page, items };
    },
  );
}

function groupsRoute(api: Api, deps: ApiDeps): void {
  const cause = Type.Object({ detail: Type.String(), records: Type.Integer() });
  const group = Type.Object({
    reason: Type.String(),
    whatToDo: Type.String(),
    records: Type.Integer(),
    files: Type.Integer(),
    sources: Type.Array(Type.String()),
    causes: Type.Integer({ description: 'Different details' }),
    frequent: Type.Array(cause, { description: 'The details that come most often' }),
  });
  api.get(
    '/v1/usage/quarantine/groups',
    {
      schema: {
        summary: 'Usage records that were refused, counted by reason',
        querystring: Type.Object(filter),
        response: withProblems({
          200: Type.Object({
            items: Type.Array(group),
            sources: Type.Array(Type.String(), { description: 'All that ever sent one' }),
          }),
        }),
      },
    },
    async ({ query }) => {
      const { db } = deps.engagement;
      const [groups, sources] = await Promise.all([groupQuarantined(db, query), sourcesOfQuarantine(db)]);
      return { items: groups.map((one) => ({ ...one, whatToDo: quarantineReasons[one.reason] })), sources };
    },
  );
}
