/** Segments: what kind of customer somebody is, for all other rules to read. */
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import { eventScene } from './engagement.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { clausesOf } from './shapes.ts';

/** It reads the customer alone, so that it says the same in the bill cycle, on every event and in every reminder. */
export function compileSegment(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses, name } = placed.sentence;
  const also = circumstances(clauses, placed, book);
  if (!also) return undefined;
  const scene = { ...eventScene('customer', placed, book), segmenting: true as const };
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, also);
  if (!conditions) return undefined;
  return {
    ...draftOf(placed),
    set: 'segment',
    family: 'segment',
    policy: 'all',
    scope: 'customer',
    conditions,
    outcome: { kind: 'segment', segment: name.text },
  };
}
