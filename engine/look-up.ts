/**
 * Look-ups: the value that a table has for a key.
 *
 * A key fits a row exactly, by the longest prefix that is listed, or by lying in the row's range, lower bound included and
 * upper bound not. Where rows have days, those in force on the day asked for are the table of that day.
 */
import { groupBy } from './group-by.ts';
import { dayNumber } from './period.ts';
import type { FactType, FactValue, LookupTable } from './rule-set.ts';

/** The value for a key on a day (days since 1970-01-01; any number where the table has no days); undefined if there is none. */
export type Finder = (key: FactValue, day: number) => FactValue | undefined;

/** Throws an Error if the table has no such column or a cell that is not of the type; a compiled one does not. */
export function finderOf(table: LookupTable, column: string, type: FactType): Finder {
  const at = table.columns.indexOf(column);
  if (at < 0) throw new Error(`Table "${table.name}" has no column "${column}".`);
  const [from, until, below] = ['from', 'until', 'below'].map((name) => table.columns.indexOf(name));
  const rows = table.rows.map((row): Row => {
    const cell = (index: number | undefined) => row[index ?? -1] ?? '';
    return {
      key: row[0] ?? '',
      value: cellValue(cell(at), type),
      from: cell(from) === '' ? -Infinity : dayNumber(cell(from)),
      until: cell(until) === '' ? Infinity : dayNumber(cell(until)),
      below: cell(below) === '' ? Infinity : Number(cell(below)),
    };
  });
  return finders[table.match](rows);
}

/** A cell in base units, as a fact. */
export function cellValue(cell: string, type: FactType): FactValue {
  switch (type.kind) {
    case 'text':
    case 'phone':
    case 'network':
    case 'enum':
      return cell;
    case 'boolean':
      return cell === 'true' || cell === 'yes';
    case 'list':
      return cell.split(' ');
    default: {
      const value = Number(cell);
      if (cell === '' || !Number.isSafeInteger(value))
        throw new Error(`"${cell}" is not a whole number of base units.`);
      return value;
    }
  }
}

interface Row {
  readonly key: string;
  readonly value: FactValue;
  readonly from: number;
  readonly until: number;
  readonly below: number;
}

const finders: Readonly<Record<LookupTable['match'], (rows: readonly Row[]) => Finder>> = {
  exact: exactFinder,
  'longest prefix': longestPrefixFinder,
  range: rangeFinder,
};

function inForce(rows: readonly Row[] | undefined, day: number): Row | undefined {
  return rows?.find(({ from, until }) => from <= day && day < until);
}

function isAlways({ from, until }: Row): boolean {
  return from === -Infinity && until === Infinity;
}

function exactFinder(rows: readonly Row[]): Finder {
  const byKey = groupBy(rows, ({ key }) => key);
  if (!rows.every(isAlways)) return (key, day) => inForce(byKey.get(String(key)), day)?.value;
  const values = new Map([...byKey].map(([key, [first]]) => [key, first.value]));
  return (key) => values.get(String(key));
}

/** A tree over the characters of the prefixes: one step for each character, however long the table. */
interface PrefixNode {
  rows?: Row[];
  /** By the character's code, counted from that of the plus: the digits of numbers lie close together. */
  readonly next: (PrefixNode | undefined)[];
}

const plus = '+'.charCodeAt(0);

function longestPrefixFinder(rows: readonly Row[]): Finder {
  const root: PrefixNode = { next: [] };
  for (const row of rows) {
    let node = root;
    for (let i = 0; i < row.key.length; i++) {
      const step = row.key.charCodeAt(i) - plus;
      const next: PrefixNode = node.next[step] ?? { next: [] };
      node.next[step] = next;
      node = next;
    }
    node.rows = [...(node.rows ?? []), row];
  }
  const isDated = !rows.every(isAlways);
  return (key, day) => {
    const text = String(key);
    let node: PrefixNode | undefined = root;
    let found = inForce(root.rows, day);
    for (let i = 0; i < text.length; i++) {
      node = node.next[text.charCodeAt(i) - plus];
      if (!node) break;
      if (node.rows) found = (isDated ? inForce(node.rows, day) : node.rows[0]) ?? found;
    }
    return found?.value;
  };
}

/** The row in force with the highest lower bound that the key reaches; its range may have ended before. */
function rangeFinder(rows: readonly Row[]): Finder {
  const sorted = rows.map((row) => ({ ...row, low: Number(row.key) })).sort((a, b) => a.low - b.low);
  return (key, day) => {
    const value = Number(key);
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.low ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    for (let index = low - 1; index >= 0; index--) {
      const row = sorted[index];
      if (row && row.from <= day && day < row.until) return value < row.below ? row.value : undefined;
    }
    return undefined;
  };
}
