/** What offers, reminders and notifications share: the scene of a business event, and names of messages and recipients. */
import type { Scope } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import type { Scene } from '../check/scene.ts';
import type { Report } from '../diagnostic.ts';
import type { Word } from '../syntax/tree.ts';

/** Rules on business events know neither usage nor history. */
export function eventScene(scope: Scope, placed: Placed, book: Book): Scene {
  return { book, report: placed.report, scope, billed: false, stage: 'done' };
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
