/** Decimal and binary units of data: a rule that counts in both has most likely forgotten that a GiB is 7% more than a GB. */
import type { Report } from '../diagnostic.ts';
import { isUnit, units } from '../syntax/keywords.ts';
import type { Sentence } from '../syntax/sentences.ts';
import type { Word } from '../syntax/tree.ts';

/** Reports the first unit of the other kind. */
export function checkDataUnits(sentence: Sentence, report: Report): void {
  const found = dataUnitsIn(sentence.clauses);
  const [first] = found;
  const other = found.find((unit) => first && isBinary(unit) !== isBinary(first));
  if (!first || !other) return;
  report(
    'mixed-units',
    other.span,
    `\`${other.text}\` counts in ${isBinary(other) ? '1024' : '1000'}s, and \`${first.text}\` before it in ${isBinary(first) ? '1024' : '1000'}s`,
    `write both in one kind: \`${isBinary(first) ? binaryOf(other.text) : decimalOf(other.text)}\`, with the amount that is meant`,
  );
}

/** Units of quantities and prices, in the order of the text. */
function dataUnitsIn(node: unknown): readonly Word[] {
  if (Array.isArray(node)) return node.flatMap(dataUnitsIn);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, part]) => {
    if ((name === 'unit' || name === 'per') && isDataUnit(part)) return [part];
    return dataUnitsIn(part);
  });
}

function isDataUnit(part: unknown): part is Word {
  if (typeof part !== 'object' || part === null || !('text' in part)) return false;
  const { text } = part;
  return typeof text === 'string' && isUnit(text) && units[text].measures === 'data' && text !== 'B';
}

function isBinary({ text }: Pick<Word, 'text'>): boolean {
  return text.endsWith('iB');
}

function binaryOf(unit: string): string {
  return unit.replace(/^(.)B$/, '$1iB');
}

function decimalOf(unit: string): string {
  return unit.replace('iB', 'B');
}
