import type { Knex } from 'knex';
import { addDays } from '../../engine/period.ts';
import { planOfLineSql, ratedSql } from '../accounts/subscription-changes.ts';
import { readDso, usualDsoDays } from '../receivables/dso.ts';
import { type MetricName, type MetricRow, metrics } from './metrics.ts';
import { readAccuracy, readRunDelivery, share } from './shares.ts';

interface Run {
  readonly run: string;
  readonly issuedOn: string;
  readonly currencies: readonly string[];
}

/** Every metric of each run that has issued something, the earliest first; of one run if it is named. */
export async function readMetrics(db: Knex, runId?: string): Promise<readonly MetricRow[]> {
  const { rows } = await db.raw<{ rows: Run[] }>(
    `select r.run_id as run, r.issued_on as "issuedOn", array_agg(distinct i.currency order by i.currency) as currencies
     from bill_run r join invoice i using (run_id) where :run::text is null or r.run_id = :run group by 1, 2 order by 2, 1`,
    { run: runId ?? null },
  );
  const found: MetricRow[] = [];
  for (const run of rows) found.push(...(await metricsOf(db, run)));
  return found;
}

type Found = Omit<MetricRow, 'run' | 'issuedOn' | 'unit'>;

async function metricsOf(db: Knex, { run, issuedOn, currencies }: Run): Promise<readonly MetricRow[]> {
  const [accuracy, delivery] = [await readAccuracy(db, run), await readRunDelivery(db, run)];
  const found: Found[] = [
    plain(
      'billing-accuracy',
      share(accuracy.issued - accuracy.corrected, accuracy.issued),
      `${accuracy.issued - accuracy.corrected} ÷ ${accuracy.issued}`,
    ),
    plain('delivery-success', share(delivery.delivered, delivery.due), `${delivery.delivered} ÷ ${delivery.due}`),
    plain('invoices-issued', String(accuracy.issued)),
  ];
  for (const currency of currencies) {
    const dso = await readDso(db, { on: issuedOn, currency });
    found.push({
      ...plain('dso', dso.days.toFixed(1), `${dso.receivables} ÷ ${dso.revenue} × ${dso.periodDays}`),
      currency,
    });
  }
  for (const [metric, sql] of Object.entries(breakdowns) as [MetricName, string][]) {
    const { rows } = await db.raw<{ rows: { key: string; currency: string; value: string }[] }>(sql, {
      run,
      on: issuedOn,
      from: addDays(issuedOn, 1 - usualDsoDays),
    });
    found.push(...rows.map((row) => ({ ...plain(metric, row.value), key: row.key, currency: row.currency })));
  }
  return found.map((one) => ({ run, issuedOn, unit: metrics[one.metric].unit, ...one }));
}

function plain(metric: MetricName, value: string, working = ''): Found {
  return { metric, key: '', value, currency: '', working };
}

const documents = `
  with document as (
    select i.account_id, i.period_from, i.currency, i.bill::jsonb as bill, 1 as sign from invoice i where i.run_id = :run
    union all select i.account_id, i.period_from, n.currency, n.note::jsonb, -1 from credit_note n join invoice i on i.number = n.corrects where n.run_id = :run),
  line as (select d.account_id, d.period_from, d.currency, d.sign, l from document d cross join lateral jsonb_array_elements(d.bill->'lines') l),
  tax as (select d.currency, d.sign, t from document d cross join lateral jsonb_array_elements(d.bill->'taxes') t)`;

/** Figures of several keys; each query gives `key`, `currency` and `value`. */
const breakdowns: Readonly<Partial<Record<MetricName, string>>> = {
  'revenue-by-plan': `${documents}, rated as (${ratedSql('document')})
    select coalesce(${planOfLineSql('l')}, 'no plan') as key, currency, sum(sign * (l->>'amount')::numeric)::text as value
    from line left join subscription s on s.subscription_id = l->>'subscriptionId'
    left join rated k on k.id = l->>'subscriptionId' and k.account_id = line.account_id and k.period_from = line.period_from
    group by 1, 2 order by 2, 1`,
  'revenue-by-service': `${documents}
    select coalesce(l->>'service', l->>'kind') as key, currency, sum(sign * (l->>'amount')::numeric)::text as value from line group by 1, 2 order by 2, 1`,
  'revenue-by-tax': `${documents}
    select concat_ws(' ', t->>'category', t->>'percent', '%') as key, currency, sum(sign * (t->>'base')::numeric)::text as value from tax group by 1, 2 order by 2, 1`,
  tax: `${documents}
    select concat_ws(' ', t->>'category', t->>'percent', '%') as key, currency, sum(sign * (t->>'amount')::numeric)::text as value from tax group by 1, 2 order by 2, 1`,
  'payments-received': `
    select '' as key, currency, sum(amount)::text as value from payment where received_on between :from::date and :on::date group by 2 order by 2`,
  'payments-returned': `
    select r.kind as key, p.currency, sum(r.amount)::text as value from payment_return r join payment p using (payment_id)
    where r.returned_on between :from::date and :on::date group by 1, 2 order by 2, 1`,
  exceptions: `select code as key, '' as currency, count(*)::text as value from exception where run_id = :run and not superseded group by 1 order by 1`,
};
