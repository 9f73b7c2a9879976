import { Type } from 'typebox';
import { problem } from './problem.ts';

const mostItems = 200;
const usualItems = 50;

/** Query of a list that is read page by page. */
export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: mostItems, description: `Items on a page; ${usualItems} unless told` }),
  ),
  after: Type.Optional(Type.String({ maxLength: 1000, description: '`next` of the page before' })),
};

export const searchQuery = {
  search: Type.Optional(Type.String({ maxLength: 200, description: 'Part of a name or number' })),
};

/** `next` continues the list; null at its end. */
export const nextSchema = Type.Union([Type.String(), Type.Null()]);

/** One page of a list that is sorted by the cursor's parts. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

export interface PageQuery {
  readonly limit?: number;
  readonly after?: string;
}

/** A condition of a WHERE with its values; an absent one is left out. */
export type Where = { readonly sql: string; readonly values: readonly unknown[] } | undefined;

/** `where …` of all conditions that are there. */
export function allOf(...conditions: readonly Where[]): { readonly sql: string; readonly values: readonly unknown[] } {
  const present = conditions.filter((condition) => condition !== undefined);
  const sql = present.length === 0 ? '' : `where ${present.map((condition) => `(${condition.sql})`).join(' and ')}`;
  return { sql, values: present.flatMap((condition) => condition.values) };
}

/** A condition, if there is a value for it. */
export function when(value: unknown, sql: string, times = 1): Where {
  return value === undefined ? undefined : { sql, values: Array<unknown>(times).fill(value) };
}

/** Text found anywhere in one of the columns; what a person types is never a pattern. */
export function containing(search: string | undefined, columns: readonly string[]): Where {
  if (search === undefined || search === '') return undefined;
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return { sql: columns.map((column) => `${column} ilike ?`).join(' or '), values: columns.map(() => pattern) };
}

/** The parts of the cursor `after`, as many as the list is sorted by; absent on the first page. */
export function cursorOf(query: PageQuery, parts: number): readonly string[] | undefined {
  if (query.after === undefined) return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(query.after, 'base64url').toString('utf8'));
    if (Array.isArray(values) && values.length === parts && values.every((value) => typeof value === 'string'))
      return values;
  } catch {
    // Whatever it is, it is not a cursor of ours: said below.
  }
  throw problem('invalid-parameter', '“after” is not the “next” of this list', {
    errors: [{ pointer: '#/after', detail: 'is not the “next” of this list' }],
  });
}

/** As many rows as a page needs to know whether another follows. */
export function rowsWanted(query: PageQuery): number {
  return (query.limit ?? usualItems) + 1;
}

/** Cuts what was read for `rowsWanted` to a page. */
export function pageOf<Row, Item>(
  query: PageQuery,
  rows: readonly Row[],
  view: (row: Row) => Item,
  cursor: (row: Row) => readonly string[],
): Page<Item> {
  const limit = rowsWanted(query) - 1;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shown.map(view),
    next: more ? Buffer.from(JSON.stringify(cursor(last))).toString('base64url') : null,
  };
}
