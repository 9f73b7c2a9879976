import type { Knex } from 'knex';
import { containing, type Page, type PageQuery, type Where, when } from '../paging.ts';
import { type ListSql, readCountedPage } from './counted-page.ts';

export interface PaymentView {
  readonly id: string;
  readonly provider: string;
  readonly receivedOn: string;
  readonly amount: string;
  readonly currency: string;
  readonly method: string;
  /** Null: nobody knows whose it is. */
  readonly accountId: string | null;
  readonly customerName: string | null;
  readonly payerName: string;
  readonly payerIban: string;
  readonly reference: string;
  readonly remittance: string;
  readonly matchedBy: string | null;
  readonly because: string;
  /** What settles nothing; of an unmatched payment all that has not gone back. */
  readonly unused: string;
  readonly allocations: {
    readonly invoiceNumber: string;
    readonly amount: string;
    readonly on: string;
    readonly because: string;
  }[];
  readonly returns: {
    readonly id: string;
    readonly kind: string;
    readonly amount: string;
    readonly on: string;
    readonly reason: string;
  }[];
}

export interface PaymentQuery extends PageQuery {
  readonly state?: 'unmatched' | 'credit';
  readonly accountId?: string;
  readonly invoiceNumber?: string;
  readonly search?: string;
}

/** Latest first, with the number of all that fit. */
export async function listPayments(
  db: Knex,
  query: PaymentQuery,
): Promise<Page<PaymentView> & { readonly total: number }> {
  const fits = [
    query.state && states[query.state],
    when(query.accountId, 'p.account_id = ?'),
    when(
      query.invoiceNumber,
      "exists (select from allocation a where a.kind = 'payment' and a.document = p.payment_id and a.invoice_number = ?)",
    ),
    containing(query.search, ['p.payment_id', 'p.payer_name', 'p.remittance', 'c.name', 'p.account_id']),
  ];
  return readCountedPage(db, query, list, fits);
}

/** One payment; absent if there is none of this id. */
export async function readPayment(db: Knex, id: string): Promise<PaymentView | undefined> {
  const { rows } = await db.raw<{ rows: PaymentView[] }>(`${list.select} where p.payment_id = ?`, [id]);
  return rows[0];
}

const states: Readonly<Record<'unmatched' | 'credit', Where>> = {
  unmatched: {
    sql: 'p.account_id is null and p.amount > coalesce((select sum(r.amount) from payment_return r where r.payment_id = p.payment_id), 0)',
    values: [],
  },
  credit: {
    sql: "exists (select from credit_source s where s.kind = 'payment' and s.document = p.payment_id and s.unused > 0)",
    values: [],
  },
};

const from = 'from payment p left join billing_account b using (account_id) left join customer c using (customer_id)';
const list: ListSql<PaymentView, PaymentView> = {
  select: `
  select p.payment_id as id, p.provider, p.received_on as "receivedOn", p.amount, p.currency, p.method, p.account_id as "accountId",
         c.name as "customerName", p.payer_name as "payerName", p.payer_iban as "payerIban", p.reference, p.remittance,
         p.matched_by as "matchedBy", p.because,
         p.amount - coalesce((select sum(r.amount) from payment_return r where r.payment_id = p.payment_id), 0)
                  - coalesce((select sum(a.amount) from allocation a where a.kind = 'payment' and a.document = p.payment_id), 0) as unused,
         coalesce((select jsonb_agg(jsonb_build_object('invoiceNumber', a.invoice_number, 'amount', a.amount::text, 'on', a.allocated_on, 'because', a.because)
                                    order by a.allocated_on, a.invoice_number, a.place)
                   from allocation a where a.kind = 'payment' and a.document = p.payment_id), '[]') as allocations,
         coalesce((select jsonb_agg(jsonb_build_object('id', r.return_id, 'kind', r.kind, 'amount', r.amount::text, 'on', r.returned_on, 'reason', r.reason)
                                    order by r.returned_on, r.return_id)
                   from payment_return r where r.payment_id = p.payment_id), '[]') as returns
  ${from}`,
  counted: from,
  order: 'p.received_on desc, p.payment_id desc',
  view: (row) => row,
  cursor: (row) => [row.receivedOn, row.id],
  parts: 2,
  after: (values) => ({ sql: '(p.received_on, p.payment_id) < (?::date, ?)', values }),
};
