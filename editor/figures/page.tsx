import { lazy, type ReactNode, Suspense } from 'react';
import { formatCount, formatDecimal, formatMoney, formatPercent } from '../format.ts';
import { inWords, PageHead } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Empty, Loaded, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { getMetrics, type MetricsView, metricsCsv } from '../receivables/receivables-api.ts';
import { hrefOf } from '../route.ts';
import { overRuns } from './over-runs.ts';

const Chart = lazy(() => import('./chart.tsx').then((module) => ({ default: module.Chart })));

/** How the runs compare: revenue, delivery, accuracy, exceptions, each with its formula. */
export function FiguresPage(): ReactNode {
  const { resource, reload } = useResource('metrics', getMetrics);
  return (
    <>
      <PageHead
        title="Figures"
        intro="What the bill runs brought, over time. Every figure says how it is made; what was issued outside any run is in the CSV."
      >
        <a className="button" href={metricsCsv} download>
          Download CSV
        </a>
      </PageHead>
      <Loaded resource={resource} what="the figures" onRetry={reload}>
        {(view) =>
          view.rows.every((row) => row.run === '') ? (
            <Empty title="No run has issued invoices yet">
              <a href={hrefOf({ page: 'runs' })}>Go to the bill runs</a>
            </Empty>
          ) : (
            <Suspense fallback={<Loading what="the charts" />}>
              <Charts view={view} />
            </Suspense>
          )
        }
      </Loaded>
    </>
  );
}

function Charts({ view }: { readonly view: MetricsView }): ReactNode {
  const currencies = [
    ...new Set(view.rows.filter((row) => row.metric === 'revenue-by-tax').map((row) => row.currency)),
  ];
  const formulaOf = (name: string) => view.metrics.find((metric) => metric.name === name)?.formula ?? '';
  const chart = (
    name: string,
    title: string,
    format: (value: number) => string,
    currency = '',
    kind: 'bars' | 'lines' = 'bars',
  ) => (
    <Chart
      key={`${name} ${currency}`}
      title={title}
      labelTitle="Run issued"
      note={formulaOf(name)}
      format={format}
      kind={kind}
      {...overRuns(view.rows, [name], currency, titleOf)}
    />
  );
  return (
    <>
      <div className="charts">
        {currencies.flatMap((currency) => {
          const money = (value: number) => formatMoney(String(value), currency);
          return [
            chart('revenue-by-plan', `Revenue by plan, ${currency}`, money, currency),
            chart('revenue-by-service', `Revenue by service, ${currency}`, money, currency),
            chart('tax', `Tax, ${currency}`, money, currency),
            chart('dso', `Days sales outstanding, ${currency}`, (value) => `${formatDecimal(value, 1)} days`, currency),
          ];
        })}
        <Chart
          title="Billing accuracy and delivery"
          labelTitle="Run issued"
          note={`Accuracy: ${formulaOf('billing-accuracy')}. Delivery: ${formulaOf('delivery-success')}.`}
          format={(value) => formatPercent(value)}
          {...overRuns(view.rows, ['billing-accuracy', 'delivery-success'], '', titleOf)}
          kind="lines"
        />
        {chart('exceptions', 'Exceptions by code', formatCount)}
      </div>
      <h2 className="section-title">How each figure is made</h2>
      <Table
        caption="Metrics and their formulas"
        columns={metricColumns}
        rows={view.metrics}
        keyOf={(metric) => metric.name}
      />
    </>
  );

  function titleOf(metric: string, key: string): string {
    return key === '' ? (view.metrics.find((one) => one.name === metric)?.title ?? metric) : inWords(key);
  }
}

const metricColumns: readonly Column<MetricsView['metrics'][number]>[] = [
  { title: 'Metric', heading: true, cell: (metric) => metric.title },
  { title: 'Formula', cell: (metric) => metric.formula },
  { title: 'Unit', cell: (metric) => metric.unit },
];
