/** The messages of a rule: what is sent to whom, with what, how, and to whom again. */
import type { Channel, MessageTemplate, Send, SendWith } from '../../engine/outcomes.ts';
import type { Scope } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import { expectPositive } from '../check/quantities.ts';
import { seesScope } from '../check/scene.ts';
import type { Report } from '../diagnostic.ts';
import type { SendClause } from '../syntax/clauses.ts';
import type { Quantity } from '../syntax/tree.ts';
import { knownMessage, knownRecipient } from './engagement.ts';

const subjects = ['customer', 'order', 'subscription', 'invoice'] as const;

/** What a rule's messages are about. */
interface Occasion {
  readonly scope: Scope;
  /** Only what an event began can last, and be told again. */
  readonly mayEscalate: boolean;
}

/** The messages of a rule about `scope`. Undefined if something has been reported. */
export function lowerSends(
  clauses: readonly SendClause[],
  scope: Scope,
  placed: Placed,
  book: Book,
  mayEscalate = false,
): readonly Send[] | undefined {
  const sends = clauses.map((clause) => lowerSend(clause, { scope, mayEscalate }, placed, book));
  return sends.includes(undefined) ? undefined : (sends as Send[]);
}

function lowerSend(clause: SendClause, { scope, mayEscalate }: Occasion, placed: Placed, book: Book): Send | undefined {
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
  const template = book.messages.get(message);
  const channel = template && lowerChannel(clause, template, placed.report);
  const again = lowerLevels(clause, mayEscalate, placed, book);
  const survey = template && lowerSurvey(clause, scope, template, placed.report);
  if (channel === undefined || !again || survey === undefined) return undefined;
  return {
    message,
    to: to as string[],
    ...(oncePer && { oncePer }),
    ...(addition && { with: addition }),
    ...(channel && { channel }),
    ...(again.length > 0 && { again }),
    ...(survey && { survey }),
  };
}

/** An offer or links that go with the message; what they read must be known where it is sent. */
function lowerAddition(
  { kind, name }: NonNullable<SendClause['with']>,
  scope: Scope,
  { report }: Placed,
  book: Book,
): SendWith | undefined {
  const isOffer = kind === 'best offer';
  const known = isOffer ? book.purposes : book.catalogues;
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

/** `false`: as the recipient prefers. Undefined if something has been reported. */
function lowerChannel(
  { channel, to }: SendClause,
  template: MessageTemplate,
  report: Report,
): Channel | false | undefined {
  if (!channel) return false;
  const found = template.channels.find((one) => one === channel.text);
  const staff = to.find(({ text }) => text !== 'customer');
  if (found && (!staff || found === 'email')) return found;
  if (found && staff)
    report('unknown-value', channel.span, 'a role is reached by e-mail', `leave out \`by ${found}\` for ${staff.text}`);
  else
    report(
      'unknown-value',
      channel.span,
      `the message "${template.name}" has no template for ${channel.text}`,
      `add one such as en.${channel.text}.eta, or write: by ${template.channels.join(' or ')}`,
    );
  return undefined;
}

/** In the order of time. Undefined if something has been reported. */
function lowerLevels(
  { again }: SendClause,
  mayEscalate: boolean,
  placed: Placed,
  book: Book,
): NonNullable<Send['again']> | undefined {
  const [first] = again;
  if (first && !mayEscalate) {
    placed.report(
      'misplaced-clause',
      first.after.span,
      'only a `notify` tells again while its event lasts',
      'give the message a step of its own, or move it into a `notify`',
    );
    return undefined;
  }
  const levels = again.map(({ after, to }) => {
    const known = to.map((recipient) => knownRecipient(recipient, book, placed.report));
    const afterDays = wholeDays(after, 'the time until it is told again', placed.report);
    return afterDays === undefined || known.includes(undefined) ? undefined : { afterDays, to: known as string[] };
  });
  if (levels.includes(undefined)) return undefined;
  return (levels as NonNullable<Send['again']>[number][]).sort((a, b) => a.afterDays - b.afterDays);
}

const usualAnswerDays = 14;

/** `false`: it asks nothing. Undefined if something has been reported. */
function lowerSurvey(
  clause: SendClause,
  scope: Scope,
  template: MessageTemplate,
  report: Report,
): Send['survey'] | false | undefined {
  const { isSurvey, answerWithin, message, to } = clause;
  if (isSurvey !== (template.survey !== undefined)) {
    report(
      'not-a-survey',
      message.span,
      isSurvey ? `the message "${template.name}" asks nothing` : `the message "${template.name}" is a survey`,
      isSurvey ? `add messages/${template.name}/survey.json with its questions` : 'write `send survey`',
    );
    return undefined;
  }
  const staff = to.find(({ text }) => text !== 'customer');
  const misplaced =
    (!isSurvey && answerWithin && (['only a survey is answered', 'write `send survey`', answerWithin.span] as const)) ||
    (isSurvey && staff && (['only the customer is asked', 'write `to customer`', staff.span] as const)) ||
    (isSurvey &&
      scope !== 'subscription' &&
      ([
        'answers are kept with a subscription, and this rule has none',
        'send it on an event of a subscription',
        message.span,
      ] as const));
  if (misplaced) {
    report('misplaced-clause', misplaced[2], misplaced[0], misplaced[1]);
    return undefined;
  }
  if (!isSurvey) return false;
  const answerWithinDays = answerWithin ? wholeDays(answerWithin, 'the time to answer', report) : usualAnswerDays;
  return answerWithinDays === undefined ? undefined : { answerWithinDays };
}

/** Days that something lasts. Undefined if something has been reported. */
export function wholeDays(quantity: Quantity, what: string, report: Report): number | undefined {
  const ms = expectPositive(quantity, 'duration', what, report);
  if (ms === undefined || ms % 86_400_000 === 0) return ms === undefined ? undefined : ms / 86_400_000;
  report('wrong-unit', quantity.span, `${what} is counted in whole days`, 'write it in days or weeks: `2 days`');
  return undefined;
}
