/** What stands in one column in lines above each other: outcomes of rows, cells of decision tables, comments behind lines. */
import { type IToken, tokenMatcher } from 'chevrotain';
import { NumberLiteral, Percent, Pipe } from '../syntax/tokens.ts';
import { indent, spaced, widest } from './words.ts';

export interface Line {
  readonly depth: number;
  /** One, or what a row says and what comes of it. */
  readonly cells: readonly string[];
  /** Rows of one block share their columns up to a blank line. */
  readonly block: number;
  readonly blankBefore: boolean;
  readonly behind?: string | undefined;
}

/** Between what stands in columns, and before a comment. */
const gap = '  ';

export function renderLines(lines: readonly Line[]): string {
  const whole = inColumns(lines.map((line) => ({ ...line, start: indent(line.depth) + (line.cells[0] ?? '') })));
  return withComments(whole)
    .map((text, index) => (lines[index]?.blankBefore ? `\n${text}` : text))
    .join('\n');
}

interface StartedLine extends Line {
  readonly start: string;
}

interface WholeLine {
  readonly text: string;
  readonly blankBefore: boolean;
  readonly behind?: string | undefined;
}

function inColumns(lines: readonly StartedLine[]): readonly WholeLine[] {
  const runs = new Map<string, StartedLine[]>();
  let gaps = 0;
  const keys = lines.map((line) => {
    if (line.blankBefore) gaps += 1;
    const key = `${line.block} ${gaps}`;
    if (line.cells.length > 1) runs.set(key, [...(runs.get(key) ?? []), line]);
    return key;
  });
  const columns = new Map([...runs].map(([key, run]) => [key, columnOf(run)]));
  return lines.map(({ start, cells: [, outcome], blankBefore, behind }, index) => {
    const text = outcome === undefined ? start : `${start.padEnd(columns.get(keys[index] ?? '') ?? 0)}${gap}${outcome}`;
    return { text, blankBefore, behind };
  });
}

/** Where the outcomes begin; none where one of them would then end beyond the edge. */
function columnOf(run: readonly StartedLine[]): number {
  const column = Math.max(...run.map(({ start }) => start.length));
  return run.some(({ cells }) => column + gap.length + (cells[1] ?? '').length > widest) ? 0 : column;
}

function withComments(lines: readonly WholeLine[]): readonly string[] {
  return lines.map(({ text, behind }, index) => {
    if (behind === undefined) return text;
    const run = runAround(lines, index);
    const column = Math.max(...run.map((line) => line.text.length));
    const isWide = run.some((line) => column + gap.length + (line.behind ?? '').length > widest);
    return `${isWide ? text : text.padEnd(column)}${gap}${behind}`;
  });
}

/** Lines with comments behind them, without another or a blank one between. */
function runAround(lines: readonly WholeLine[], index: number): readonly WholeLine[] {
  let from = index;
  let to = index;
  while (!lines[from]?.blankBefore && lines[from - 1]?.behind !== undefined) from -= 1;
  while (lines[to + 1]?.blankBefore === false && lines[to + 1]?.behind !== undefined) to += 1;
  return lines.slice(from, to + 1);
}

/** The lines of a decision table; a column of numbers has them end in one place. */
export function tableTexts(rows: readonly (readonly IToken[])[]): readonly string[] {
  const cells = rows.map(cellsOf);
  const [header = []] = cells;
  const columns = header.map((_, column) => alignColumn(cells.map((row) => row[column] ?? [])));
  return cells.map((row, index) => `| ${row.map((_, column) => columns[column]?.[index] ?? '').join(' | ')} |`);
}

function cellsOf(row: readonly IToken[]): readonly (readonly IToken[])[] {
  const cells: IToken[][] = [];
  let open: IToken[] = [];
  for (const token of row.slice(1)) {
    if (tokenMatcher(token, Pipe)) {
      cells.push(open);
      open = [];
    } else open.push(token);
  }
  return cells;
}

function alignColumn([header = [], ...body]: readonly (readonly IToken[])[]): readonly string[] {
  const asked = body.filter(([first]) => first?.image !== 'any');
  const isNumeric = asked.length > 0 && asked.every(([first]) => first && isNumber(first));
  const widestNumber = Math.max(0, ...asked.map(([first]) => (first ? spaced([first]).length : 0)));
  const texts = body.map((cell) => {
    const [first] = cell;
    const lead = isNumeric && first && isNumber(first) ? widestNumber - spaced([first]).length : 0;
    return ' '.repeat(lead) + spaced(cell);
  });
  const all = [spaced(header), ...texts];
  const width = Math.max(...all.map((text) => text.length));
  return all.map((text) => text.padEnd(width));
}

function isNumber(token: IToken): boolean {
  return tokenMatcher(token, NumberLiteral) || tokenMatcher(token, Percent);
}
