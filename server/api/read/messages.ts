import type { Knex } from 'knex';
import type { StoredMessage } from '../api-deps.ts';
import { containing, type Page, type PageQuery, when } from '../paging.ts';
import { type ListSql, readCountedPage } from './counted-page.ts';

export interface MessageRow extends StoredMessage {
  readonly purpose: string;
  readonly recipient: string;
  readonly customerName: string | null;
  readonly state: string;
  readonly notBefore: Date;
  readonly sentAt: Date | null;
  readonly reason: string | null;
  readonly rule: string;
  /** The recipient is the customer, not somebody who is told about the customer. */
  readonly toCustomer: boolean;
  /** `notBefore` to the microsecond, for the cursor. */
  readonly exactNotBefore: string;
}

export interface MessageQuery extends PageQuery {
  readonly customerId?: string;
  readonly runId?: string;
  readonly state?: string;
  readonly search?: string;
}

/** Latest first, with the number of all that fit. */
export async function listMessages(
  db: Knex,
  query: MessageQuery,
): Promise<Page<MessageRow> & { readonly total: number }> {
  const fits = [
    when(query.customerId, 'm.customer_id = ?'),
    when(query.runId, 'm.run_id = ?'),
    when(query.state, 'm.state = ?'),
    containing(query.search, ['m.recipient', 'c.name', 'm.template', 'm.invoice_number']),
  ];
  return readCountedPage(db, query, list, fits);
}

/** One message; absent if there is none of this key. */
export async function readMessage(db: Knex, key: string): Promise<MessageRow | undefined> {
  const { rows } = await db.raw<{ rows: MessageRow[] }>(`select ${columns} ${from} where m.key = ?`, [key]);
  return rows[0];
}

const columns = `
  m.key, m.template, m.purpose, m.channel, m.recipient, c.name as "customerName", m.language, m.data, m.invoice_number as "invoiceNumber",
  m.state, m.not_before as "notBefore", m.not_before::text as "exactNotBefore", m.sent_at as "sentAt", m.reason, m.rule,
  coalesce(m.recipient in (c.email, c.phone), false) as "toCustomer"`;
const from = 'from message m left join customer c using (customer_id)';

const list: ListSql<MessageRow, MessageRow> = {
  select: `select ${columns} ${from}`,
  counted: from,
  order: 'm.not_before desc, m.key',
  view: (row) => row,
  cursor: (row) => [row.exactNotBefore, row.key],
  parts: 2,
  after: ([at, key]) => ({
    sql: 'm.not_before < ?::timestamptz or (m.not_before = ?::timestamptz and m.key > ?)',
    values: [at, at, key],
  }),
};
