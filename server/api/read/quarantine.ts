import type { Knex } from 'knex';
import { allOf, cursorOf, type Page, type PageQuery, pageOf, rowsWanted, when } from '../paging.ts';

export interface QuarantinedView {
  /** Number of the delivery. */
  readonly file: number;
  readonly name: string;
  readonly source: string;
  readonly format: string;
  readonly line: number;
  readonly reason: string;
  readonly detail: string;
  readonly raw: string;
  readonly state: string;
  readonly corrected: string | null;
  readonly correctedBy: string | null;
}

export interface QuarantineQuery extends PageQuery {
  readonly state?: string;
  readonly source?: string;
  readonly reason?: string;
  readonly file?: number;
}

/** Records that were refused, in the order in which they came. */
export async function listQuarantined(db: Knex, query: QuarantineQuery): Promise<Page<QuarantinedView>> {
  const after = cursorOf(query, 2);
  const where = allOf(
    when(query.state, 'q.state = ?'),
    when(query.source, 'f.source = ?'),
    when(query.reason, 'q.reason = ?'),
    when(query.file, 'q.file_id = ?'),
    after && { sql: '(q.file_id, q.line_number) > (?::int, ?::int)', values: after },
  );
  const { rows } = await db.raw<{ rows: QuarantinedView[] }>(
    `select q.file_id as file, f.name, f.source, f.format, q.line_number as line, q.reason, q.detail, q.raw, q.state, q.corrected,
            q.corrected_by as "correctedBy"
     from quarantined_record q join usage_file f using (file_id) ${where.sql} order by q.file_id, q.line_number limit ?`,
    [...where.values, rowsWanted(query)] as string[],
  );
  return pageOf(
    query,
    rows,
    (row) => row,
    ({ file, line }) => [String(file), String(line)],
  );
}
