/** Whether the rows of a table are what its first line, its `column` clauses and its `otherwise` say. */
import type { FactType } from '../../engine/rule-set.ts';
import { isAmountType } from '../check/amounts.ts';
import type { Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import type { TableSentence } from '../syntax/sentences.ts';
import type { Span } from '../syntax/tree.ts';
import { clausesOf } from './shapes.ts';

type Rows = readonly (readonly string[])[];

/** Reports the first fault of a table's first line and keys; true if there is none. */
export function checkColumns(columns: readonly string[], rows: Rows, placed: Placed<TableSentence>): boolean {
  const { sentence, report } = placed;
  const broken = (message: string, help: string) => {
    report('broken-table', sentence.path.span, `${sentence.path.text} ${message}`, help);
    return false;
  };
  if (columns.length < 2) {
    const separator = /[;\t|]/.exec(columns[0] ?? '')?.[0];
    return broken(
      'has no two columns',
      separator !== undefined
        ? 'separate the columns with commas'
        : 'write a first line with the names of at least two columns, then one line for each row',
    );
  }
  const twin = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twin !== undefined) return broken(`has two columns named \`${twin}\``, 'give each column a name of its own');
  if (columns.includes('')) return broken('has a column without a name', 'name it in the first line');
  const nameless = rows.findIndex(([key]) => key === '');
  if (nameless >= 0) return broken('has a row without a key', 'write the key in the first column of every row');
  const seen = new Set<string>();
  for (const [key = ''] of rows) {
    if (seen.has(key)) return broken(`has two rows for ${key}`, 'keep one of them');
    seen.add(key);
  }
  const unknown = clausesOf(sentence.clauses, 'column').find(({ name }) => !columns.slice(1).includes(name.text));
  if (!unknown) return true;
  const guess = nearest(unknown.name.text, columns.slice(1));
  report(
    'unknown-value',
    unknown.name.span,
    `${sentence.path.text} has no column \`${unknown.name.text}\` to look up`,
    guess ? `did you mean \`${guess}\`?` : `it has: ${columns.slice(1).join(', ')}`,
  );
  return false;
}

/** Reports the first cell of a column that is not of the column's type; true if there is none. */
export function checkCells(
  title: string,
  type: FactType,
  columns: readonly string[],
  rows: Rows,
  { sentence, report }: Placed<TableSentence>,
): boolean {
  const index = columns.indexOf(title);
  const wrong = rows.find((row) => !fits(row[index] ?? '', type));
  const { otherwise, path } = sentence;
  const cell = wrong ? (wrong[index] ?? '') : otherwise && !fits(otherwise.text, type) ? otherwise.text : undefined;
  if (cell === undefined) return true;
  const at: Span = wrong ? path.span : (otherwise?.span ?? path.span);
  const where = wrong
    ? `${path.text} has \`${cell}\` for ${wrong[0]}`
    : `\`${cell}\` stands for what is not in the table`;
  const guess = type.kind === 'enum' ? nearest(cell, type.values) : undefined;
  report(
    'broken-table',
    at,
    `${where}, but column \`${title}\` is ${type.kind === 'enum' ? `one of ${type.values.join(', ')}` : type.kind}`,
    guess ? `did you mean \`${guess}\`?` : remedyFor(type),
  );
  return false;
}

function fits(cell: string, type: FactType): boolean {
  if (type.kind === 'enum') return type.values.includes(cell);
  if (type.kind === 'boolean') return ['yes', 'no', 'true', 'false'].includes(cell);
  return !isAmountType(type) || (cell !== '' && Number.isSafeInteger(Number(cell)));
}

function remedyFor(type: FactType): string {
  if (type.kind === 'enum') return 'correct the cell, or add the value to the `column` clause';
  if (type.kind === 'boolean') return 'write yes or no';
  return 'write a whole number of the smallest units: bytes, milliseconds, millionths of a currency';
}
