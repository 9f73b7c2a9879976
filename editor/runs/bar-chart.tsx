import type { ReactNode } from 'react';
import { formatMoney } from '../format.ts';
import { inWords } from '../parts/pieces.tsx';

interface Bar {
  readonly key: string;
  readonly amount: string;
}

/** Amounts as horizontal bars from a common zero; each amount also stands there as text. */
export function BarChart(props: {
  readonly title: string;
  readonly rows: readonly Bar[];
  readonly currency: string;
}): ReactNode {
  const sizes = props.rows.map((row) => Number(row.amount));
  const lowest = Math.min(0, ...sizes);
  const span = Math.max(0, ...sizes) - lowest || 1;
  return (
    <figure className="panel chart">
      <figcaption>{props.title}</figcaption>
      {props.rows.length === 0 ? (
        <p className="quiet">No revenue in this run.</p>
      ) : (
        <ul>
          {props.rows.map((row, index) => {
            const size = sizes[index] ?? 0;
            return (
              <li key={row.key}>
                <span className="chart-key">{inWords(row.key)}</span>
                <span className="chart-amount number">{formatMoney(row.amount, props.currency)}</span>
                <svg className="chart-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                  <rect width="100" height="6" className="chart-ground" />
                  <rect
                    x={(100 * (Math.min(0, size) - lowest)) / span}
                    width={(100 * Math.abs(size)) / span}
                    height="6"
                    className={size < 0 ? 'chart-fill minus' : 'chart-fill'}
                  />
                </svg>
              </li>
            );
          })}
        </ul>
      )}
    </figure>
  );
}
