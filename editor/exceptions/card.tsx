import type { ReactNode } from 'react';
import type { ExceptionView } from '../api.ts';
import { inWords, Money, Tag, type Tone } from '../parts/pieces.tsx';
import { hrefOf } from '../route.ts';
import { Figures } from './figures.tsx';
import { canBeRatedAgain, isOnlyChecked, outcomeOf, type Verdict, verdictName } from './verdict.ts';

const tones: Readonly<Record<ExceptionView['severity'], Tone>> = { high: 'bad', medium: 'warn', low: 'plain' };
const effects: Readonly<Record<ExceptionView['action'], string>> = {
  hold: 'Held',
  flag: 'Flagged',
  reject: 'Rejected',
};

/** One exception: who, what the numbers are, what the invoice would be, and the decision. */
export function ExceptionCard(props: {
  readonly exception: ExceptionView;
  /** Decided while the reader looked on: what there was to say has been read. */
  readonly settled?: boolean;
  readonly onDecide?: (verdict: Verdict) => void;
  readonly onSeeDraft?: () => void;
}): ReactNode {
  const { exception } = props;
  const name = exception.customerName ?? exception.subject;
  if (props.settled) return <Settled exception={exception} name={name} />;
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
      {exception.figures?.map((one) => (
        <Figures key={one.measure} figures={one} />
      ))}
      <dl className="card-facts">
        <Fact term="About">{exception.subject}</Fact>
        {exception.rule && (
          <Fact term="Rule">
            <code>{exception.rule}</code>
          </Fact>
        )}
        {exception.draft && (
          <Fact term="Draft total with tax">
            <Money amount={exception.draft.total} currency={exception.draft.currency} />
          </Fact>
        )}
        {exception.reason && (
          <Fact term={exception.decidedBy ? `Reason, by ${exception.decidedBy}` : 'Reason'}>{exception.reason}</Fact>
        )}
      </dl>
      {exception.draft && props.onSeeDraft && (
        <button type="button" className="text-button" onClick={props.onSeeDraft} aria-label={`See the draft, ${name}`}>
          See the draft
        </button>
      )}
      {exception.state === 'open' ? (
        props.onDecide && <Decide name={name} exception={exception} onDecide={props.onDecide} />
      ) : (
        <StateTag exception={exception} />
      )}
    </li>
  );
}

/** What is left of a card after the decision: the outcome, and where it goes on. */
function Settled({ exception, name }: { readonly exception: ExceptionView; readonly name: string }): ReactNode {
  return (
    <li className="card" aria-label={`${inWords(exception.code)}: ${name}`}>
      <StateTag exception={exception} />
      {exception.accountId ? (
        <a href={hrefOf({ page: 'accounts', id: exception.accountId })}>{name}: account and invoices</a>
      ) : (
        <span>{name}</span>
      )}
    </li>
  );
}

function StateTag({ exception }: { readonly exception: ExceptionView }): ReactNode {
  return <Tag tone={exception.state === 'approved' ? 'good' : 'plain'}>{inWords(outcomeOf(exception))}</Tag>;
}

function Decide({
  name,
  exception,
  onDecide,
}: {
  readonly name: string;
  readonly exception: ExceptionView;
  readonly onDecide: (verdict: Verdict) => void;
}): ReactNode {
  const verdicts: readonly Verdict[] = [
    'approve',
    ...(canBeRatedAgain(exception) ? (['re-rate'] as const) : []),
    // There is nothing to take out where there is only something to look after.
    ...(isOnlyChecked(exception) ? [] : (['reject'] as const)),
  ];
  return (
    <div className="actions">
      {verdicts.map((verdict) => (
        <button
          key={verdict}
          type="button"
          className={verdict === 'approve' ? 'button strong' : 'button'}
          onClick={() => onDecide(verdict)}
          aria-label={`${verdictName(exception, verdict)}, ${name}`}
        >
          {verdictName(exception, verdict)}
        </button>
      ))}
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
