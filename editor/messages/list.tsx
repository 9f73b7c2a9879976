import { type ReactNode, useState } from 'react';
import { getMessages, type MessageItem, type MessageState } from '../api.ts';
import { formatInstant } from '../format.ts';
import { inWords, PageHead, SearchField, SelectField, Tag, type Tone } from '../parts/pieces.tsx';
import { usePages } from '../parts/resource.ts';
import { Empty } from '../parts/states.tsx';
import { type Column, PagedTable } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';

const tones: Readonly<Record<MessageState, Tone>> = {
  queued: 'plain',
  attempting: 'live',
  sent: 'good',
  delivered: 'good',
  opened: 'good',
  bounced: 'bad',
  failed: 'bad',
  suppressed: 'warn',
};

const stateOptions = [
  { value: '', text: 'Any state' },
  ...Object.keys(tones).map((state) => ({ value: state, text: inWords(state) })),
];

const columns: readonly Column<MessageItem>[] = [
  {
    title: 'Message',
    heading: true,
    cell: (message) => (
      <>
        <a href={hrefOf({ page: 'messages', key: message.key })}>{message.subject || inWords(message.template)}</a>
        {message.problem && <span className="stacked quiet">Cannot be shown: {message.problem}</span>}
      </>
    ),
  },
  { title: 'To', cell: (message) => <Recipient message={message} /> },
  { title: 'Purpose', cell: (message) => inWords(message.purpose), wideOnly: true },
  { title: 'State', cell: (message) => <StateWithReason message={message} /> },
  {
    title: 'When',
    cell: (message) => <span className="nowrap">{formatInstant(message.sentAt ?? message.notBefore)}</span>,
  },
];

/** What was told to whom, and what was not, with the reason. */
export function MessagesPage({ runId }: { readonly runId: string | undefined }): ReactNode {
  const [search, setSearch] = useState('');
  const [state, setState] = useState('');
  const pages = usePages(`messages ${runId} ${state} ${search}`, (after, signal) =>
    getMessages({ runId, state, search, after, limit: 50 }, signal),
  );
  return (
    <>
      <PageHead
        title="Messages"
        intro={
          runId ? <RunFilter runId={runId} /> : 'Everything rules wanted said: sent, waiting, or held back, and why.'
        }
      />
      <div className="filters">
        <SearchField label="Search messages" placeholder="Recipient, customer or invoice" onSearch={setSearch} />
        <SelectField label="State" value={state} options={stateOptions} onChange={setState} />
      </div>
      <PagedTable
        pages={pages}
        what="messages"
        caption="Messages"
        columns={columns}
        keyOf={(message) => message.key}
        empty={
          <Empty title={search || state ? 'No message fits' : 'Nothing has been sent yet'}>
            <p>
              {search || state
                ? 'Loosen the search or choose another state.'
                : 'Messages appear when a bill run delivers or a rule reacts to an event.'}
            </p>
          </Empty>
        }
      />
    </>
  );
}

function RunFilter({ runId }: { readonly runId: string }): ReactNode {
  return (
    <>
      Of run <a href={hrefOf({ page: 'runs', id: runId })}>{runId}</a> ·{' '}
      <a href={hrefOf({ page: 'messages' })}>Show all</a>
    </>
  );
}

function Recipient({ message }: { readonly message: MessageItem }): ReactNode {
  return (
    <>
      <span className="stacked">{message.recipient || 'no address'}</span>
      {message.customerName && !message.toCustomer && (
        <span className="stacked quiet">about {message.customerName}</span>
      )}
    </>
  );
}

export function StateWithReason({ message }: { readonly message: MessageItem }): ReactNode {
  return (
    <>
      <Tag tone={tones[message.state]}>{inWords(message.state)}</Tag>
      {message.reason && <span className="stacked quiet">{message.reason}</span>}
    </>
  );
}
