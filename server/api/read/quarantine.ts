import type { Knex } from 'knex';
import type { QuarantineReason } from '../../usage/quarantine-reasons.ts';
import { allOf, containing, type Page, type PageQuery, type Where, when } from '../paging.ts';
import { type ListSql, readCountedPage } from './counted-page.ts';

export interface QuarantinedRow {
  /** Number of the delivery. */
  readonly file: number;
  readonly name: string;
  readonly source: string;
  readonly format: string;
  readonly line: number;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly raw: string;
  readonly state: string;
  readonly corrected: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly why: string | null;
}

export interface QuarantineFilter {
  readonly state?: string;
  readonly source?: string;
  readonly reason?: string;
  /** A detail in full: what was refused for the very same cause. */
  readonly detail?: string;
  readonly file?: number;
  readonly search?: string;
}

/** Records that were refused, in the order in which they came, with the number of all that fit. */
export async function listQuarantined(
  db: Knex,
  query: QuarantineFilter & PageQuery,
): Promise<Page<QuarantinedRow> & { readonly total: number }> {
  return readCountedPage(db, query, list, conditions(query));
}

const from = 'from quarantined_record q join usage_file f using (file_id)';
const list: ListSql<QuarantinedRow, QuarantinedRow> = {
  select: `select q.file_id as file, f.name, f.source, f.format, q.line_number as line, q.reason, q.detail, q.raw, q.state, q.corrected,
                  q.decided_by as "decidedBy", q.decided_at as "decidedAt", q.why ${from}`,
  counted: from,
  order: 'q.file_id, q.line_number',
  view: (row) => row,
  cursor: ({ file, line }) => [String(file), String(line)],
  parts: 2,
  after: (values) => ({ sql: '(q.file_id, q.line_number) > (?::int, ?::int)', values }),
};

export interface QuarantineGroup {
  readonly reason: QuarantineReason;
  readonly records: number;
  readonly files: number;
  readonly sources: string[];
  /** Different details there are. */
  readonly causes: number;
  /** The most frequent of them. */
  readonly frequent: { readonly detail: string; readonly records: number }[];
}

/** Refused records by reason, the most frequent first, each with the causes that come most often. */
export async function groupQuarantined(db: Knex, query: QuarantineFilter): Promise<QuarantineGroup[]> {
  const where = allOf(...conditions(query));
  const { rows } = await db.raw<{ rows: QuarantineGroup[] }>(
    `with refused as (select q.reason, q.detail, q.file_id, f.source ${from} ${where.sql}),
          cause as (select reason, detail, count(*)::int as records,
                           row_number() over (partition by reason order by count(*) desc, detail) as place
                    from refused group by reason, detail)
     select r.reason, count(*)::int as records, count(distinct r.file_id)::int as files, array_agg(distinct r.source) as sources,
            (select count(*)::int from cause c where c.reason = r.reason) as causes,
            (select jsonb_agg(jsonb_build_object('detail', c.detail, 'records', c.records) order by c.place)
             from cause c where c.reason = r.reason and c.place <= ${mostCauses}) as frequent
     from refused r group by r.reason order by records desc, r.reason`,
    [...where.values] as string[],
  );
  return rows;
}

const mostCauses = 5;

/** Where refused records came from, by name. */
export async function sourcesOfQuarantine(db: Knex): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { source: string }[] }>(`select distinct f.source ${from} order by 1`);
  return rows.map(({ source }) => source);
}

function conditions(query: QuarantineFilter): readonly Where[] {
  return [
    when(query.state, 'q.state = ?'),
    when(query.source, 'f.source = ?'),
    when(query.reason, 'q.reason = ?'),
    when(query.detail, 'q.detail = ?'),
    when(query.file, 'q.file_id = ?'),
    containing(query.search, ['q.raw', 'q.detail', 'f.name']),
  ];
}
