import type { Knex } from 'knex';
import { allOf, cursorOf, type Page, type PageQuery, pageOf, rowsWanted } from '../paging.ts';

export interface EventView {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string | null;
  readonly time: string;
  readonly data: unknown;
  /** Which rules fired, what they sent and gave, and why. */
  readonly outcome: unknown;
}

/** Business events, latest first. */
export async function listEvents(db: Knex, query: PageQuery): Promise<Page<EventView>> {
  const after = cursorOf(query, 3);
  const page = allOf(
    after && {
      sql: 'e.occurred_at < ?::timestamptz or (e.occurred_at = ?::timestamptz and (e.source, e.event_id) > (?, ?))',
      values: [after[0], after[0], after[1], after[2]],
    },
  );
  const { rows } = await db.raw<{ rows: EventRow[] }>(
    `select e.source, e.event_id as id, e.type, e.subject, e.occurred_at as "occurredAt", e.occurred_at::text as "exactTime", e.data, e.outcome
     from business_event e ${page.sql} order by e.occurred_at desc, e.source, e.event_id limit ?`,
    [...page.values, rowsWanted(query)] as string[],
  );
  return pageOf(query, rows, view, (row) => [row.exactTime, row.source, row.id]);
}

interface EventRow extends Omit<EventView, 'time'> {
  readonly occurredAt: Date;
  readonly exactTime: string;
}

function view({ occurredAt, exactTime: _, ...row }: EventRow): EventView {
  return { ...row, time: occurredAt.toISOString() };
}
