import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';

/** What was written off of an invoice by a person, or taken back of that (below zero); amounts are decimal texts. */
export interface WriteOffRow {
  readonly on: LocalDate;
  readonly id: string;
  readonly invoiceNumber: string;
  readonly accountId: string;
  readonly customerName: string;
  readonly currency: string;
  readonly amount: string;
  /** The part of it that is the invoice's tax, in proportion; all of an invoice's parts together are its tax to the cent. */
  readonly taxIncluded: string;
  readonly because: string;
}

/** In order of time; of days from one to another if they are told, both included. */
export async function readWriteOffs(
  db: Knex,
  { from, until }: { readonly from?: LocalDate | undefined; readonly until?: LocalDate | undefined },
): Promise<readonly WriteOffRow[]> {
  const { rows } = await db.raw<{ rows: WriteOffRow[] }>(
    `with written as (
       select a.*, i.total, i.tax, i.currency, c.name,
              sum(a.amount) over (partition by a.invoice_number order by a.allocated_on, a.document collate "C", a.place) as so_far
       from allocation a join invoice i on i.number = a.invoice_number join customer c using (customer_id)
       where a.kind = 'write-off' and starts_with(a.document, 'decision '))
     select allocated_on as "on", substr(document, 10) as id, invoice_number as "invoiceNumber", account_id as "accountId", name as "customerName",
            currency, amount::text, because,
            (round(so_far * tax / total, scale(total)) - round((so_far - amount) * tax / total, scale(total)))::text as "taxIncluded"
     from written where allocated_on between coalesce(:from::date, '-infinity') and coalesce(:until::date, 'infinity')
     order by allocated_on, document collate "C", place`,
    { from: from ?? null, until: until ?? null },
  );
  return rows;
}
