import type { Knex } from 'knex';
import type { CreditUse } from '../../engine/prepaid-credit.ts';

/** A draft of table `correction` that is about to be issued. */
export interface CreditDraft {
  readonly account_id: string;
  readonly period_from: string;
  readonly number: number;
}

/**
 * Writes down what drafts change of the credit that their cycles use, and takes back what paid credit has paid beyond what is used of it
 * now: it is credit again. To be called before the invoices and credit notes that go with them are stored: an invoice may use what comes
 * back, and a credit note settles what is open thereby.
 *
 * @returns the invoices from which something was taken back.
 */
export async function bookCredit(
  trx: Knex.Transaction,
  drafts: readonly CreditDraft[],
  issuedOn: string,
): Promise<readonly string[]> {
  if (drafts.length === 0) return [];
  const keys = [
    drafts.map((draft) => draft.account_id),
    drafts.map((draft) => draft.period_from),
    drafts.map((draft) => draft.number),
  ];
  await trx.raw(
    `
    with draft as (
      select c.* from unnest(?::text[], ?::date[], ?::smallint[]) as d (account_id, period_from, number) join correction c using (account_id, period_from, number)),
    use as (
      select d.account_id, d.period_from, u.one->>'credit' as credit, (u.one->>'amount')::numeric as amount
      from draft d cross join lateral jsonb_array_elements(d.after->'prepaid'->'used') u (one)
      union all
      select u.account_id, u.period_from, u.credit, -u.amount from credit_use u join draft d using (account_id, period_from))
    insert into credit_use (credit, account_id, period_from, correction, invoice_number, amount)
    select u.credit, u.account_id, u.period_from, d.number, d.invoice_number, sum(u.amount)
    from use u join draft d using (account_id, period_from) group by 1, 2, 3, 4, 5 having sum(u.amount) <> 0`,
    keys,
  );
  const { rows } = await trx.raw<{ rows: { invoice_number: string }[] }>(
    `
    with draft as (
      select c.* from unnest(?::text[], ?::date[], ?::smallint[]) as d (account_id, period_from, number) join correction c using (account_id, period_from, number)),
    noted as (select n.one->>'corrects' as number from draft d cross join lateral jsonb_array_elements(d.credit_notes) n (one)),
    excess as (
      select t.credit as document, ${paidSql} - ${usedSql} as amount from top_up t
      where t.kind = 'paid' and t.account_id in (select account_id from draft)),
    paid as (
      select a.kind, a.document, a.invoice_number, a.account_id, sum(a.amount) as amount from allocation a
      where a.kind = 'prepaid credit' and a.account_id in (select account_id from draft) group by 1, 2, 3, 4 having sum(a.amount) > 0),
    ranged as (
      select p.*, e.amount as excess, sum(p.amount) over w - p.amount as from_
      from paid p join excess e using (document) join invoice i on i.number = p.invoice_number
      window w as (partition by p.document order by p.invoice_number in (select number from noted) desc, i.period_from desc, p.invoice_number collate "C")),
    back as (
      select kind, document, invoice_number, account_id, least(amount, excess - from_) as amount from ranged where from_ < excess
      union all
      select a.kind, a.document, a.invoice_number, a.account_id,
             least(sum(a.amount), coalesce((d.after->'prepaid'->>'rounding')::numeric, 0) - coalesce((d.before->'prepaid'->>'rounding')::numeric, 0))
      from draft d join allocation a on a.kind = 'write-off' and a.document = 'rounding' and a.invoice_number = d.invoice_number
      group by a.kind, a.document, a.invoice_number, a.account_id, d.after, d.before)
    insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
    select kind, document, invoice_number, ${nextPlaceSql('back')}, account_id, -amount, ?, 'The correction is paid by less'
    from back where amount > 0 returning invoice_number`,
    [...keys, issuedOn],
  );
  return rows.map(({ invoice_number }) => invoice_number);
}

/** What is still open of invoices from which something was taken back, other paid credit pays that the corrected cycles use in its place. */
export async function settleReopened(
  trx: Knex.Transaction,
  invoices: readonly string[],
  issuedOn: string,
): Promise<void> {
  if (invoices.length === 0) return;
  await trx.raw(
    `
    with owed as (
      select o.*, sum(open) over w as until, sum(open) over w - open as from_ from open_invoice o
      where number = any(?) and open > 0 window w as (partition by account_id order by issued_on, number collate "C")),
    unpaid as (
      select t.credit, t.account_id, ${usedSql} - ${paidSql} as amount from top_up t
      where t.kind = 'paid' and t.account_id in (select account_id from owed)),
    ranged as (
      select *, sum(amount) over w as until, sum(amount) over w - amount as from_ from unpaid
      where amount > 0 window w as (partition by account_id order by credit collate "C")),
    pays as (
      select r.credit as document, o.number as invoice_number, r.account_id, least(r.until, o.until) - greatest(r.from_, o.from_) as amount
      from ranged r join owed o using (account_id) where least(r.until, o.until) > greatest(r.from_, o.from_))
    insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
    select 'prepaid credit', document, invoice_number, ${nextPlaceSql('pays', "'prepaid credit'")}, account_id, amount, ?, 'Paid by other prepaid credit'
    from pays`,
    [[...invoices], issuedOn],
  );
}

/** By account: what corrections use of paid credit that has paid nothing yet. */
export async function readUnpaidUses(
  db: Knex,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, readonly CreditUse[]>> {
  const { rows } = await db.raw<{ rows: (Omit<CreditUse, 'kind'> & { readonly account_id: string })[] }>(
    `
    select * from (select t.account_id, t.credit, ${usedSql} - ${paidSql} as amount from top_up t
      where t.kind = 'paid' and t.account_id = any(?)) u
    where amount > 0 order by account_id collate "C", credit collate "C"`,
    [[...accountIds]],
  );
  const uses = new Map<string, CreditUse[]>();
  for (const { account_id, credit, amount } of rows)
    uses.set(account_id, [...(uses.get(account_id) ?? []), { credit, kind: 'paid', amount }]);
  return uses;
}

const usedSql = '(select coalesce(sum(u.amount), 0) from credit_use u where u.credit = t.credit)';
const paidSql = `(select coalesce(sum(a.amount), 0) from allocation a where a.kind = 'prepaid credit' and a.document = t.credit)`;

function nextPlaceSql(of: string, kind = `${of}.kind`): string {
  return `1 + (select coalesce(max(a.place), 0) from allocation a where a.kind = ${kind} and a.document = ${of}.document and a.invoice_number = ${of}.invoice_number)`;
}
