import type { Knex } from 'knex';
import { formatAmount, parseDecimal } from '../../engine/money.ts';
import { addDays } from '../../engine/period.ts';
import { planOfLineSql, ratedSql } from '../accounts/subscription-changes.ts';
import type { CycleReport } from '../api/bill-run-view.ts';
import { readDso } from '../receivables/dso.ts';
import { readAccuracy, readRunDelivery, share } from './shares.ts';

/** Reads the report from the books as they stand; every figure is a sum over rows that can be looked at. */
export async function readCycleReport(db: Knex, runId: string): Promise<CycleReport> {
  const run = await db('bill_run').where({ run_id: runId }).first();
  const currency =
    (
      await db('account_cycle as c')
        .join('billing_account as a', 'a.account_id', 'c.account_id')
        .where('c.run_id', runId)
        .first('a.currency')
    )?.currency ?? 'EUR';
  const [revenue, accounts, records, delivery, exceptions, revenueBy, receivables, accuracy] = await Promise.all([
    readRevenue(db, runId),
    readAccounts(db, runId),
    readRecords(db, runId),
    readDelivery(db, runId),
    readExceptions(db, runId),
    readRevenueBy(db, runId, currency),
    readReceivables(db, run.issued_on, currency),
    readCorrected(db, runId),
  ]);
  return {
    runId,
    currency,
    revenue,
    accounts,
    records,
    delivery,
    exceptions,
    revenueBy,
    accuracy,
    ...receivables,
  };
}

async function readRevenue(db: Knex, runId: string): Promise<CycleReport['revenue']> {
  return db('invoice')
    .where({ run_id: runId })
    .select(
      db.raw(
        'coalesce(sum(net), 0.00)::text as net, coalesce(sum(tax), 0.00)::text as tax, coalesce(sum(total), 0.00)::text as total',
      ),
    )
    .first() as never;
}

async function readAccounts(db: Knex, runId: string): Promise<CycleReport['accounts']> {
  return db('account_cycle')
    .where({ run_id: runId })
    .select(
      db.raw(`count(*)::int as total, (count(*) filter (where state = 'invoiced'))::int as billed,
    (count(*) filter (where state = 'held'))::int as held, (count(*) filter (where state = 'rejected'))::int as rejected`),
    )
    .first() as never;
}

/** What was delivered up to the run's usage cut, and after that of the run before. */
async function readRecords(db: Knex, runId: string): Promise<CycleReport['records']> {
  return db('usage_file')
    .joinRaw(
      `join bill_run r on r.run_id = ? and file_id <= r.usage_cut and file_id > coalesce((
         select max(o.usage_cut) from bill_run o where (o.closes_until, o.run_id) < (r.closes_until, r.run_id)), 0)`,
      [runId],
    )
    .select(
      db.raw(`coalesce(sum(lines_read), 0)::int as read, coalesce(sum(accepted), 0)::int as accepted, coalesce(sum(duplicate), 0)::int as duplicate,
    coalesce(sum(quarantined), 0)::int as quarantined, coalesce(sum(late), 0)::int as late`),
    )
    .first() as never;
}

async function readDelivery(db: Knex, runId: string): Promise<CycleReport['delivery']> {
  const counts = await readRunDelivery(db, runId);
  return { ...counts, percent: Number(share(counts.delivered, counts.due)) };
}

async function readExceptions(db: Knex, runId: string): Promise<CycleReport['exceptions']> {
  const byCode = (await db('exception')
    .where({ run_id: runId, state: 'open' })
    .groupBy('code')
    .orderBy('code')
    .select('code', db.raw('count(*)::int as count'))) as { code: string; count: number }[];
  return { open: byCode.reduce((total, { count }) => total + count, 0), byCode };
}

async function readRevenueBy(db: Knex, runId: string, currency: string): Promise<CycleReport['revenueBy']> {
  const money = (text: string) => formatAmount(parseDecimal(text), currency);
  const lines = `invoice i cross join jsonb_array_elements(i.bill->'lines') line where i.run_id = ?`;
  const plan = await db.raw(
    `with issued as (select * from invoice where run_id = ?), rated as (${ratedSql('issued')})
    select ${planOfLineSql('line')} as key, sum((line->>'amount')::numeric)::text as net
    from issued i cross join jsonb_array_elements(i.bill->'lines') line join subscription s on s.subscription_id = line->>'subscriptionId'
    left join rated k on k.id = s.subscription_id and k.account_id = i.account_id and k.period_from = i.period_from
    group by 1 order by 1`,
    [runId],
  );
  const service = await db.raw(
    `select coalesce(line->>'service', line->>'kind') as key, sum((line->>'amount')::numeric)::text as net from ${lines} group by 1 order by 1`,
    [runId],
  );
  const tax = await db.raw(
    `select (t->>'category') || ' ' || (t->>'percent') || ' %' as key, sum((t->>'amount')::numeric)::text as tax
    from invoice i cross join jsonb_array_elements(i.bill->'taxes') t where i.run_id = ? group by 1 order by 1`,
    [runId],
  );
  return {
    plan: plan.rows.map((row: { key: string; net: string }) => ({ key: row.key, net: money(row.net) })),
    service: service.rows.map((row: { key: string; net: string }) => ({ key: row.key, net: money(row.net) })),
    tax: tax.rows.map((row: { key: string; tax: string }) => ({ key: row.key, tax: money(row.tax) })),
  };
}

async function readCorrected(db: Knex, runId: string): Promise<CycleReport['accuracy']> {
  const { issued, corrected } = await readAccuracy(db, runId);
  const right = issued - corrected;
  return {
    percent: Number(share(right, issued)),
    formula: `invoices not later corrected ÷ issued = ${right} ÷ ${issued}`,
  };
}

/** At the end of the issue day, from the postings. */
async function readReceivables(
  db: Knex,
  issuedOn: string,
  currency: string,
): Promise<Pick<CycleReport, 'dso' | 'payments'>> {
  const { on, currency: _, ...dso } = await readDso(db, { on: issuedOn, currency });
  const { rows } = await db.raw<{ rows: { overdue: string; received: string }[] }>(
    `select coalesce((select sum(p.amount) from posting p join journal_entry j using (entry) join invoice i on i.number = p.invoice_number
                      where p.ledger = 'receivables' and j.currency = :currency and j.posted_on <= :on::date and i.due_on < :on::date), 0)::text as overdue,
            coalesce((select sum(amount) from payment where currency = :currency and received_on between :from::date and :on::date), 0)::text as received`,
    { on, currency, from: addDays(on, 1 - dso.periodDays) },
  );
  const show = (text: string | undefined) => formatAmount(parseDecimal(text ?? '0'), currency);
  return {
    dso,
    payments: { received: show(rows[0]?.received), open: dso.receivables, overdue: show(rows[0]?.overdue) },
  };
}
