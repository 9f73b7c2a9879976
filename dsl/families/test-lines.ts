/** Lines and fees that a test names: one that nothing is called could never be met, and `expect no …` could never fail. */
import type { Book, Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import type { Word } from '../syntax/tree.ts';

/** The title of a line that some rule may put on a bill; undefined if a fault has been reported. */
export function knownLine(title: Word, { report }: Placed, book: Book): string | undefined {
  if (!book.knowsAllRules || book.lineTitles.has(title.text)) return title.text;
  const guess = nearest(title.text, book.lineTitles);
  report(
    'unknown-line',
    title.span,
    `no line of a bill can be called "${title.text}"`,
    guess
      ? `did you mean "${guess}"?`
      : 'write the title as the plan, the contract or the rule has it: a fee, `as "…"`, or "Included: …" for an allowance',
  );
  return undefined;
}

/** The title of a fee that some step charges; undefined if a fault has been reported. */
export function knownStepFee(title: Word, { report }: Placed, book: Book): string | undefined {
  if (!book.knowsAllRules || book.stepFees.has(title.text)) return title.text;
  const guess = nearest(title.text, book.stepFees);
  report(
    'unknown-fee',
    title.span,
    `no step charges a fee "${title.text}"`,
    guess
      ? `did you mean "${guess}"?`
      : book.lineTitles.has(title.text)
        ? `it is a line of the bill: write \`line "${title.text}"\``
        : 'write the fee as a step of `dunning` or `remind` names it',
  );
  return undefined;
}
