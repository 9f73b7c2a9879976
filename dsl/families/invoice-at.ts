/** Amounts of usage that are invoiced before the cycle ends: said by the plan, or by one that it is like. */
import type { UsageThresholds } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import type { Scene } from '../check/scene.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import { prepaidOf } from './prepaid.ts';
import { clauseOf } from './shapes.ts';
import { isAmount } from './terms.ts';

/** Undefined where no plan says any. */
export function invoiceAtOf(
  placed: Placed<PlanSentence>,
  book: Book,
  scene: Scene,
): UsageThresholds | 'refused' | undefined {
  const clause = clauseOf(placed.sentence.clauses, 'invoice at');
  const { like } = placed.sentence;
  const base = like && book.plans.get(like.text)?.at(-1);
  const isPrepaid = prepaidOf(placed, book) !== undefined;
  if (!clause) return base && !isPrepaid ? invoiceAtOf(base, book, scene) : undefined;
  const here = { ...scene, report: placed.report };
  const { first, every } = clause;
  if (!isAmount(first, here) || (every && every !== first && !isAmount(every, here))) return 'refused';
  if (!isPrepaid) return { first: first.amount, ...(every && { thenEvery: every.amount }) };
  placed.report(
    'misplaced-clause',
    clause.span,
    'usage of this plan is paid from credit before it is used, so nothing of it is left to invoice in mid-cycle',
    'leave one of the two out',
  );
  return 'refused';
}
