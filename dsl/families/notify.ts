/** Notifications: messages when something happens. */
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { knownEvent } from '../check/events.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import { eventScene } from './engagement.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { lowerSends } from './send.ts';
import { clauseOf, clausesOf } from './shapes.ts';

export function compileNotify(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses } = placed.sentence;
  const on = clauseOf(clauses, 'on');
  const event = on && knownEvent(on.event, placed.report);
  const also = circumstances(clauses, placed, book);
  if (!event || !also) return undefined;
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), eventScene(event.scope, placed, book), also);
  const sends = lowerSends(clausesOf(clauses, 'send'), event.scope, placed, book, true);
  if (!conditions || !sends) return undefined;
  return {
    ...draftOf(placed),
    set: `notify:${event.name}`,
    family: 'notify',
    policy: 'all',
    scope: event.scope,
    conditions,
    outcome: { kind: 'notify', sends },
  };
}
