import type { ReactNode } from 'react';
import type { EvidenceFigures } from '../../engine/evidence-figures.ts';
import { formatCount, formatDate, formatDecimal, formatMoney } from '../format.ts';
import { inWords } from '../parts/pieces.tsx';

/** What was found beside what is usual, and the past as bars; each past value is also in a table that opens. */
export function Figures({ figures }: { readonly figures: EvidenceFigures }): ReactNode {
  const { measure, unit, found, usual, spread, ofDays, past } = figures;
  const say = (value: string) => inUnit(value, unit);
  return (
    <figure className="evidence-figures">
      <figcaption>
        {inWords(measure)}: <strong>{say(found)}</strong>
        {usual !== undefined && (
          <>
            {' '}
            found, <strong>{say(usual)}</strong> usual
          </>
        )}
        {spread !== undefined && <>, give or take {say(spread)}</>}
      </figcaption>
      {past.length > 0 && (
        <>
          <Bars values={[...past.map(({ value }) => Number(value)), Number(found)]} />
          <details>
            <summary>The past, value by value</summary>
            {ofDays !== undefined && (
              <p className="quiet">As if each cycle had had {ofDays} days, as many as this one.</p>
            )}
            <table>
              <tbody>
                {past.map(({ on, value }, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: several files of a day have the same date, and the list never changes
                  <tr key={index}>
                    <th scope="row">{formatDate(on)}</th>
                    <td className="number">{say(value)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </figure>
  );
}

/** The past from left to right, and last what was found. */
function Bars({ values }: { readonly values: readonly number[] }): ReactNode {
  const highest = Math.max(...values, 0) || 1;
  const width = 100 / values.length;
  return (
    <svg className="figures-bars" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      {values.map((value, index) => {
        const height = Math.max(0.5, (24 * Math.max(0, value)) / highest);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            x={index * width}
            y={24 - height}
            width={width * 0.8}
            height={height}
            className={index === values.length - 1 ? 'found' : 'past'}
          />
        );
      })}
    </svg>
  );
}

const sizes: Readonly<Record<string, readonly (readonly [size: number, unit: string])[]>> = {
  ms: [
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ],
  bytes: [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'KB'],
  ],
};

/** Use is told by days; money and counts of files as they were. */
function inUnit(value: string, unit: string): string {
  if (/^[A-Z]{3}$/.test(unit)) return formatMoney(value, unit);
  const number = Number(value);
  const scale = sizes[unit];
  if (!scale) return `${Number.isInteger(number) ? formatCount(number) : formatDecimal(number, 2)} ${unit}`;
  const [size, name] = scale.find(([one]) => number >= one) ?? scale.at(-1) ?? [1, unit];
  return `${formatDecimal(number / size, 2)} ${name}`;
}
