import type { Knex } from 'knex';
import { divide, formatAmount, multiply, parseDecimal, rational, roundToInteger } from '../../engine/money.ts';
import { addDays, daysIn } from '../../engine/period.ts';
import type { CycleReport } from '../api/bill-run-view.ts';

/** Days that DSO looks back over: the three months of a quarter, the usual period of the measure. */
const dsoPeriodDays = 91;

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
  const [revenue, accounts, records, delivery, exceptions, revenueBy, receivables] = await Promise.all([
    readRevenue(db, runId),
    readAccounts(db, runId),
    readRecords(db),
    readDelivery(db, runId),
    readExceptions(db, runId),
    readRevenueBy(db, runId, currency),
    readReceivables(db, run.issued_on, currency),
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
    accuracy: accuracy(accounts.billed),
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

async function readRecords(db: Knex): Promise<CycleReport['records']> {
  return db('usage_file')
    .select(
      db.raw(`coalesce(sum(lines_read), 0)::int as read, coalesce(sum(accepted), 0)::int as accepted, coalesce(sum(duplicate), 0)::int as duplicate,
    coalesce(sum(quarantined), 0)::int as quarantined, coalesce(sum(late), 0)::int as late`),
    )
    .first() as never;
}

/** delivery success = delivered (not merely accepted) ÷ due. */
async function readDelivery(db: Knex, runId: string): Promise<CycleReport['delivery']> {
  const counts = (await db('message')
    .where({ run_id: runId })
    .whereNot({ state: 'suppressed' })
    .select(
      db.raw(`count(*)::int as due,
    (count(*) filter (where state in ('delivered', 'opened')))::int as delivered, (count(*) filter (where state = 'bounced'))::int as bounced,
    (count(*) filter (where state = 'failed'))::int as failed, (count(*) filter (where state in ('queued', 'attempting', 'sent')))::int as waiting`),
    )
    .first()) as unknown as Omit<CycleReport['delivery'], 'percent'>;
  return { ...counts, percent: percent(counts.delivered, counts.due) };
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
    `select s.plan as key, sum((line->>'amount')::numeric)::text as net
    from invoice i cross join jsonb_array_elements(i.bill->'lines') line join subscription s on s.subscription_id = line->>'subscriptionId'
    where i.run_id = ? group by 1 order by 1`,
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

/**
 * accuracy = issued invoices not later corrected ÷ issued. Nothing can correct an invoice in this version of the books
 * (there are no credit notes), so that none has been.
 */
function accuracy(issued: number): CycleReport['accuracy'] {
  return { percent: percent(issued, issued), formula: `invoices not later corrected ÷ issued = ${issued} ÷ ${issued}` };
}

/** DSO = closing receivables ÷ revenue of the period × its days, both with tax, at the end of the issue day. */
async function readReceivables(
  db: Knex,
  issuedOn: string,
  currency: string,
): Promise<Pick<CycleReport, 'dso' | 'payments'>> {
  const from = addDays(issuedOn, 1 - dsoPeriodDays);
  const { rows } = await db.raw(
    `
    with paid as (select invoice_number, sum(amount) as amount from payment where received_on <= ? group by 1)
    select coalesce(sum(i.total - least(i.total, coalesce(p.amount, 0))), 0)::text as open,
           coalesce(sum(i.total - least(i.total, coalesce(p.amount, 0))) filter (where i.due_on < ?), 0)::text as overdue,
           coalesce(sum(i.total) filter (where i.issued_on >= ?), 0)::text as revenue,
           coalesce((select sum(amount) from payment where received_on between ? and ?), 0)::text as received
    from invoice i left join paid p on p.invoice_number = i.number where i.issued_on <= ?`,
    [issuedOn, issuedOn, from, from, issuedOn, issuedOn],
  );
  const [open, overdue, revenue, received] = ['open', 'overdue', 'revenue', 'received'].map((name) =>
    parseDecimal(rows[0][name]),
  ) as [Money, Money, Money, Money];
  const tenths =
    revenue.n === 0n ? 0n : roundToInteger(multiply(divide(open, revenue), rational(dsoPeriodDays * 10)), 'half up');
  const show = (value: Money) => formatAmount(value, currency);
  return {
    dso: {
      days: Number(tenths) / 10,
      periodDays: daysIn({ from, until: addDays(issuedOn, 1) }),
      receivables: show(open),
      revenue: show(revenue),
      formula: `closing receivables ÷ revenue of the last ${dsoPeriodDays} days × ${dsoPeriodDays} = ${show(open)} ÷ ${show(revenue)} × ${dsoPeriodDays}`,
    },
    payments: { received: show(received), open: show(open), overdue: show(overdue) },
  };
}

type Money = ReturnType<typeof parseDecimal>;

/** Two decimals, rounded down: 99.999 % is not 100 %. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((part * 10_000) / whole) / 100;
}
