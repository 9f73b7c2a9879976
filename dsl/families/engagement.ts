/** What offers, reminders and notifications share: the business event, messages and whom they go to. */
import type { Send, SendWith } from '../../engine/outcomes.ts';
import type { Scope } from '../../engine/rule-set.ts';
import { businessEvents } from '../../engine/vocabulary.ts';
import type { Book, Placed } from '../check/book.ts';
import { eventNames } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import { type Scene, seesScope } from '../check/scene.ts';
import type { Report } from '../diagnostic.ts';
import type { SendClause } from '../syntax/clauses.ts';
import type { Word } from '../syntax/tree.ts';

const subjects = ['customer', 'order', 'subscription', 'invoice'] as const;

export function knownEvent(event: Word, report: Report): { readonly name: string; readonly scope: Scope } | undefined {
  const found = businessEvents.find(({ name }) => name === event.text);
  if (found) return found;
  const guess = nearest(event.text, eventNames());
  report(
    'unknown-event',
    event.span,
    `nothing is known as \`${event.text}\``,
    guess ? `did you mean \`${guess}\`?` : `events are: ${eventNames().join(', ')}`,
  );
  return undefined;
}

/** Rules on business events know neither usage nor history. */
export function eventScene(scope: Scope, placed: Placed, book: Book): Scene {
  return { book, report: placed.report, scope, billed: false, stage: 'done' };
}

/** The messages of a rule about `scope`. Undefined if something has been reported. */
export function lowerSends(
  clauses: readonly SendClause[],
  scope: Scope,
  placed: Placed,
  book: Book,
): readonly Send[] | undefined {
  const sends = clauses.map((clause) => lowerSend(clause, scope, placed, book));
  return sends.includes(undefined) ? undefined : (sends as Send[]);
}

export function knownMessage(message: Word, book: Book, report: Report): string | undefined {
  if (book.messages.has(message.text)) return message.text;
  // A folder that is there but faulty has been reported as such.
  if ([...book.files.keys()].some((path) => path.startsWith(`messages/${message.text}/`))) return undefined;
  const guess = nearest(message.text, book.messages.keys());
  report(
    'unknown-message',
    message.span,
    `there is no message "${message.text}"`,
    guess ? `did you mean "${guess}"?` : `make a folder messages/${message.text} with a message.json and templates`,
  );
  return undefined;
}

export function knownRecipient(recipient: Word, book: Book, report: Report): string | undefined {
  if (recipient.text === 'customer' || book.roles.has(recipient.text)) return recipient.text;
  const guess = nearest(recipient.text, ['customer', ...book.roles]);
  report(
    'unknown-role',
    recipient.span,
    `there is no role \`${recipient.text}\``,
    guess ? `did you mean \`${guess}\`?` : `declare it: \`declare role ${recipient.text}\``,
  );
  return undefined;
}

function lowerSend(clause: SendClause, scope: Scope, placed: Placed, book: Book): Send | undefined {
  const message = knownMessage(clause.message, book, placed.report);
  const to = clause.to.map((recipient) => knownRecipient(recipient, book, placed.report));
  const oncePer = clause.oncePer && subjects.find((subject) => subject === clause.oncePer?.text);
  if (clause.oncePer && !oncePer) {
    placed.report(
      'unknown-value',
      clause.oncePer.span,
      `a message cannot be sent once per ${clause.oncePer.text}`,
      `write one of: ${subjects.join(', ')}`,
    );
    return undefined;
  }
  const addition = clause.with && lowerAddition(clause.with, scope, placed, book);
  if (message === undefined || to.includes(undefined) || (clause.with && !addition)) return undefined;
  return { message, to: to as string[], ...(oncePer && { oncePer }), ...(addition && { with: addition }) };
}

/** An offer or links that go with the message; what they read must be known where it is sent. */
function lowerAddition(
  { kind, name }: NonNullable<SendClause['with']>,
  scope: Scope,
  { report }: Placed,
  book: Book,
): SendWith | undefined {
  const isOffer = kind === 'best offer';
  const known = isOffer ? book.purposes : book.contents;
  if (!known.has(name.text)) {
    const guess = nearest(name.text, known.keys());
    report(
      'unknown-value',
      name.span,
      isOffer ? `no offer is for \`${name.text}\`` : `there is no content \`${name.text}\``,
      guess
        ? `did you mean \`${guess}\`?`
        : isOffer
          ? `write \`for ${name.text}\` into the offers that are meant`
          : 'describe it with a `content` sentence',
    );
    return undefined;
  }
  const foreign = (isOffer ? book.purposes.get(name.text) : undefined)?.find((fact) => {
    const definition = book.facts.get(fact);
    return definition && !seesScope(scope, definition.scope);
  });
  if (foreign === undefined)
    return isOffer ? { kind: 'best offer', purpose: name.text } : { kind: 'content', content: name.text };
  report(
    'out-of-scope',
    name.span,
    `an offer for \`${name.text}\` reads \`${foreign}\`, which is not known here`,
    'use it in a rule that knows it, or let that offer read facts of the customer alone',
  );
  return undefined;
}
