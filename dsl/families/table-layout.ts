/** The columns and rows of a table, as its first line, its `column` clauses and its key say they are. */
import type { FactDefinition } from '../../engine/rule-set.ts';
import { describe } from '../check/amounts.ts';
import type { Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import type { TableSentence } from '../syntax/sentences.ts';
import type { CsvRow } from './csv.ts';
import { lowerType } from './declare.ts';
import { clausesOf } from './shapes.ts';
import { cellToBase, fits, type HeaderColumn, headerUnits, isDay, readHeader, remedyFor } from './table-cells.ts';
import { type Broken, type Column, checkRows, type Layout } from './table-rows.ts';

/** More different words than this are a text, not a choice. */
const choices = 200;

/** `file` is its first line and its rows. Undefined if something has been reported. */
export function layOut(
  file: readonly CsvRow[],
  key: FactDefinition,
  placed: Placed<TableSentence>,
): Layout | undefined {
  const { sentence, report } = placed;
  const { path } = sentence;
  const broken: Broken = (message, help) => {
    report('broken-table', path.span, `${path.text} ${message}`, help);
    return undefined;
  };
  const [first = [], ...content] = file.map(({ cells }) => cells);
  const header = checkHeader(readHeader(first), broken);
  if (!header || !namesColumns(header, placed)) return undefined;
  const columns = header.map((column, index) => columnOf(column, index, header, content, key, placed));
  const rows = toBase(content, columns, placed);
  if (!rows) return undefined;
  const written = new Map(rows.map((row, index) => [row, file[index + 1]]));
  const layout = { columns, rows: inOrder(rows, sentence.match) };
  return checkRows(layout, sentence.match, (row) => written.get(row), broken);
}

function checkHeader(header: readonly HeaderColumn[], broken: Broken): readonly HeaderColumn[] | undefined {
  const names = header.map(({ name }) => name);
  const separator = /[;\t|]/.exec(names[0] ?? '')?.[0];
  if (names.length < 2)
    return broken(
      'has no two columns',
      separator !== undefined
        ? 'separate the columns with commas'
        : 'write a first line with the names of at least two columns, then one line for each row',
    );
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) return broken(`has two columns named \`${twin}\``, 'give each column a name of its own');
  if (names.includes('')) return broken('has a column without a name', 'name it in the first line');
  const odd = header.find(({ unit, type }) => unit !== undefined && !type);
  if (odd) return broken(`gives column \`${odd.name}\` the unit \`${odd.unit}\``, `write ${headerUnits}`);
  return header;
}

/** Whether the `column` clauses name columns that can be looked up. */
function namesColumns(header: readonly HeaderColumn[], { sentence, report }: Placed<TableSentence>): boolean {
  const names = header.slice(1).map(({ name }) => name);
  const unknown = clausesOf(sentence.clauses, 'column').find(({ name }) => !names.includes(name.text));
  if (!unknown) return true;
  const guess = nearest(unknown.name.text, names);
  report(
    'unknown-value',
    unknown.name.span,
    `${sentence.path.text} has no column \`${unknown.name.text}\` to look up`,
    guess ? `did you mean \`${guess}\`?` : `it has: ${names.join(', ')}`,
  );
  return false;
}

function columnOf(
  column: HeaderColumn,
  index: number,
  header: readonly HeaderColumn[],
  rows: readonly (readonly string[])[],
  key: FactDefinition,
  { sentence, report }: Placed<TableSentence>,
): Column {
  const { name } = column;
  const isRange = sentence.match === 'range';
  if (index === 0) return { ...column, type: isRange ? key.type : { kind: 'text' }, isValue: false };
  // The upper bound is counted as the lower one is.
  if (isRange && name === 'below') {
    const unit = column.unit ?? header[0]?.unit;
    return { name, ...(unit !== undefined && { unit }), type: key.type, isValue: false };
  }
  if (name === 'from' || name === 'until') return { ...column, type: { kind: 'text' }, isValue: false };
  const declared = clausesOf(sentence.clauses, 'column').find((clause) => clause.name.text === name);
  const type = (declared && lowerType(declared.type, report)) ?? column.type;
  if (type) return { ...column, type, isValue: true };
  const values = new Set(rows.map((row) => row[index] ?? ''));
  return {
    ...column,
    type: values.size <= choices ? { kind: 'enum', values: [...values].sort() } : { kind: 'text' },
    isValue: true,
  };
}

function toBase(
  rows: readonly (readonly string[])[],
  columns: readonly Column[],
  { sentence, report }: Placed<TableSentence>,
): readonly (readonly string[])[] | undefined {
  const { path } = sentence;
  const found: string[][] = [];
  for (const row of rows) {
    const cells: string[] = [];
    for (const [index, { name, type, unit }] of columns.entries()) {
      const written = row[index] ?? '';
      const isOpen = written === '' && ['below', 'from', 'until'].includes(name) && !columns[index]?.isValue;
      const isDayColumn = (name === 'from' || name === 'until') && !columns[index]?.isValue;
      const cell = isOpen || isDayColumn ? written : cellToBase(written, type, unit);
      const isRight = isOpen || (isDayColumn ? isDay(written) : cell !== undefined && fits(cell, type));
      if (!isRight) {
        const guess = type.kind === 'enum' ? nearest(written, type.values) : undefined;
        const wanted = isDayColumn
          ? 'a day'
          : type.kind === 'enum'
            ? `one of ${type.values.join(', ')}`
            : describe(type);
        report(
          'broken-table',
          path.span,
          `${path.text} has \`${written}\` for ${row[0]}, but column \`${name}\` is ${wanted}`,
          guess ? `did you mean \`${guess}\`?` : remedyFor(isDayColumn ? { kind: 'date' } : type, unit),
        );
        return undefined;
      }
      cells.push(cell ?? '');
    }
    found.push(cells);
  }
  return found;
}

/** By key and then by the rest; by code unit, so that every machine sorts alike, and ranges by their number. */
function inOrder(rows: readonly (readonly string[])[], match: TableSentence['match']): readonly (readonly string[])[] {
  const text = (row: readonly string[]) => row.join('\u0000');
  return [...rows].sort((a, b) => {
    const byNumber = match === 'range' ? Number(a[0]) - Number(b[0]) : 0;
    return byNumber || (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
  });
}
