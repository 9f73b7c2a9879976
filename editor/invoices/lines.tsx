import type { ReactNode } from 'react';
import type { Because, Bill, BillLine, BillTax } from '../../engine/model.ts';
import { formatCount, formatPercent, formatPeriod, formatQuantity } from '../format.ts';
import { Money, RuleLink } from '../parts/pieces.tsx';

/** The lines of a bill, each with the rule that put it there and how its amount came about. */
export function BillLines({ bill }: { readonly bill: Bill }): ReactNode {
  return (
    <section className="panel" aria-labelledby="lines-title">
      <h2 id="lines-title">Why each line is there</h2>
      <ul className="lines">
        {bill.lines.map((line) => (
          <Line key={line.id} line={line} currency={bill.currency} />
        ))}
        {bill.taxes.map((tax) => (
          <Tax key={`${tax.category} ${tax.percent}`} tax={tax} currency={bill.currency} />
        ))}
      </ul>
      <dl className="sums">
        <div>
          <dt>Net</dt>
          <dd>
            <Money amount={bill.net} currency={bill.currency} />
          </dd>
        </div>
        <div>
          <dt>Tax</dt>
          <dd>
            <Money amount={bill.tax} currency={bill.currency} />
          </dd>
        </div>
        <div className="sum-total">
          <dt>Total</dt>
          <dd>
            <Money amount={bill.total} currency={bill.currency} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Line({ line, currency }: { readonly line: BillLine; readonly currency: string }): ReactNode {
  return (
    <li className={`line ${line.kind.replaceAll(' ', '-')}`}>
      <span className="line-title">{line.title}</span>
      <span className="line-amount number">
        <Money amount={line.amount} currency={currency} />
      </span>
      <span className="line-facts">{factsOf(line)}</span>
      <BecauseNote because={line.because} />
    </li>
  );
}

function Tax({ tax, currency }: { readonly tax: BillTax; readonly currency: string }): ReactNode {
  return (
    <li className="line tax">
      <span className="line-title">
        Tax {formatPercent(tax.percent, 4)} <span className="quiet">category {tax.category}</span>
      </span>
      <span className="line-amount number">
        <Money amount={tax.amount} currency={currency} />
      </span>
      <span className="line-facts">
        on <Money amount={tax.base} currency={currency} />
        {tax.note ? ` · ${tax.note}` : ''}
      </span>
      <BecauseNote because={tax.because} />
    </li>
  );
}

/** Lines taken over from a predecessor system name no file of rules, so there is nothing to lead to. */
export function BecauseNote({ because }: { readonly because: Because }): ReactNode {
  return (
    <span className="line-because">
      {because.how && <span>{because.how}</span>}
      {because.at.file.endsWith('.rules') && (
        <span className="line-rule">
          <code>{because.rule}</code> <RuleLink file={because.at.file} line={because.at.line} />
        </span>
      )}
    </span>
  );
}

function factsOf(line: BillLine): string {
  const facts = [
    line.quantity !== undefined && line.service ? formatQuantity(line.quantity, line.service) : undefined,
    line.events !== undefined ? `${formatCount(line.events)} ${line.events === 1 ? 'event' : 'events'}` : undefined,
    line.from && line.until ? formatPeriod(line.from, line.until) : undefined,
    line.subscriptionId || undefined,
  ];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}
