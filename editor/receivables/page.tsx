import { lazy, type ReactNode, Suspense, useId, useState } from 'react';
import { formatCount, formatDate, formatDecimal, formatMoney } from '../format.ts';
import { Figure, Money, PageHead } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Empty, Loaded, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';
import { bucketNames } from './bucket-names.ts';
import { type AgeingItem, type AgeingView, ageingBuckets, ageingCsv, getAgeing } from './receivables-api.ts';
import { UnmatchedPayments } from './unmatched.tsx';

// The library that draws charts weighs more than the rest of the console: it comes when a page with charts is opened.
const Chart = lazy(() => import('../figures/chart.tsx').then((module) => ({ default: module.Chart })));

/** What customers owe, how long past due, and the money that nobody can place. */
export function ReceivablesPage(): ReactNode {
  const [on, setOn] = useState<string>();
  const { resource, reload } = useResource(`ageing ${on}`, (signal) => getAgeing(on, signal));
  return (
    <>
      <PageHead title="Receivables" intro="What customers owe at the end of a day, from the postings of the ledger.">
        <a className="button" href={ageingCsv(on)} download>
          Download CSV
        </a>
      </PageHead>
      <UnmatchedPayments onAssigned={reload} />
      <h2 className="section-title">Open amounts by days past due</h2>
      <div className="filters">
        <DayField value={on ?? (resource.kind === 'ready' ? resource.value.on : '')} onChange={setOn} />
      </div>
      <Loaded resource={resource} what="the receivables" onRetry={reload}>
        {(ageing) =>
          ageing.totals.length === 0 ? (
            <Empty title={`Nothing was open on ${formatDate(ageing.on)}`} />
          ) : (
            <AgeingReport ageing={ageing} />
          )
        }
      </Loaded>
    </>
  );
}

function DayField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (day: string) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>At the end of</label>
      <input
        id={id}
        type="date"
        value={value}
        onChange={(event) => event.target.value && onChange(event.target.value)}
      />
    </div>
  );
}

function AgeingReport({ ageing }: { readonly ageing: AgeingView }): ReactNode {
  return (
    <>
      {ageing.totals.map((total) => {
        const dso = ageing.dso.find((one) => one.currency === total.currency);
        return (
          <section key={total.currency} aria-label={`Receivables in ${total.currency}`}>
            <dl className="figures">
              <Figure
                label="Open"
                value={formatMoney(total.open, total.currency)}
                note={`of ${formatCount(total.accounts)} accounts`}
              />
              <Figure label="Of it overdue" value={formatMoney(total.overdue, total.currency)} />
              <Figure
                label="Paid too much"
                value={formatMoney(total.credit, total.currency)}
                note="credit that the next invoices take"
              />
              {dso && (
                <Figure
                  label="Days sales outstanding"
                  value={`${formatDecimal(dso.days, 1)} days`}
                  note={dso.formula}
                />
              )}
            </dl>
            <Suspense fallback={<Loading what="the chart" />}>
              <Chart
                title={`Open amounts by days past due, ${total.currency}`}
                labelTitle="Past due"
                series={[{ key: 'open', name: 'Open' }]}
                points={ageingBuckets.map((bucket) => ({
                  label: bucketNames[bucket],
                  values: { open: Number(total[bucket]) },
                }))}
                format={(value) => formatMoney(String(value), total.currency)}
              />
            </Suspense>
          </section>
        );
      })}
      <Table
        caption="Open amounts by account"
        columns={columns}
        rows={ageing.accounts.slice(0, mostRows)}
        keyOf={(row) => `${row.accountId} ${row.currency}`}
      />
      {ageing.accounts.length > mostRows && (
        <p className="quiet">
          The {mostRows} accounts that owe most of {formatCount(ageing.accounts.length)}; all of them are in the CSV.
        </p>
      )}
    </>
  );
}

const mostRows = 100;

const columns: readonly Column<AgeingItem>[] = [
  {
    title: 'Account',
    heading: true,
    cell: (row) => <a href={hrefOf({ page: 'accounts', id: row.accountId })}>{row.accountId}</a>,
  },
  { title: 'Customer', cell: (row) => row.customerName },
  ...ageingBuckets.map(
    (bucket): Column<AgeingItem> => ({
      title: bucketNames[bucket],
      numeric: true,
      wideOnly: true,
      cell: (row) => <Money amount={row[bucket]} currency={row.currency} />,
    }),
  ),
  { title: 'Open', numeric: true, cell: (row) => <Money amount={row.open} currency={row.currency} /> },
  { title: 'Credit', numeric: true, cell: (row) => <Money amount={row.credit} currency={row.currency} /> },
];
