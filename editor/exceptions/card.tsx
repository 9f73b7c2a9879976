import type { ReactNode } from 'react';
import type { ExceptionView } from '../api.ts';
import { inWords, Money, Tag, type Tone } from '../parts/pieces.tsx';
import { hrefOf } from '../route.ts';
import type { Verdict } from './decide-dialog.tsx';

const tones: Readonly<Record<ExceptionView['severity'], Tone>> = { high: 'bad', medium: 'warn', low: 'plain' };
const effects: Readonly<Record<ExceptionView['action'], string>> = {
  hold: 'Held',
  flag: 'Flagged',
  reject: 'Rejected',
};

/** One exception: who, what the numbers are, what the invoice would be, and the decision. */
export function ExceptionCard(props: {
  readonly exception: ExceptionView;
  readonly onDecide?: (verdict: Verdict) => void;
}): ReactNode {
  const { exception } = props;
  const name = exception.customerName ?? exception.subject;
  return (
    <li className="card" aria-label={`${inWords(exception.code)}: ${name}`}>
      <div className="card-head">
        {exception.accountId ? (
          <a href={hrefOf({ page: 'accounts', id: exception.accountId })}>{name}</a>
        ) : (
          <span>{name}</span>
        )}
        <Tag tone={tones[exception.severity]}>
          {effects[exception.action]}, severity {exception.severity}
        </Tag>
      </div>
      <p className="evidence">{exception.evidence}</p>
      <dl className="card-facts">
        <Fact term="About">{exception.subject}</Fact>
        {exception.rule && (
          <Fact term="Rule">
            <code>{exception.rule}</code>
          </Fact>
        )}
        {exception.draft && (
          <Fact term="Draft total">
            <Money amount={exception.draft.total} currency={exception.draft.currency} />
          </Fact>
        )}
        {exception.reason && (
          <Fact term={exception.decidedBy ? `Reason, by ${exception.decidedBy}` : 'Reason'}>{exception.reason}</Fact>
        )}
      </dl>
      {exception.state === 'open' ? (
        props.onDecide && <Decide name={name} onDecide={props.onDecide} />
      ) : (
        <Tag tone={exception.state === 'approved' ? 'good' : 'plain'}>{inWords(exception.state)}</Tag>
      )}
    </li>
  );
}

function Decide({
  name,
  onDecide,
}: {
  readonly name: string;
  readonly onDecide: (verdict: Verdict) => void;
}): ReactNode {
  return (
    <div className="actions">
      <button
        type="button"
        className="button strong"
        onClick={() => onDecide('approve')}
        aria-label={`Approve, ${name}`}
      >
        Approve
      </button>
      <button type="button" className="button" onClick={() => onDecide('reject')} aria-label={`Reject, ${name}`}>
        Reject
      </button>
    </div>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
