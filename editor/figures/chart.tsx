import type { ReactNode } from 'react';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { type Column, Table } from '../parts/table.tsx';

export interface ChartPoint {
  readonly label: string;
  readonly values: Readonly<Record<string, number>>;
}

interface Series {
  readonly key: string;
  readonly name: string;
}

const height = 280;

/**
 * Bars, stacked if there are several series, or lines over the points of a common scale. The arrow keys walk over the points; every value also stands in a
 * table below, for whoever does not see the chart.
 */
export function Chart(props: {
  readonly title: string;
  readonly labelTitle: string;
  readonly series: readonly Series[];
  readonly points: readonly ChartPoint[];
  readonly format: (value: number) => string;
  readonly kind?: 'bars' | 'lines';
  readonly note?: string;
}): ReactNode {
  const data = props.points.map(({ label, values }) => ({ label, ...values }));
  return (
    <figure className="panel plot">
      <figcaption>{props.title}</figcaption>
      {props.note && <p className="quiet">{props.note}</p>}
      <ResponsiveContainer width="100%" height={height}>
        {props.kind === 'lines' ? linesOf(props, data) : barsOf(props, data)}
      </ResponsiveContainer>
      <details>
        <summary>The figures as a table</summary>
        <Table caption={props.title} columns={columnsOf(props)} rows={props.points} keyOf={(point) => point.label} />
      </details>
    </figure>
  );
}

type Drawn = Pick<Parameters<typeof Chart>[0], 'title' | 'series' | 'format'>;
type Data = readonly Readonly<Record<string, string | number>>[];

function barsOf({ title, series, format }: Drawn, data: Data): ReactNode {
  return (
    <BarChart
      data={[...data]}
      title={title}
      accessibilityLayer
      stackOffset="sign"
      margin={{ top: 8, right: 8, bottom: 0, left: 8 }}
    >
      {frame(format, series.length > 1)}
      {series.map(({ key, name }, index) => (
        <Bar
          key={key}
          dataKey={key}
          name={name}
          stackId="all"
          fill={colour(index)}
          isAnimationActive={false}
          maxBarSize={72}
        />
      ))}
    </BarChart>
  );
}

function linesOf({ title, series, format }: Drawn, data: Data): ReactNode {
  return (
    <LineChart data={[...data]} title={title} accessibilityLayer margin={{ top: 8, right: 16, bottom: 0, left: 8 }}>
      {frame(format, series.length > 1)}
      {series.map(({ key, name }, index) => (
        <Line key={key} dataKey={key} name={name} stroke={colour(index)} strokeWidth={2} isAnimationActive={false} />
      ))}
    </LineChart>
  );
}

function frame(format: (value: number) => string, hasLegend: boolean): ReactNode {
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--edge)" />
      <XAxis
        dataKey="label"
        stroke="var(--edge-control)"
        tick={{ fill: 'var(--ink-quiet)', fontSize: 12 }}
        interval="preserveStartEnd"
      />
      <YAxis
        width="auto"
        stroke="var(--edge-control)"
        tick={{ fill: 'var(--ink-quiet)', fontSize: 12 }}
        tickFormatter={format}
      />
      <Tooltip
        formatter={(value) => format(Number(value))}
        contentStyle={{ background: 'var(--surface-raised)', border: '1px solid var(--edge)', color: 'var(--ink)' }}
        cursor={{ fill: 'var(--surface-sunk)', stroke: 'var(--edge-control)' }}
      />
      {hasLegend && <Legend formatter={(name: string) => <span className="plot-name">{name}</span>} />}
    </>
  );
}

function columnsOf({ labelTitle, series, format }: Parameters<typeof Chart>[0]): readonly Column<ChartPoint>[] {
  return [
    { title: labelTitle, heading: true, cell: (point) => point.label },
    ...series.map(
      ({ key, name }): Column<ChartPoint> => ({
        title: name,
        numeric: true,
        cell: (point) => format(point.values[key] ?? 0),
      }),
    ),
  ];
}

/** Eight colours that are told apart in light and dark, also by those who see few; then they begin anew. */
function colour(index: number): string {
  return `var(--series-${(index % 8) + 1})`;
}
