/** Figures that are sums over issued documents: of those of a run, and of those that no run issued. */
import type { Knex } from 'knex';
import { planOfLineSql, ratedSql } from '../accounts/subscription-changes.ts';
import type { MetricName } from './metrics.ts';

export interface DocumentFigure {
  readonly metric: MetricName;
  readonly key: string;
  readonly currency: string;
  /** Decimal text, before tax unless it is the tax. */
  readonly value: string;
}

/** Revenue and tax of the invoices of a run less its credit notes, by plan, service and kind of tax. */
export async function readFiguresOfRun(db: Knex, run: string): Promise<readonly DocumentFigure[]> {
  return (await readFigures(db, documentsOfRun, { run })).map(({ on: _, ...figure }) => figure);
}

/**
 * The same of what no run issued, by the day of issue, the earliest first: corrections that a person asked for, invoices in mid-cycle, credit that
 * was paid out, what a predecessor issued. With those of all runs they are what the ledger says.
 */
export async function readFiguresOutsideRuns(db: Knex): Promise<readonly (DocumentFigure & { readonly on: string })[]> {
  const figures = await readFigures(db, documentsOutsideRuns, {});
  // Sorting is stable: of a day the metrics stay in their order.
  return figures.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

async function readFigures(db: Knex, documents: string, bindings: { readonly run?: string }) {
  const found: (DocumentFigure & { readonly on: string })[] = [];
  for (const [metric, sql] of Object.entries(breakdowns) as [MetricName, string][]) {
    const { rows } = await db.raw<{ rows: Omit<(typeof found)[number], 'metric'>[] }>(
      `with document as (${documents}), ${parts} ${sql} group by 1, 2, 3 order by 1, 3, 2`,
      bindings,
    );
    found.push(...rows.map((row) => ({ metric, ...row })));
  }
  return found;
}

const noteColumns = 'n.issued_on, n.account_id, i.period_from, n.currency, n.note::jsonb, n.net, n.tax, -1';
const invoiceColumns = `i.issued_on as "on", i.account_id, i.period_from, i.currency, i.bill::jsonb as bill, i.net, i.tax, 1 as sign`;

const documentsOfRun = `
  select ${invoiceColumns} from invoice i where i.run_id = :run
  union all select ${noteColumns} from credit_note n join invoice i on i.number = n.corrects where n.run_id = :run`;

/** Credit that is paid out takes back what the last bill charged to carry it forward. */
const documentsOutsideRuns = `
  select ${invoiceColumns} from invoice i where i.run_id is null
  union all select ${noteColumns} from credit_note n join invoice i on i.number = n.corrects where n.run_id is null
  union all select released_on, account_id, null, currency, jsonb_build_object(
      'lines', jsonb_build_array(jsonb_build_object(
        'kind', 'credit carried forward', 'subscriptionId', subscription_id, 'from', known_from, 'amount', amount)),
      'taxes', jsonb_build_array(jsonb_build_object('category', tax_category, 'percent', tax_percent, 'base', amount, 'amount', tax))),
    amount, tax, -1 from released_credit`;

/** A predecessor's document need say neither lines nor taxes, nor the base of a tax: then it is one line, under no rate, and all of it the base. */
const parts = `
  line as (select d.*, l from document d cross join lateral jsonb_array_elements(
    case when coalesce(jsonb_array_length(d.bill->'lines'), 0) > 0 then d.bill->'lines'
         else jsonb_build_array(jsonb_build_object('kind', 'not itemised', 'amount', d.net)) end) l),
  taxed as (select d.*, t from document d cross join lateral jsonb_array_elements(
    case when coalesce(jsonb_array_length(d.bill->'taxes'), 0) > 0 then d.bill->'taxes'
         else jsonb_build_array(jsonb_build_object('category', 'no rate', 'base', d.net, 'amount', d.tax)) end) t)`;

const netOfLines = "sum(sign * (l->>'amount')::numeric)::text as value";
const taxKey = `concat_ws(' ', t->>'category', (t->>'percent') || ' %') as key`;

/** Each gives `on`, `key`, `currency` and `value`. */
const breakdowns: Readonly<Partial<Record<MetricName, string>>> = {
  'revenue-by-plan': `, rated as (${ratedSql('document')})
    select "on", coalesce(${planOfLineSql('l')}, 'no plan') as key, currency, ${netOfLines}
    from line left join subscription s on s.subscription_id = l->>'subscriptionId'
    left join rated k on k.id = l->>'subscriptionId' and k.account_id = line.account_id and k.period_from = line.period_from`,
  'revenue-by-service': `select "on", coalesce(l->>'service', l->>'kind') as key, currency, ${netOfLines} from line`,
  'revenue-by-tax': `select "on", ${taxKey}, currency, sum(sign * coalesce((t->>'base')::numeric, net))::text as value from taxed`,
  tax: `select "on", ${taxKey}, currency, sum(sign * (t->>'amount')::numeric)::text as value from taxed`,
};
