import type { Knex } from 'knex';
import type { Bill } from '../../../engine/model.ts';
import { containing, type Page, type PageQuery, when } from '../paging.ts';
import { type ListSql, readCountedPage } from './counted-page.ts';

export interface InvoiceView {
  readonly number: string;
  readonly accountId: string;
  readonly customerName: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  /** 0 for the bill of a cycle; else which invoice of it before its end. */
  readonly interim: number;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  /** What has not been paid; negative when too much has. */
  readonly open: string;
}

export interface InvoiceQuery extends PageQuery {
  readonly runId?: string;
  readonly accountId?: string;
  readonly search?: string;
}

/** Newest first, with the number of all that fit. */
export async function listInvoices(
  db: Knex,
  query: InvoiceQuery,
): Promise<Page<InvoiceView> & { readonly total: number }> {
  const fits = [
    when(query.runId, 'i.run_id = ?'),
    when(query.accountId, 'i.account_id = ?'),
    containing(query.search, ['i.number', 'i.account_id', 'c.name']),
  ];
  return readCountedPage(db, query, list, fits);
}

/** One invoice with its bill as issued; absent if there is none of this number. */
export async function readInvoice(
  db: Knex,
  number: string,
): Promise<(InvoiceView & { readonly bill: Bill }) | undefined> {
  const { rows } = await db.raw<{ rows: (InvoiceView & { bill: Bill })[] }>(
    `select ${columns}, i.bill ${from} where i.number = ?`,
    [number],
  );
  return rows[0];
}

const columns = `
  i.number, i.account_id as "accountId", c.name as "customerName", i.issued_on as "issuedOn", i.due_on as "dueOn", i.interim, i.currency,
  i.net, i.tax, i.total, (select o.open from open_invoice o where o.number = i.number) as open`;
const from = 'from invoice i join customer c using (customer_id)';
const list: ListSql<InvoiceView, InvoiceView> = {
  select: `select ${columns} ${from}`,
  counted: from,
  order: 'i.issued_on desc, i.number desc',
  view: (row) => row,
  cursor: (row) => [row.issuedOn, row.number],
  parts: 2,
  after: (values) => ({ sql: '(i.issued_on, i.number) < (?::date, ?)', values }),
};
