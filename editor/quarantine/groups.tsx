import type { ReactNode } from 'react';
import { formatCount } from '../format.ts';
import { inWords } from '../parts/pieces.tsx';
import { hrefOf } from '../route.ts';
import type { QuarantineGroupView } from './quarantine-api.ts';

/** Refused records by reason: how many, from where, for which causes most, and what to do about all of them. */
export function Groups(props: {
  readonly groups: readonly QuarantineGroupView[];
  /** Absent where nothing waits that could be settled. */
  readonly onSettle?: (kind: 'replay' | 'drop', group: QuarantineGroupView) => void;
}): ReactNode {
  return props.groups.map((group) => (
    <section key={group.reason} className="panel quarantine-group" aria-labelledby={`reason-${group.reason}`}>
      <div className="group-head">
        <h2 id={`reason-${group.reason}`}>
          <a href={hrefOf({ page: 'quarantine', reason: group.reason })}>{inWords(group.reason)}</a>
        </h2>
        <span className="count">{formatCount(group.records)}</span>
      </div>
      <p className="quiet">{group.whatToDo}</p>
      <Causes group={group} />
      <p className="quiet">{whence(group)}</p>
      <div className="actions">
        <a className="button" href={hrefOf({ page: 'quarantine', reason: group.reason })}>
          See the records
        </a>
        {props.onSettle && <SettleButtons group={group} onSettle={props.onSettle} />}
      </div>
    </section>
  ));
}

function SettleButtons(props: {
  readonly group: QuarantineGroupView;
  readonly onSettle: (kind: 'replay' | 'drop', group: QuarantineGroupView) => void;
}): ReactNode {
  const { group, onSettle } = props;
  const name = inWords(group.reason).toLowerCase();
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() => onSettle('replay', group)}
        aria-label={`Replay all, ${name}`}
      >
        Replay all
      </button>
      <button type="button" className="button" onClick={() => onSettle('drop', group)} aria-label={`Drop all, ${name}`}>
        Drop all
      </button>
    </>
  );
}

function Causes({ group }: { readonly group: QuarantineGroupView }): ReactNode {
  // Where nearly every record has a cause of its own, single ones say nothing about the many.
  const told = group.frequent.filter(({ records }) => records > 1 || group.causes <= group.frequent.length);
  const others = group.causes - told.length;
  return (
    <ul className="counts">
      {told.map(({ detail, records }) => (
        <li key={detail}>
          <a href={hrefOf({ page: 'quarantine', reason: group.reason, detail })}>{detail}</a>
          <span className="number">{formatCount(records)}</span>
        </li>
      ))}
      {others > 0 && (
        <li>
          <span className="quiet">
            {formatCount(others)} {told.length > 0 && 'other '}
            {others === 1 ? 'cause' : 'causes'}
          </span>
          <span className="number">
            {formatCount(group.records - told.reduce((sum, { records }) => sum + records, 0))}
          </span>
        </li>
      )}
    </ul>
  );
}

const mostSources = 4;

function whence({ files, sources }: QuarantineGroupView): string {
  const named = sources.slice(0, mostSources).join(', ');
  const more = sources.length > mostSources ? ` and ${formatCount(sources.length - mostSources)} more` : '';
  return `In ${formatCount(files)} ${files === 1 ? 'file' : 'files'} of ${named}${more}`;
}
