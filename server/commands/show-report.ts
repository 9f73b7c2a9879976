import type { CycleReport } from '../api/bill-run-view.ts';
import { formatFor } from '../format.ts';

/** The cycle report as it stands in a terminal. */
export function showReport(report: CycleReport): string {
  const format = formatFor('en');
  const money = (amount: string) => format.money(amount, report.currency);
  const count = (value: number) => value.toLocaleString('en');
  const rows: readonly (readonly [string, string, string])[] = [
    ['Revenue', money(report.revenue.total), `${money(report.revenue.net)} net + ${money(report.revenue.tax)} tax`],
    [
      'Accounts billed',
      `${count(report.accounts.billed)} of ${count(report.accounts.total)}`,
      `${count(report.accounts.held)} held, ${count(report.accounts.rejected)} rejected`,
    ],
    [
      'Records read',
      count(report.records.read),
      `${count(report.records.accepted)} accepted (${count(report.records.late)} late), ${count(report.records.duplicate)} duplicate, ${count(report.records.quarantined)} quarantined`,
    ],
    [
      'Delivery',
      `${report.delivery.percent.toFixed(2)} %`,
      `${count(report.delivery.delivered)} of ${count(report.delivery.due)} delivered, ${count(report.delivery.bounced)} bounced, ${count(report.delivery.failed)} failed, ${count(report.delivery.waiting)} waiting`,
    ],
    ['Billing accuracy', `${report.accuracy.percent.toFixed(2)} %`, report.accuracy.formula],
    ['DSO', `${report.dso.days.toFixed(1)} days`, report.dso.formula],
    [
      'Payments',
      money(report.payments.received),
      `received in ${report.dso.periodDays} days; ${money(report.payments.open)} open, ${money(report.payments.overdue)} of it overdue`,
    ],
    [
      'Open exceptions',
      count(report.exceptions.open),
      report.exceptions.byCode.map(({ code, count: n }) => `${count(n)} ${code}`).join(', '),
    ],
  ];
  const parts = (title: string, list: readonly { readonly key: string; readonly amount: string }[]) =>
    `  ${title.padEnd(18)}${list.map(({ key, amount }) => `${key} ${money(amount)}`).join(' · ')}`;
  return [
    `Cycle report ${report.runId}`,
    ...rows.map(([title, figure, note]) => `  ${title.padEnd(18)}${figure.padStart(16)}   ${note}`),
    parts(
      'By plan',
      report.revenueBy.plan.map(({ key, net }) => ({ key, amount: net })),
    ),
    parts(
      'By service',
      report.revenueBy.service.map(({ key, net }) => ({ key, amount: net })),
    ),
    parts(
      'Tax',
      report.revenueBy.tax.map(({ key, tax }) => ({ key, amount: tax })),
    ),
  ].join('\n');
}
