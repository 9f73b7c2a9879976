import type { ReactNode } from 'react';
import { getMessage, type MessageView, type Problem } from '../api.ts';
import { formatInstant } from '../format.ts';
import { inWords, PageHead } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { hrefOf } from '../route.ts';
import { StateWithReason } from './list.tsx';

/** One message as its recipient sees it, and what became of it. */
export function MessagePage({ messageKey }: { readonly messageKey: string }): ReactNode {
  const { resource, reload } = useResource(`message ${messageKey}`, (signal) => getMessage(messageKey, signal));
  if (resource.kind === 'failed' && resource.problem.type === '/v1/problems/message-unreadable')
    return <Unreadable problem={resource.problem} onRetry={reload} />;
  return (
    <Loaded resource={resource} what="the message" onRetry={reload}>
      {(message) => (
        <>
          <PageHead
            title={message.subject || inWords(message.template)}
            intro={`To ${message.recipient} by ${message.channel}`}
          />
          <div className="beside narrow-first">
            <section className="panel" aria-labelledby="message-facts">
              <h2 id="message-facts">About this message</h2>
              <MessageFacts message={message} />
            </section>
            <section className="panel document" aria-labelledby="message-preview">
              <h2 id="message-preview">As the recipient sees it</h2>
              <Preview message={message} />
            </section>
          </div>
        </>
      )}
    </Loaded>
  );
}

/** A template that is missing or broken is for the analysts to mend; to whoever looks at the message it is no alarm. */
function Unreadable({ problem, onRetry }: { readonly problem: Problem; readonly onRetry: () => void }): ReactNode {
  return (
    <>
      <PageHead
        title="A message that cannot be shown"
        intro={<a href={hrefOf({ page: 'messages' })}>All messages</a>}
      />
      <div className="notice warn" role="status">
        <p className="notice-title">{problem.title}</p>
        <p>{problem.detail}</p>
        {problem.remedy && <p className="what-to-do">{problem.remedy}</p>}
        <div className="actions">
          <a className="button" href={hrefOf({ page: 'rules' })}>
            Open the rules
          </a>
          <button type="button" className="button" onClick={onRetry}>
            Try again
          </button>
        </div>
      </div>
    </>
  );
}

function MessageFacts({ message }: { readonly message: MessageView }): ReactNode {
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['State', <StateWithReason key="state" message={message} />],
    ['Customer', message.customerName ?? '–'],
    ['Recipient', message.recipient],
    ['Channel', inWords(message.channel)],
    ['Purpose', inWords(message.purpose)],
    ['Template', <code key="template">{message.template}</code>],
    ['Rule', <code key="rule">{message.rule}</code>],
    ['Not before', formatInstant(message.notBefore)],
    ['Sent', message.sentAt ? formatInstant(message.sentAt) : 'not yet'],
  ];
  return (
    <dl className="facts">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Preview({ message }: { readonly message: MessageView }): ReactNode {
  if (message.html)
    return (
      <iframe sandbox="" srcDoc={wrapping(message.html)} title={`Preview of ${message.subject ?? message.template}`} />
    );
  if (message.text) return <pre className="plain-text">{message.text}</pre>;
  return <Empty title="Nothing to show">It is rendered when it is due.</Empty>;
}

/** A word longer than the phone is wide must not push the text out of sight: mails of before say nothing about it. */
function wrapping(html: string): string {
  return `${html}<style>body, td, p { overflow-wrap: anywhere }</style>`;
}
