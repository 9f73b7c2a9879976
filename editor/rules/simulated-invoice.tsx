import { Fragment, type ReactNode } from 'react';
import type { Exception } from '../../engine/model.ts';
import type { SimulationView } from '../api.ts';
import { compareBills, isZero, type LineDifference } from '../bill-difference.ts';
import { formatMoney, formatMoneyChange, formatPeriod } from '../format.ts';
import { BecauseNote } from '../invoices/lines.tsx';
import { inWords, Tag } from '../parts/pieces.tsx';

const changeWords: Readonly<Record<LineDifference['kind'], string>> = {
  same: '',
  changed: 'changed',
  added: 'new',
  removed: 'gone',
};

/** Two invoices side by side: what changes stands out, what stays is there to compare. */
export function SimulatedInvoice({ simulation }: { readonly simulation: SimulationView }): ReactNode {
  const { before, after } = simulation;
  if (!after) {
    return (
      <div className="notice bad" role="alert">
        <p className="notice-title">The rules do not compile, so there is no invoice</p>
        <p className="what-to-do">The problems below the editor say what to correct.</p>
      </div>
    );
  }
  const { bill } = after;
  const difference = compareBills(before?.bill ?? null, bill);
  return (
    <>
      <p className={isZero(difference.total) ? 'verdict' : 'verdict changed'} role="status">
        {isZero(difference.total)
          ? 'The total stays the same'
          : `The total changes by ${formatMoneyChange(difference.total, bill.currency)}`}
      </p>
      <div className="table-frame scrolls">
        <table className="comparison">
          <caption>Cycle {formatPeriod(bill.from, bill.until)}</caption>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col" className="number">
                Before
              </th>
              <th scope="col" className="number">
                After
              </th>
              <th scope="col" className="number">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {difference.lines.map((line) => (
              <ComparedLine key={`${line.before?.id} ${line.after?.id}`} line={line} currency={bill.currency} />
            ))}
          </tbody>
          <tfoot>
            {(['net', 'tax', 'total'] as const).map((sum) => (
              <tr key={sum} className={`sum ${sum}`}>
                <th scope="row">{inWords(sum)}</th>
                <td className="number">{before ? formatMoney(before.bill[sum], bill.currency) : '–'}</td>
                <td className="number">{formatMoney(bill[sum], bill.currency)}</td>
                <td className="number">{changeText(difference[sum], bill.currency)}</td>
              </tr>
            ))}
          </tfoot>
        </table>
      </div>
      <Exceptions title="Held or flagged before" exceptions={before?.exceptions ?? []} />
      <Exceptions title="Held or flagged after" exceptions={after.exceptions} />
    </>
  );
}

function ComparedLine({ line, currency }: { readonly line: LineDifference; readonly currency: string }): ReactNode {
  const shown = line.after ?? line.before;
  if (!shown) return null;
  return (
    <Fragment>
      <tr className={`compared ${line.kind}`}>
        <th scope="row">
          {shown.title}{' '}
          {line.kind !== 'same' && <Tag tone={line.kind === 'removed' ? 'bad' : 'live'}>{changeWords[line.kind]}</Tag>}
        </th>
        <td className="number">{line.before ? formatMoney(line.before.amount, currency) : '–'}</td>
        <td className="number">{line.after ? formatMoney(line.after.amount, currency) : '–'}</td>
        <td className="number">{changeText(line.change, currency)}</td>
      </tr>
      <tr className={`reason ${line.kind}`}>
        <td colSpan={4}>
          {line.kind === 'changed' && line.before && line.before.because.how !== shown.because.how && (
            <span className="was">Before: {line.before.because.how}</span>
          )}
          <BecauseNote because={shown.because} />
        </td>
      </tr>
    </Fragment>
  );
}

function Exceptions({
  title,
  exceptions,
}: {
  readonly title: string;
  readonly exceptions: readonly Exception[];
}): ReactNode {
  if (exceptions.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="plain">
        {exceptions.map((exception) => (
          <li key={`${exception.code} ${exception.subject} ${exception.rule}`}>
            <strong>{inWords(exception.code)}</strong> ({exception.action}): {exception.evidence}
          </li>
        ))}
      </ul>
    </section>
  );
}

function changeText(change: string, currency: string): string {
  return isZero(change) ? '–' : formatMoneyChange(change, currency);
}
