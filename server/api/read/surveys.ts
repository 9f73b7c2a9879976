import type { Knex } from 'knex';
import { allOf, cursorOf, type Page, type PageQuery, pageOf, rowsWanted } from '../paging.ts';

export interface SurveyItem {
  readonly id: string;
  readonly message: string;
  readonly rule: string;
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly answeredAt: string | null;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly kept: string | null;
}

/** Surveys, latest first. */
export async function listSurveys(
  db: Knex,
  query: PageQuery & { readonly answered?: boolean },
): Promise<Page<SurveyItem>> {
  const after = cursorOf(query, 2);
  const page = allOf(
    query.answered === undefined
      ? undefined
      : { sql: query.answered ? 'answered_at is not null' : 'answered_at is null', values: [] },
    after && {
      sql: 'asked_at < ?::timestamptz or (asked_at = ?::timestamptz and survey_id > ?)',
      values: [after[0], after[0], after[1]],
    },
  );
  const { rows } = await db.raw<{ rows: SurveyRow[] }>(
    `select survey_id as id, message, rule, subscription_id as "subscriptionId", customer_id as "customerId",
            c.name as "customerName", asked_at as asked, asked_at::text as "exactAsked", expires_at as expires,
            answered_at as answered, reason, comment, kept
     from survey s join customer c using (customer_id) ${page.sql} order by asked_at desc, survey_id limit ?`,
    [...page.values, rowsWanted(query)] as string[],
  );
  return pageOf(query, rows, view, (row) => [row.exactAsked, row.id]);
}

/** How many answered by month and reason, oldest month first; and how many were asked at all. */
export async function countReasons(db: Knex): Promise<{
  readonly items: { month: string; message: string; reason: string; answers: number }[];
  readonly asked: number;
  readonly answered: number;
}> {
  const { rows } = await db.raw(
    `select to_char(answered_at at time zone c.zone, 'YYYY-MM') as month, message, reason, count(*)::int as answers
     from survey s join customer c using (customer_id) where answered_at is not null
     group by 1, 2, 3 order by 1, 2, 4 desc, 3`,
  );
  const counts = await db('survey')
    .select(db.raw('count(*)::int as asked'), db.raw('count(answered_at)::int as answered'))
    .first<{ asked: number; answered: number }>();
  return { items: rows, asked: counts?.asked ?? 0, answered: counts?.answered ?? 0 };
}

interface SurveyRow extends Omit<SurveyItem, 'askedAt' | 'expiresAt' | 'answeredAt'> {
  readonly asked: Date;
  readonly expires: Date;
  readonly answered: Date | null;
  readonly exactAsked: string;
}

function view({ asked, expires, answered, exactAsked: _, ...row }: SurveyRow): SurveyItem {
  return {
    ...row,
    askedAt: asked.toISOString(),
    expiresAt: expires.toISOString(),
    answeredAt: answered?.toISOString() ?? null,
  };
}
