import { type ReactNode, useRef, useState } from 'react';
import { formatCount } from '../format.ts';
import { inWords, PageHead, SearchField, SelectField } from '../parts/pieces.tsx';
import { type Resource, usePages, useResource } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { MoreRows } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';
import { CorrectDialog } from './correct-dialog.tsx';
import { Groups } from './groups.tsx';
import {
  getQuarantined,
  getQuarantineGroups,
  type QuarantinedItem,
  type QuarantineGroupsView,
  type QuarantineGroupView,
  type QuarantineSelection,
  type QuarantineState,
  queryOf,
} from './quarantine-api.ts';
import { RecordCard } from './record.tsx';
import { type Settled, sayOutcome } from './settle.ts';
import { type Matter, SettleDialog } from './settle-dialog.tsx';

const states = [
  { value: 'open', text: 'Waiting' },
  { value: 'replayed', text: 'Accepted since' },
  { value: 'dropped', text: 'Dropped' },
] as const satisfies readonly { value: QuarantineState; text: string }[];

const intro =
  'Usage records that were refused, as they came. Nothing of them is billed until somebody corrects or replays them; nothing is lost.';

/** Refused usage: by reason, and record by record once a reason is chosen. */
export function QuarantinePage(props: {
  readonly reason: string | undefined;
  readonly detail: string | undefined;
}): ReactNode {
  const { reason, detail } = props;
  const [state, setState] = useState<QuarantineState>('open');
  const [source, setSource] = useState('');
  const [search, setSearch] = useState('');
  const [settling, setSettling] = useState<Matter>();
  const [correcting, setCorrecting] = useState<QuarantinedItem>();
  // What has been settled changes counts and records alike, so both are read anew.
  const [round, setRound] = useState(0);
  const [said, setSaid] = useState('');
  const saying = useRef<HTMLParagraphElement>(null);
  const selection: QuarantineSelection = { state, source, reason, detail, search };
  const key = `${JSON.stringify(selection)} ${round}`;
  const { resource, reload } = useResource(`quarantine groups ${key}`, (signal) =>
    getQuarantineGroups(queryOf(selection), signal),
  );
  const settled = (outcome: Settled) => {
    setSettling(undefined);
    setCorrecting(undefined);
    setSaid(sayOutcome(outcome));
    setRound(round + 1);
    // The button that had the focus is gone with its record.
    saying.current?.focus();
  };
  return (
    <>
      <Head selection={selection} groups={resource} onSettle={setSettling} />
      <div className="filters">
        <SelectField label="State" value={state} options={states} onChange={setState} />
        <SelectField label="Source" value={source} options={sourceOptions(resource)} onChange={setSource} />
        <SearchField label="Search records" placeholder="Part of a line or of a file’s name" onSearch={setSearch} />
      </div>
      <p className="said" aria-live="polite" tabIndex={-1} ref={saying}>
        {said}
      </p>
      {reason === undefined ? (
        <Overview groups={resource} selection={selection} onRetry={reload} onSettle={setSettling} />
      ) : (
        <Records listKey={key} selection={selection} onCorrect={setCorrecting} onSettle={setSettling} />
      )}
      {settling && <SettleDialog matter={settling} onClose={() => setSettling(undefined)} onSettled={settled} />}
      {correcting && <CorrectDialog record={correcting} onClose={() => setCorrecting(undefined)} onSettled={settled} />}
    </>
  );
}

