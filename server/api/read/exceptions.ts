import type { Knex } from 'knex';
import type { EvidenceFigures } from '../../../engine/evidence-figures.ts';
import type { Bill } from '../../../engine/model.ts';
import { type Page, type PageQuery, when } from '../paging.ts';
import { type ListSql, readCountedPage } from './counted-page.ts';

export interface ExceptionView {
  readonly id: number;
  readonly code: string;
  readonly action: string;
  readonly severity: string;
  readonly object: string;
  readonly subject: string;
  readonly accountId: string | null;
  readonly customerName: string | null;
  readonly evidence: string;
  /** What was found beside what is usual; null where nothing is compared. */
  readonly figures: readonly EvidenceFigures[] | null;
  readonly rule: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  /** The invoice as it would be, while it is held. */
  readonly draft?: { readonly total: string; readonly currency: string };
}

export interface ExceptionQuery extends PageQuery {
  readonly state?: string;
  readonly runId?: string;
  readonly accountId?: string;
  readonly code?: string;
}

/** In the order they were found, with the number of all that fit. */
export async function listExceptions(
  db: Knex,
  query: ExceptionQuery,
): Promise<Page<ExceptionView> & { readonly total: number }> {
  const fits = [
    when(query.state, 'e.state = ?'),
    when(query.runId, 'e.run_id = ?'),
    when(query.accountId, 'e.account_id = ?'),
    when(query.code, 'e.code = ?'),
  ];
  return readCountedPage(db, query, list, fits);
}

/** One exception; absent if there is none of this id. */
export async function readException(db: Knex, id: number): Promise<ExceptionView | undefined> {
  const { rows } = await db.raw<{ rows: ExceptionRow[] }>(`${select} where e.exception_id = ?`, [id]);
  return rows[0] && view(rows[0]);
}

/** The draft that an exception holds back: the whole bill as it would be issued. Absent if there is none (any more). */
export async function readDraft(db: Knex, id: number): Promise<Bill | undefined> {
  const { rows } = await db.raw<{ rows: { readonly bill: Bill | null }[] }>(
    `select y.bill ${from} where e.exception_id = ?`,
    [id],
  );
  return rows[0]?.bill ?? undefined;
}

interface ExceptionRow extends Omit<ExceptionView, 'draft'> {
  readonly draftTotal: string | null;
  readonly draftCurrency: string | null;
}

function view({ draftTotal, draftCurrency, ...row }: ExceptionRow): ExceptionView {
  return draftTotal === null || draftCurrency === null
    ? row
    : { ...row, draft: { total: draftTotal, currency: draftCurrency } };
}

function wholeNumber(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : 0;
}

const from = `
  from exception e
  left join billing_account a using (account_id)
  left join customer c using (customer_id)
  left join account_cycle y on y.account_id = e.account_id and y.period_from = e.period_from and y.state in ('priced', 'held', 'clear', 'rejected')`;

const select = `
  select e.exception_id as id, e.code, e.action, e.severity, e.object, e.subject, e.account_id as "accountId",
         c.name as "customerName", e.evidence, e.figures, e.rule, e.state, e.reason, e.decided_by as "decidedBy",
         y.bill->>'total' as "draftTotal", y.bill->>'currency' as "draftCurrency"
  ${from}`;

const list: ListSql<ExceptionRow, ExceptionView> = {
  select,
  counted: 'from exception e',
  order: 'e.exception_id',
  view,
  cursor: (row) => [String(row.id)],
  parts: 1,
  after: ([id]) => ({ sql: 'e.exception_id > ?', values: [wholeNumber(id)] }),
};
