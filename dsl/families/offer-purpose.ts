/** Offers that wait for a message: by what they are for, and what must be known to choose among them. */
import type { Book, Placed } from '../check/book.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import type { Expression } from '../syntax/tree.ts';
import { clauseOf, clausesOf } from './shapes.ts';

/** Enters what an offer is for, and the facts that it reads. */
export function definePurpose({ sentence }: Placed<RuleSentence>, book: Book): void {
  const purpose = clauseOf(sentence.clauses, 'purpose')?.purpose.text;
  if (purpose === undefined) return;
  const read = clausesOf(sentence.clauses, 'when', 'unless').flatMap(({ condition }) => factsNamedIn(condition));
  book.purposes.set(purpose, [...new Set([...(book.purposes.get(purpose) ?? []), ...read])]);
}

/** Every fact that a condition names, as it is written. */
function factsNamedIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'fact':
      return [expression.name];
    case 'and':
    case 'or':
      return expression.terms.flatMap(factsNamedIn);
    case 'not':
    case 'state':
    case 'if missing':
      return factsNamedIn(expression.of);
    case 'has':
      return [];
    default:
      return [
        ...('left' in expression ? factsNamedIn(expression.left) : []),
        ...('right' in expression ? factsNamedIn(expression.right) : []),
      ];
  }
}
