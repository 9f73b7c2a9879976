/** Taxes: exactly one fits each line. */
import type { Book, Placed } from '../check/book.ts';
import { always } from '../check/compare.ts';
import { lowerRule } from '../check/conditions.ts';
import { percentToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';

export function compileTax(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses, name } = placed.sentence;
  const levy = clauseOf(clauses, 'levy');
  const otherwise = clauseOf(clauses, 'otherwise');
  const also = circumstances(clauses, placed, book);
  if (!levy || !also || percentToBase(levy.percent, placed.report) === undefined) return undefined;
  const when = clausesOf(clauses, 'when', 'unless');
  const [first] = when;
  if (otherwise && first) {
    placed.report(
      'misplaced-clause',
      first.span,
      `tax \`${name.text}\` is for everything else, so it has no condition`,
      'leave out the condition, or `otherwise`',
    );
    return undefined;
  }
  const scene: Scene = { book, report: placed.report, scope: 'line', billed: true, stage: 'done' };
  const conditions = otherwise && also.length === 0 ? { all: [always] } : lowerRule(when, scene, also);
  if (!conditions) return undefined;
  const note = levy.note && { note: levy.note.text };
  return {
    ...draftOf(placed),
    set: 'tax',
    family: 'tax',
    policy: 'exactly one',
    scope: 'line',
    conditions,
    otherwise: otherwise !== undefined,
    outcome: { kind: 'tax', percent: levy.percent.number, category: levy.category.text, ...note },
  };
}