/** What is shown, the way back, and what can be done with all of it. */
function Head(props: {
  readonly selection: QuarantineSelection;
  readonly groups: Resource<QuarantineGroupsView>;
  readonly onSettle: (matter: Matter) => void;
}): ReactNode {
  const { selection, groups, onSettle } = props;
  const { reason, detail, state } = selection;
  if (reason === undefined) return <PageHead title="Quarantine" intro={intro} />;
  const group = groups.kind === 'ready' ? groups.value.items.find((one) => one.reason === reason) : undefined;
  const matter = (kind: Matter['kind']): Matter => ({
    kind,
    of: selection,
    count: group?.records ?? 0,
    name: nameOf(reason),
  });
  return (
    <PageHead
      title={inWords(reason)}
      intro={
        <>
          {detail !== undefined && (
            <>
              {detail} · <a href={hrefOf({ page: 'quarantine', reason })}>Any cause</a> ·{' '}
            </>
          )}
          <a href={hrefOf({ page: 'quarantine' })}>All reasons</a>
          {group && <> · {group.whatToDo}</>}
        </>
      }
    >
      {state === 'open' && group && group.records > 1 && (
        <>
          <button type="button" className="button" onClick={() => onSettle(matter('replay'))}>
            Replay all {formatCount(group.records)}
          </button>
          <button type="button" className="button" onClick={() => onSettle(matter('drop'))}>
            Drop all {formatCount(group.records)}
          </button>
        </>
      )}
    </PageHead>
  );
}

/** All reasons, of which each can be settled as a whole. */
function Overview(props: {
  readonly groups: Resource<QuarantineGroupsView>;
  readonly selection: QuarantineSelection;
  readonly onRetry: () => void;
  readonly onSettle: (matter: Matter) => void;
}): ReactNode {
  const { groups, selection, onSettle } = props;
  const settle = (kind: Matter['kind'], { reason, records: count }: QuarantineGroupView) =>
    onSettle({ kind, of: { ...selection, reason }, count, name: nameOf(reason) });
  return (
    <Loaded resource={groups} what="the quarantine" onRetry={props.onRetry}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing selection={selection} />
        ) : (
          <div className="quarantine-groups">
            <Groups groups={items} {...(selection.state === 'open' && { onSettle: settle })} />
          </div>
        )
      }
    </Loaded>
  );
}

function Records(props: {
  readonly listKey: string;
  readonly selection: QuarantineSelection;
  readonly onCorrect: (record: QuarantinedItem) => void;
  readonly onSettle: (matter: Matter) => void;
}): ReactNode {
  const { selection } = props;
  const settle = (kind: Matter['kind'], record: QuarantinedItem) =>
    props.onSettle({ kind, of: record, count: 1, name: `${record.name}, line ${formatCount(record.line)}` });
  const pages = usePages(`quarantined ${props.listKey}`, (after, signal) =>
    getQuarantined({ ...queryOf(selection), after, limit: 50 }, signal),
  );
  return (
    <Loaded resource={pages.resource} what="the records" onRetry={pages.reload}>
      {(records) =>
        records.length === 0 ? (
          <Nothing selection={selection} />
        ) : (
          <>
            <ul className="cards records">
              {records.map((record) => (
                <RecordCard
                  key={`${record.file} ${record.line}`}
                  record={record}
                  onCorrect={() => props.onCorrect(record)}
                  onReplay={() => settle('replay', record)}
                  onDrop={() => settle('drop', record)}
                />
              ))}
            </ul>
            <MoreRows pages={pages} shown={records.length} />
          </>
        )
      }
    </Loaded>
  );
}

function Nothing({ selection }: { readonly selection: QuarantineSelection }): ReactNode {
  const { state, source, search, reason } = selection;
  if (search || source) return <Empty title="No refused record fits">Try a shorter text, or all sources.</Empty>;
  if (state !== 'open') return <Empty title={state === 'dropped' ? 'None was dropped' : 'None was accepted since'} />;
  return (
    <Empty title={reason === undefined ? 'No record waits' : 'No record waits for this reason any more'}>
      {reason === undefined ? (
        <p>Every usage record that came is accepted, a duplicate, or settled by somebody.</p>
      ) : (
        <p>
          <a href={hrefOf({ page: 'quarantine' })}>Go to the other reasons</a>
        </p>
      )}
    </Empty>
  );
}

function sourceOptions(groups: Resource<QuarantineGroupsView>): readonly { value: string; text: string }[] {
  const sources = groups.kind === 'ready' ? groups.value.sources : [];
  return [{ value: '', text: 'All' }, ...sources.map((source) => ({ value: source, text: source }))];
}

/** What a reason is called in a sentence. */
function nameOf(reason: string): string {
  return `what was refused as ${inWords(reason).toLowerCase()}`;
}
