/** Whether the rows of a table leave no doubt: one row for a key on a day. */
import type { FactType } from '../../engine/rule-set.ts';
import type { TableSentence } from '../syntax/sentences.ts';
import type { CsvRow } from './csv.ts';
import type { HeaderColumn } from './table-cells.ts';

export interface Column extends HeaderColumn {
  readonly type: FactType;
  /** It is looked up; the others say for which keys and days a row is. */
  readonly isValue: boolean;
}

export interface Layout {
  readonly columns: readonly Column[];
  /** Cells in base units, sorted by key and first day. */
  readonly rows: readonly (readonly string[])[];
}

/** Reports the first fault. */
export type Broken = (message: string, help: string) => undefined;

type Row = readonly string[];

/** The layout if there is no doubt; otherwise the first fault is reported, as `written` says that the row stands in the file. */
export function checkRows(
  layout: Layout,
  match: TableSentence['match'],
  written: (row: Row) => CsvRow | undefined,
  broken: Broken,
): Layout | undefined {
  const { rows } = layout;
  if (rows.some(([key]) => key === ''))
    return broken('has a row without a key', 'write the key in the first column of every row');
  const place = (name: string) => layout.columns.findIndex((column) => column.name === name && !column.isValue);
  const [from, until, below] = [place('from'), place('until'), place('below')];
  const day = (row: Row, index: number, open: string) => row[index] || open;
  const starts = (row: Row) => day(row, from, '0000-00-00');
  const ends = (row: Row) => day(row, until, '9999-99-99');
  const said = (row: Row, index = 0) => inUnit(written(row)?.cells[index] ?? '', layout.columns[index]?.unit);
  const line = (row: Row) => `line ${written(row)?.line}`;
  const empty = rows.find((row) => starts(row) >= ends(row));
  if (empty)
    return broken(
      `has a row for ${said(empty)} (${line(empty)}) that ends on ${ends(empty)}, before it begins`,
      'the last day is not part of it: write a later one',
    );
  const isBackwards = (row: Row) =>
    match === 'range' && below >= 0 && row[below] !== '' && Number(row[below]) <= Number(row[0]);
  const backwards = rows.find(isBackwards);
  if (backwards)
    return broken(
      `has a range from ${said(backwards)} to ${said(backwards, below)} (${line(backwards)}), which is none`,
      'write the lower bound first',
    );
  const shareDay = (a: Row, b: Row) => starts(a) < ends(b) && starts(b) < ends(a);
  const reaches = (a: Row, b: Row) =>
    a[0] === b[0] || (match === 'range' && below >= 0 && (a[below] === '' || Number(a[below]) > Number(b[0])));
  for (const [index, row] of rows.entries()) {
    // Sorted by key: only those behind can meet it, until one begins where it has ended.
    for (const other of rows.slice(index + 1)) {
      if (!reaches(row, other)) break;
      if (!shareDay(row, other)) continue;
      return row[0] === other[0]
        ? broken(
            `has two rows for ${said(row)} (${line(row)} and ${line(other)})`,
            from >= 0 || until >= 0 ? 'end the one before the other begins' : 'keep one of them',
          )
        : broken(
            `has ranges from ${said(row)} (${line(row)}) and from ${said(other)} (${line(other)}) that overlap`,
            'end the one where the other begins',
          );
    }
  }
  return layout;
}

/** A bound as its column means it; days and times are read without a unit. */
function inUnit(cell: string, unit: string | undefined): string {
  if (unit === undefined || unit === 'date' || unit === 'time') return cell;
  return unit === '%' ? `${cell}%` : `${cell} ${unit}`;
}
