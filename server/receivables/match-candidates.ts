import type { Knex } from 'knex';
import type { IncomingPayment } from './payment.ts';

export interface OpenInvoice {
  readonly number: string;
  readonly accountId: string;
  readonly customerName: string;
  readonly open: string;
  readonly dueOn: string;
}

/** An account that the payer's IBAN belongs to, and how we know: a payment before, or a mandate. */
export interface AccountKnown {
  readonly accountId: string;
  readonly source: string;
}

const mostCandidates = 200;

/** The invoices whose plain numbers are among these, the first due first. */
export async function readNamed(trx: Knex, plainNumbers: readonly string[]): Promise<readonly OpenInvoice[]> {
  if (plainNumbers.length === 0) return [];
  const { rows } = await trx.raw<{ rows: OpenInvoice[] }>(
    `${select} where upper(regexp_replace(o.number, '[^A-Za-z0-9]', '', 'g')) = any(?::text[]) order by o.due_on, o.number`,
    [[...plainNumbers]],
  );
  return rows;
}

/** The invoices of an account of which exactly the payment's amount is open, the first due first. */
export async function chooseInvoices(
  trx: Knex,
  accountId: string,
  payment: IncomingPayment,
): Promise<readonly OpenInvoice[]> {
  const { rows } = await trx.raw<{ rows: OpenInvoice[] }>(
    `${select} where o.account_id = ? and o.currency = ? and o.open = ?::numeric order by o.due_on, o.number`,
    [accountId, payment.currency, payment.amount],
  );
  return rows;
}

/** Every invoice of which exactly the payment's amount is open: what a payment without a clear reference could be for. */
export async function openWithAmount(trx: Knex, payment: IncomingPayment): Promise<readonly OpenInvoice[]> {
  // What is open of an invoice is at most its total, which is cheaper to ask.
  const { rows } = await trx.raw<{ rows: OpenInvoice[] }>(
    `${select} where o.currency = ? and o.total >= ?::numeric and o.open = ?::numeric order by o.due_on, o.number limit ${mostCandidates}`,
    [payment.currency, payment.amount, payment.amount],
  );
  return rows;
}

/**
 * Who has paid for one account only, or has given us a mandate for it, is known by the IBAN; for several accounts, nobody can tell. Returned payments
 * teach nothing.
 */
export async function knownPayer(trx: Knex, iban: string | undefined): Promise<AccountKnown | undefined> {
  if (iban === undefined || iban === '') return undefined;
  const { rows } = await trx.raw<{ rows: AccountKnown[] }>(
    `select account_id as "accountId", min(source) as source from (
       select p.account_id, 'payment ' || p.payment_id as source from payment p
       where p.payer_iban = ? and p.account_id is not null
         and not exists (select from payment_return r where r.payment_id = p.payment_id and r.kind <> 'refund')
       union all
       select account_id, 'mandate ' || mandate from payment_instrument where iban = ?) known
     group by 1 limit 2`,
    [iban, iban],
  );
  return rows.length === 1 ? rows[0] : undefined;
}

const select = `
  select o.number, o.account_id as "accountId", c.name as "customerName", o.open, o.due_on as "dueOn"
  from open_invoice o join customer c using (customer_id)`;
