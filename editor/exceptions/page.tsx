import { type ReactNode, useRef, useState } from 'react';
import { type ExceptionEntry, exceptionCatalogue } from '../../engine/exceptions.ts';
import { type ExceptionState, type ExceptionView, getExceptions } from '../api.ts';
import { formatCount } from '../format.ts';
import { inWords, PageHead, SelectField } from '../parts/pieces.tsx';
import { usePages } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { MoreRows } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';
import { ExceptionCard } from './card.tsx';
import { DecideDialog } from './decide-dialog.tsx';
import { DraftDialog } from './draft-dialog.tsx';
import { groupByCode } from './group.ts';
import { outcomeOf, type Verdict } from './verdict.ts';

const states = [
  { value: 'open', text: 'Open' },
  { value: 'approved', text: 'Approved' },
  { value: 're-rated', text: 'Rated again' },
  { value: 'rejected', text: 'Rejected' },
] as const satisfies readonly { value: ExceptionState; text: string }[];

const intro =
  'What no rule may decide alone. Approving releases it, rejecting takes it out; what has been mended is rated again. Your reason is kept.';

/** What waits for a person, by kind, with the evidence and the ways to decide. */
export function ExceptionsPage(props: {
  readonly runId: string | undefined;
  readonly code: string | undefined;
}): ReactNode {
  const { runId, code } = props;
  const [state, setState] = useState<ExceptionState>('open');
  const [asking, setAsking] = useState<{ readonly exception: ExceptionView; readonly verdict: Verdict }>();
  const [reading, setReading] = useState<ExceptionView>();
  const [said, setSaid] = useState('');
  const saying = useRef<HTMLParagraphElement>(null);
  const pages = usePages(`exceptions ${runId} ${code} ${state}`, (after, signal) =>
    getExceptions({ runId, code, state, after, limit: 100 }, signal),
  );
  const decided = (exception: ExceptionView) => {
    setAsking(undefined);
    setSaid(`${inWords(exception.code)} of ${exception.customerName ?? exception.subject} is ${outcomeOf(exception)}.`);
    // What else is the matter with the bill may have gone, or come.
    if (exception.state === 're-rated') pages.reload();
    else pages.change((other) => other.id === exception.id, exception);
    // The button that had the focus is gone with the decision.
    saying.current?.focus();
  };
  return (
    <>
      <PageHead title="Exceptions" intro={runId || code ? <Filter runId={runId} code={code} /> : intro} />
      <div className="filters">
        <SelectField label="State" value={state} options={states} onChange={setState} />
      </div>
      <p className="said" aria-live="polite" tabIndex={-1} ref={saying}>
        {said}
      </p>
      <Loaded resource={pages.resource} what="exceptions" onRetry={pages.reload}>
        {(exceptions) =>
          exceptions.length === 0 ? (
            <Nothing state={state} />
          ) : (
            <>
              {groupByCode(exceptions).map((group) => (
                <Group
                  key={group.code}
                  code={group.code}
                  exceptions={group.exceptions}
                  state={state}
                  onDecide={(exception, verdict) => setAsking({ exception, verdict })}
                  onSeeDraft={setReading}
                />
              ))}
              <MoreRows pages={pages} shown={exceptions.length} />
            </>
          )
        }
      </Loaded>
      {reading && <DraftDialog exception={reading} onClose={() => setReading(undefined)} />}
      {asking && (
        <DecideDialog
          exception={asking.exception}
          verdict={asking.verdict}
          onClose={() => setAsking(undefined)}
          onDecided={decided}
        />
      )}
    </>
  );
}

function Nothing({ state }: { readonly state: ExceptionState }): ReactNode {
  return (
    <Empty title={state === 'open' ? 'Nothing waits for you' : `No ${state} exceptions`}>
      {state === 'open' && <p>Every account of the run went through, or somebody has decided already.</p>}
    </Empty>
  );
}

/** All exceptions of one kind, under what the kind means. */
function Group({
  code,
  exceptions,
  state,
  onDecide,
  onSeeDraft,
}: {
  readonly code: string;
  readonly exceptions: readonly ExceptionView[];
  /** The state that the page lists; what was decided meanwhile has another. */
  readonly state: ExceptionState;
  readonly onSeeDraft: (exception: ExceptionView) => void;
  readonly onDecide: (exception: ExceptionView, verdict: Verdict) => void;
}): ReactNode {
  return (
    <section className="group" aria-labelledby={`code-${code}`}>
      <div className="group-head">
        <h2 id={`code-${code}`}>{inWords(code)}</h2>
        <span className="count">{formatCount(exceptions.filter((one) => one.state === state).length)}</span>
      </div>
      <Meaning code={code} />
      <ul className="cards">
        {exceptions.map((exception) => (
          <ExceptionCard
            key={exception.id}
            exception={exception}
            settled={exception.state !== state}
            onSeeDraft={() => onSeeDraft(exception)}
            onDecide={(verdict) => onDecide(exception, verdict)}
          />
        ))}
      </ul>
    </section>
  );
}

/** What a code means and what to do, from the catalogue that the engine shares; a newer server may know more codes. */
function Meaning({ code }: { readonly code: string }): ReactNode {
  const entry = (exceptionCatalogue as Readonly<Record<string, ExceptionEntry | undefined>>)[code];
  return (
    entry && (
      <p className="meaning">
        {entry.meaning} <span className="quiet">{entry.whatToDo}</span>
      </p>
    )
  );
}

function Filter({ runId, code }: { readonly runId: string | undefined; readonly code: string | undefined }): ReactNode {
  return (
    <>
      {code && `${inWords(code)} · `}
      {runId && (
        <>
          Of run <a href={hrefOf({ page: 'runs', id: runId })}>{runId}</a> ·{' '}
        </>
      )}
      <a href={hrefOf({ page: 'exceptions' })}>Show all</a>
    </>
  );
}
