import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';
import { formatAmount, parseDecimal } from '../../engine/money.ts';

/** How long past its due day an open amount is, oldest last. */
export const ageingBuckets = ['notDue', 'upTo30', 'upTo60', 'upTo90', 'over90'] as const;
export type AgeingBucket = (typeof ageingBuckets)[number];

/** What is open of an account's invoices at the end of a day, by the days since they were due; amounts are decimal texts. */
export interface AgeingRow extends Readonly<Record<AgeingBucket, string>> {
  readonly accountId: string;
  readonly customerName: string;
  readonly currency: string;
  readonly open: string;
  /** Of it past due. */
  readonly overdue: string;
  /** Paid too much, and not used for any invoice yet. */
  readonly credit: string;
}

/** The sums of all accounts of a currency. */
export type AgeingTotal = Omit<AgeingRow, 'accountId' | 'customerName'> & { readonly accounts: number };

export interface Ageing {
  readonly on: LocalDate;
  readonly totals: readonly AgeingTotal[];
  readonly accounts: readonly AgeingRow[];
}

/** From the postings up to the end of a day, so that yesterday's ageing stays what it was; accounts that owe most come first. */
export async function readAgeing(db: Knex, on: LocalDate): Promise<Ageing> {
  const accounts = await db.raw<{ rows: AgeingRow[] }>(
    `${account} select b.account_id as "accountId", c.name as "customerName", a.currency, ${sums('')}
     from account a join billing_account b using (account_id) join customer c using (customer_id)
     where a.open <> 0 or a.credit <> 0 order by a.open desc, b.account_id`,
    { on },
  );
  const totals = await db.raw<{ rows: AgeingTotal[] }>(
    `${account} select currency, count(*)::int as accounts, ${sums('sum')} from account a where open <> 0 or credit <> 0 group by 1 order by 1`,
    { on },
  );
  return { on, totals: totals.rows.map(inMinorUnits), accounts: accounts.rows.map(inMinorUnits) };
}

/** The database says of what is not there 0, whatever the currency. */
function inMinorUnits<Row extends AgeingTotal | AgeingRow>(row: Row): Row {
  const amounts = amountNames.map((name) => [name, formatAmount(parseDecimal(row[name]), row.currency)]);
  return { ...row, ...Object.fromEntries(amounts) };
}

const amountNames = [...ageingBuckets, 'open', 'overdue', 'credit'] as const;

const account = `
  with invoice_open as (
    select p.account_id, j.currency, i.due_on, sum(p.amount) as open
    from posting p join journal_entry j using (entry) join invoice i on i.number = p.invoice_number
    where p.ledger = 'receivables' and j.posted_on <= :on::date group by 1, 2, p.invoice_number, 3 having sum(p.amount) <> 0),
  aged as (
    select account_id, currency, sum(open) as open,
           coalesce(sum(open) filter (where :on::date > due_on), 0) as overdue,
           coalesce(sum(open) filter (where :on::date <= due_on), 0) as "notDue",
           coalesce(sum(open) filter (where :on::date - due_on between 1 and 30), 0) as "upTo30",
           coalesce(sum(open) filter (where :on::date - due_on between 31 and 60), 0) as "upTo60",
           coalesce(sum(open) filter (where :on::date - due_on between 61 and 90), 0) as "upTo90",
           coalesce(sum(open) filter (where :on::date - due_on > 90), 0) as "over90"
    from invoice_open group by 1, 2),
  credited as (
    select p.account_id, j.currency, -sum(p.amount) as credit from posting p join journal_entry j using (entry)
    where p.ledger = 'customer credit' and j.posted_on <= :on::date group by 1, 2 having sum(p.amount) <> 0),
  account as (
    select account_id, currency, coalesce(open, 0) as open, coalesce(overdue, 0) as overdue, coalesce(credit, 0) as credit,
           ${ageingBuckets.map((bucket) => `coalesce("${bucket}", 0) as "${bucket}"`).join(', ')}
    from aged full join credited using (account_id, currency))`;

function sums(aggregate: '' | 'sum'): string {
  return amountNames.map((name) => `${aggregate}(a."${name}")::text as "${name}"`).join(', ');
}
