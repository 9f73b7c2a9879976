import type { Knex } from 'knex';
import { addDays } from '../../engine/period.ts';
import { readDso, usualDsoDays } from '../receivables/dso.ts';
import { readFiguresOfRun, readFiguresOutsideRuns } from './document-figures.ts';
import { type MetricName, type MetricRow, metrics } from './metrics.ts';
import { readAccuracy, readRunDelivery, share } from './shares.ts';

interface Run {
  readonly run: string;
  readonly issuedOn: string;
  readonly currencies: readonly string[];
}

/**
 * Every metric of each run that has issued something, the earliest first; of one run if it is named. If none is, what was issued outside any run
 * follows, in rows without a run.
 */
export async function readMetrics(db: Knex, runId?: string): Promise<readonly MetricRow[]> {
  const { rows } = await db.raw<{ rows: Run[] }>(
    `select r.run_id as run, r.issued_on as "issuedOn", array_agg(distinct d.currency order by d.currency) as currencies
     from bill_run r join (select run_id, currency from invoice union select run_id, currency from credit_note) d using (run_id) where :run::text is null or r.run_id = :run group by 1, 2 order by 2, 1`,
    { run: runId ?? null },
  );
  const found: MetricRow[] = [];
  for (const run of rows) found.push(...(await metricsOf(db, run)));
  if (runId === undefined) found.push(...(await outsideRuns(db)));
  return found;
}

async function outsideRuns(db: Knex): Promise<readonly MetricRow[]> {
  const figures = await readFiguresOutsideRuns(db);
  return figures.map(({ on, ...figure }) => ({
    ...{ run: '', issuedOn: on, unit: metrics[figure.metric].unit, working: '', ...figure },
  }));
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
  for (const figure of await readFiguresOfRun(db, run)) found.push({ ...figure, working: '' });
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

/** Figures of several keys that are no sums over documents; each query gives `key`, `currency` and `value`. */
const breakdowns: Readonly<Partial<Record<MetricName, string>>> = {
  'payments-received': `
    select '' as key, currency, sum(amount)::text as value from payment where received_on between :from::date and :on::date group by 2 order by 2`,
  'payments-returned': `
    select r.kind as key, p.currency, sum(r.amount)::text as value from payment_return r join payment p using (payment_id)
    where r.returned_on between :from::date and :on::date group by 1, 2 order by 2, 1`,
  exceptions: `select code as key, '' as currency, count(*)::text as value from exception where run_id = :run and not superseded group by 1 order by 1`,
};
