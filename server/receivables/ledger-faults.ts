import type { Knex } from 'knex';

/** Something of the ledger that is untrue; the list of them must be empty after whatever happened. */
export interface LedgerFault {
  readonly check: LedgerCheck;
  /** The entry, document, account or currency that it is untrue of. */
  readonly subject: string;
  readonly detail: string;
}

export type LedgerCheck = keyof typeof checks;

/**
 * Everything that must hold of the ledger, asked of the documents and of the postings independently. Each query lists what is untrue as
 * `subject`, `expected` (by the documents) and `found` (by the postings).
 */
const checks = {
  'every entry balances in its currency': `
    select entry as subject, '0' as expected, sum(amount)::text as found from posting group by 1 having sum(amount) <> 0`,
  'the trial balance of every currency is zero': `
    select currency as subject, '0' as expected, sum(amount)::text as found from posting join journal_entry using (entry)
    group by 1 having sum(amount) <> 0`,
  'every document is posted once, and nothing is posted without one': `
    with document as (
      select 'invoice ' || number as entry from invoice
      union all select 'credit note ' || number from credit_note
      union all select 'payment ' || payment_id from payment
      union all select 'return ' || return_id from payment_return
      union all select distinct 'carried credit ' || pay_out from released_credit
      union all select 'allocation ' || concat_ws(' ', kind, document, invoice_number, place) from allocation)
    select coalesce(d.entry, j.entry) as subject, count(d.entry)::text as expected, count(j.entry)::text as found
    from document d full join (select entry from journal_entry where kind not in ('assignment', 'top-up')) j on j.entry = d.entry
    where d.entry is null or j.entry is null group by 1`,
  'an invoice’s receivables are its open amount': `
    select o.number as subject, o.open::text as expected, coalesce(p.amount, 0)::text as found
    from open_invoice o left join (
      select invoice_number, sum(amount) as amount from posting where ledger = 'receivables' group by 1) p on p.invoice_number = o.number
    where o.open <> coalesce(p.amount, 0)`,
  'an invoice is open from nothing to its total': `
    select number as subject, '0 to ' || total as expected, open::text as found from open_invoice where open not between 0 and total`,
  'an account owes its open invoices less its unused credit': `
    with owed as (select account_id, sum(open) as amount from open_invoice group by 1),
    credit as (select account_id, sum(unused) as amount from credit_source group by 1),
    posted as (select account_id, sum(amount) as amount from posting where ledger in ('receivables', 'customer credit') group by 1)
    select a.account_id as subject, (coalesce(o.amount, 0) - coalesce(c.amount, 0))::text as expected, coalesce(p.amount, 0)::text as found
    from billing_account a left join owed o using (account_id) left join credit c using (account_id) left join posted p using (account_id)
    where coalesce(o.amount, 0) - coalesce(c.amount, 0) <> coalesce(p.amount, 0)`,
  'no credit is used twice': `
    select kind || ' ' || document as subject, 'at least 0' as expected, unused::text as found from credit_source where unused < 0`,
  'unmatched payments are those without an account': `
    with unmatched as (
      select p.currency, sum(p.amount - coalesce((select sum(r.amount) from payment_return r where r.payment_id = p.payment_id), 0)) as amount
      from payment p where p.account_id is null group by 1),
    posted as (select currency, -sum(amount) as amount from posting join journal_entry using (entry) where ledger = 'unmatched payments' group by 1)
    select coalesce(u.currency, p.currency) as subject, coalesce(u.amount, 0)::text as expected, coalesce(p.amount, 0)::text as found
    from unmatched u full join posted p on p.currency = u.currency where coalesce(u.amount, 0) <> coalesce(p.amount, 0)`,
  'revenue and taxes are those of invoices less credit notes and released credit': `
    with document as (
      select currency, net, tax from invoice union all select currency, -net, -tax from credit_note
      union all select currency, -amount, -tax from released_credit),
    said as (select currency, sum(net) as net, sum(tax) as tax from document group by 1),
    posted as (
      select currency, -coalesce(sum(amount) filter (where ledger = 'revenue'), 0) as net,
             -coalesce(sum(amount) filter (where ledger = 'tax payable'), 0) as tax
      from posting join journal_entry using (entry) group by 1)
    select s.currency as subject, s.net || ' and ' || s.tax as expected, coalesce(p.net, 0) || ' and ' || coalesce(p.tax, 0) as found
    from said s left join posted p using (currency) where s.net <> coalesce(p.net, 0) or s.tax <> coalesce(p.tax, 0)`,
} as const;

/** At most so many faults of one check: the first few say what is the matter. */
const mostFaults = 20;

/** Asks all checks in one snapshot. An empty list: the ledger is true. */
export async function findLedgerFaults(db: Knex): Promise<readonly LedgerFault[]> {
  return db.transaction(askLedger, { isolationLevel: 'repeatable read', readOnly: true });
}

/** The same inside of a transaction, which sees its own changes. */
export async function askLedger(trx: Knex): Promise<readonly LedgerFault[]> {
  const faults: LedgerFault[] = [];
  for (const [check, sql] of Object.entries(checks) as [LedgerCheck, string][]) {
    const { rows } = await trx.raw<{ rows: { subject: string; expected: string; found: string }[] }>(
      `${sql} limit ${mostFaults}`,
    );
    for (const { subject, expected, found } of rows)
      faults.push({ check, subject, detail: `${expected} by the documents, ${found} by the postings` });
  }
  return faults;
}

/** The names of everything that is checked, in their order. */
export const ledgerChecks = Object.keys(checks) as readonly LedgerCheck[];
