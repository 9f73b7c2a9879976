import { formatDate, type Locale } from '../format.ts';
import type { MetricItem } from '../receivables/receivables-api.ts';

export interface OverRuns {
  readonly series: readonly { readonly key: string; readonly name: string }[];
  readonly points: readonly { readonly label: string; readonly values: Readonly<Record<string, number>> }[];
}

/** At most so many series can be told apart; the smaller ones are added up as “others”. */
const mostSeries = 8;

/**
 * Metrics over the runs, one point a run in the order of the rows, one series a key; what no run issued is no point of them. Numbers of a chart are for the eye: sums that people are shown
 * come from the server as texts.
 */
export function overRuns(
  rows: readonly MetricItem[],
  metrics: readonly string[],
  currency: string,
  titleOf: (metric: string, key: string) => string,
  locale?: Locale,
): OverRuns {
  const wanted = rows.filter((row) => row.run !== '' && metrics.includes(row.metric) && row.currency === currency);
  const size = new Map<string, number>();
  for (const row of wanted) size.set(keyOf(row), (size.get(keyOf(row)) ?? 0) + Math.abs(Number(row.value)));
  const bySize = [...size].sort(([, a], [, b]) => b - a).map(([key]) => key);
  const shown = bySize.length > mostSeries ? bySize.slice(0, mostSeries - 1) : bySize;
  const runs = [...new Map(wanted.map((row) => [row.run, row.issuedOn]))];
  const points = runs.map(([run, issuedOn]) => {
    const values: Record<string, number> = {};
    for (const row of wanted.filter((one) => one.run === run)) {
      const key = shown.includes(keyOf(row)) ? keyOf(row) : 'others';
      values[key] = (values[key] ?? 0) + Number(row.value);
    }
    const isOnlyOfDay = runs.filter(([, day]) => day === issuedOn).length === 1;
    return { label: isOnlyOfDay ? formatDate(issuedOn, locale) : run, values };
  });
  const names = new Map(wanted.map((row) => [keyOf(row), titleOf(row.metric, row.key)]));
  const series = shown.map((key) => ({ key, name: names.get(key) ?? key }));
  return { series: shown.length < bySize.length ? [...series, { key: 'others', name: 'Others' }] : series, points };
}

/** Recharts reads a point in a key as a path. */
function keyOf({ metric, key }: MetricItem): string {
  return `${metric}/${key}`.replaceAll('.', '·');
}
