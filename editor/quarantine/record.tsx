import type { ReactNode } from 'react';
import { formatCount, formatInstant } from '../format.ts';
import { Tag } from '../parts/pieces.tsx';
import type { FieldView, QuarantinedItem } from './quarantine-api.ts';

/** A refused record as it came, the faulty field marked, and what can be done with it or was. */
export function RecordCard(props: {
  readonly record: QuarantinedItem;
  readonly onCorrect: () => void;
  readonly onReplay: () => void;
  readonly onDrop: () => void;
}): ReactNode {
  const { record } = props;
  const place = `${record.name}, line ${formatCount(record.line)}`;
  return (
    <li className="card" aria-label={place}>
      <div className="card-head">
        <span>{place}</span>
        <span className="quiet">{record.source}</span>
      </div>
      <p className="evidence">{record.detail}</p>
      {record.fields ? <Fields fields={record.fields} /> : <RawLine line={record.raw} />}
      {record.state === 'open' ? (
        <div className="actions">
          <button type="button" className="button strong" onClick={props.onCorrect} aria-label={`Correct, ${place}`}>
            Correct
          </button>
          <button type="button" className="button" onClick={props.onReplay} aria-label={`Replay, ${place}`}>
            Replay
          </button>
          <button type="button" className="button" onClick={props.onDrop} aria-label={`Drop, ${place}`}>
            Drop
          </button>
        </div>
      ) : (
        <WhatBecame record={record} />
      )}
    </li>
  );
}

/** The fields under their names; empty ones say nothing, unless they are the fault. */
function Fields({ fields }: { readonly fields: readonly FieldView[] }): ReactNode {
  return (
    <dl className="record-fields">
      {fields
        .filter(({ text, faulty }) => faulty || text !== '')
        .map(({ name, text, faulty }) => (
          <div key={name} className={faulty ? 'faulty' : undefined}>
            <dt>
              {name}
              {faulty && <span className="unseen"> (at fault)</span>}
            </dt>
            <dd>{text === '' ? <span className="quiet">empty</span> : <code>{text}</code>}</dd>
          </div>
        ))}
    </dl>
  );
}

function RawLine({ line }: { readonly line: string }): ReactNode {
  return <pre className="raw-line">{line === '' ? ' ' : line}</pre>;
}

function WhatBecame({ record }: { readonly record: QuarantinedItem }): ReactNode {
  const { state, corrected, decidedBy, decidedAt, why } = record;
  const dropped = state === 'dropped';
  return (
    <>
      {corrected !== null && (
        <>
          <p className="quiet">Accepted as</p>
          <RawLine line={corrected} />
        </>
      )}
      <p>
        <Tag tone={dropped ? 'plain' : 'good'}>{dropped ? 'Dropped' : 'Accepted'}</Tag>{' '}
        {decidedBy === null ? (
          <span className="quiet">{dropped ? 'when its file was taken out' : 'when its file was delivered again'}</span>
        ) : (
          <span>
            by {decidedBy}
            {decidedAt !== null && `, ${formatInstant(decidedAt)}`}
            {why !== null && `: ${why}`}
          </span>
        )}
      </p>
    </>
  );
}
