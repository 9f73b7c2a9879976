/** Business events: what rules start on. */
import type { Scope } from '../../engine/rule-set.ts';
import { businessEvents } from '../../engine/vocabulary.ts';
import type { Report } from '../diagnostic.ts';
import type { Word } from '../syntax/tree.ts';
import { nearest } from './nearest.ts';

/** Undefined if a fault has been reported: there is no such event. */
export function knownEvent(event: Word, report: Report): { readonly name: string; readonly scope: Scope } | undefined {
  const found = businessEvents.find(({ name }) => name === event.text);
  if (found) return found;
  const names = businessEvents.map(({ name }) => name);
  const guess = nearest(event.text, names);
  report(
    'unknown-event',
    event.span,
    `nothing is known as \`${event.text}\``,
    guess ? `did you mean \`${guess}\`?` : `events are: ${names.join(', ')}`,
  );
  return undefined;
}
