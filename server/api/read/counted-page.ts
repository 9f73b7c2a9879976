import type { Knex } from 'knex';
import { allOf, cursorOf, type Page, type PageQuery, pageOf, rowsWanted, type Where } from '../paging.ts';

/** A list as SQL: what a page of it reads, and what counts all of it. */
export interface ListSql<Row, Item> {
  /** `select … from …` */
  readonly select: string;
  /** `from …` with every table that the conditions name. */
  readonly counted: string;
  /** By a unique key, of which `cursor` and `after` speak. */
  readonly order: string;
  readonly view: (row: Row) => Item;
  readonly cursor: (row: Row) => readonly string[];
  /** How many parts a cursor has. */
  readonly parts: number;
  /** What comes after one. */
  readonly after: (cursor: readonly string[]) => Where;
}

/** The page that is asked for, with the number of all that fit. */
export async function readCountedPage<Row, Item>(
  db: Knex,
  query: PageQuery,
  list: ListSql<Row, Item>,
  fits: readonly Where[],
): Promise<Page<Item> & { readonly total: number }> {
  const cursor = cursorOf(query, list.parts);
  const page = allOf(...fits, cursor && list.after(cursor));
  const all = allOf(...fits);
  const [{ rows }, counted] = await Promise.all([
    db.raw<{ rows: Row[] }>(`${list.select} ${page.sql} order by ${list.order} limit ?`, [
      ...page.values,
      rowsWanted(query),
    ] as string[]),
    db.raw<{ rows: { total: number }[] }>(`select count(*) as total ${list.counted} ${all.sql}`, [
      ...all.values,
    ] as string[]),
  ]);
  return { ...pageOf(query, rows, list.view, list.cursor), total: counted.rows[0]?.total ?? 0 };
}
