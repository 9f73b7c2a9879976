import type { ReactNode } from 'react';
import type { CycleReport } from '../api.ts';
import { formatCount, formatDecimal, formatMoney, formatPercent } from '../format.ts';
import { Figure, inWords } from '../parts/pieces.tsx';
import { hrefOf } from '../route.ts';
import { BarChart } from './bar-chart.tsx';

/** The cycle report: figures first, then where the revenue comes from. */
export function CycleReportView({ report }: { readonly report: CycleReport }): ReactNode {
  const { revenue, records, payments, delivery, accounts, currency } = report;
  return (
    <section aria-labelledby="report-title">
      <h2 id="report-title" className="section-title">
        Cycle report
      </h2>
      <dl className="figures">
        <Figure
          label="Revenue before tax"
          value={formatMoney(revenue.net, currency)}
          note={`${formatMoney(revenue.total, currency)} with ${formatMoney(revenue.tax, currency)} tax`}
        />
        <Figure
          label="Accounts billed"
          value={formatCount(accounts.billed)}
          note={`of ${formatCount(accounts.total)}; ${formatCount(accounts.held)} held`}
        />
        <Figure
          label="Usage records accepted"
          value={formatCount(records.accepted)}
          note={
            <>
              of {formatCount(records.read)} read; {formatCount(records.duplicate)} duplicate,{' '}
              <a href={hrefOf({ page: 'quarantine' })}>{formatCount(records.quarantined)} quarantined</a>,{' '}
              {formatCount(records.late)} late
            </>
          }
        />
        <Figure
          label="Messages delivered"
          value={formatPercent(delivery.percent)}
          note={`${formatCount(delivery.delivered)} of ${formatCount(delivery.due)}; ${formatCount(delivery.bounced)} bounced, ${formatCount(delivery.failed)} failed, ${formatCount(delivery.waiting)} waiting`}
        />
        <Figure label="Accuracy" value={formatPercent(report.accuracy.percent)} note={report.accuracy.formula} />
        <Figure
          label="Days sales outstanding"
          value={`${formatDecimal(report.dso.days, 1)} days`}
          note={report.dso.formula}
        />
        <Figure
          label="Payments received"
          value={formatMoney(payments.received, currency)}
          note={`${formatMoney(payments.open, currency)} open, ${formatMoney(payments.overdue, currency)} of it overdue`}
        />
        <Figure
          label="Open exceptions"
          value={formatCount(report.exceptions.open)}
          note={<a href={hrefOf({ page: 'exceptions', runId: report.runId })}>Decide them</a>}
        />
      </dl>
      <div className="charts">
        <BarChart title="Revenue by plan" rows={toRows(report.revenueBy.plan)} currency={currency} />
        <BarChart title="Revenue by service" rows={toRows(report.revenueBy.service)} currency={currency} />
        <BarChart
          title="Tax by category"
          rows={report.revenueBy.tax.map(({ key, tax }) => ({ key, amount: tax }))}
          currency={currency}
        />
        <OpenExceptions report={report} />
      </div>
    </section>
  );
}

function toRows(
  parts: readonly { readonly key: string; readonly net: string }[],
): readonly { key: string; amount: string }[] {
  return parts.map(({ key, net }) => ({ key, amount: net }));
}

function OpenExceptions({ report }: { readonly report: CycleReport }): ReactNode {
  return (
    <section className="panel">
      <h3>Open exceptions</h3>
      {report.exceptions.byCode.length === 0 ? (
        <p className="quiet">None: nothing waits for a person.</p>
      ) : (
        <ul className="counts">
          {report.exceptions.byCode.map(({ code, count }) => (
            <li key={code}>
              <a href={hrefOf({ page: 'exceptions', runId: report.runId, code })}>{inWords(code)}</a>
              <span className="number">{formatCount(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
