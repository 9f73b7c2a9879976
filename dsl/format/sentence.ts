/** One sentence in its format. */
import { type IToken, tokenMatcher } from 'chevrotain';
import { type Nest, nesting } from '../families/nesting.ts';
import { Currency, OpensClause, Path, UnitWord } from '../syntax/tokens.ts';
import { clauseLines } from './clause-lines.ts';
import { type Line, renderLines, tableTexts } from './columns.ts';
import { type LineComment, type SentenceUnits, type Unit, unitsOf } from './units.ts';
import { depthOf, fits, spaced, written } from './words.ts';

/** Without its line end; undefined where it cannot be read, or where other line ends would make other words of it. */
export function formatSentence(text: string): string | undefined {
  const found = unitsOf(text);
  if (!found) return undefined;
  const formatted = renderLines(layOut(found));
  const again = unitsOf(formatted);
  return again && wordsOf(again) === wordsOf(found) ? formatted : undefined;
}

/** `no` and `history` are two words on two lines, and one on one. */
function wordsOf({ units }: SentenceUnits): string {
  return JSON.stringify(
    units.map(({ kind, words }) => [kind, ...words.map(({ token }) => [token.tokenType.name, written(token)])]),
  );
}

/** A clause that others may stand below. */
interface Open {
  readonly nest: Nest;
  readonly depth: number;
  readonly index: number;
}

/** The head: every clause may stand below it. */
const head: Open = { nest: { below: nesting }, depth: 0, index: 0 };

interface Row extends Line {
  /** The clauses that stand on it. */
  readonly owners: readonly Open[];
  /** Others may go on with it. */
  readonly isOpen: boolean;
}

function layOut({ units, below }: SentenceUnits): readonly Line[] {
  const tables = tableTextsOf(units);
  const lines: Row[] = [];
  let open: readonly Open[] = [];
  for (const [index, unit] of units.entries()) {
    const deepest = lines.at(-1)?.depth ?? 0;
    open = openAbove(open, unit);
    const parent = open.at(-1);
    const nest = (unit.kind !== 'head' && parent?.nest.below?.[unit.kind]) || {};
    const joint = parent && joinLine(lines.at(-1), unit, { nest, depth: lines.at(-1)?.depth ?? 0, index }, parent);
    const own = joint?.owners.at(-1) ?? (parent ? { nest, depth: parent.depth + 1, index } : head);
    open = [...open, own];
    if (joint) {
      lines[lines.length - 1] = joint;
      continue;
    }
    const isFirst = parent === undefined || parent.index === index - 1;
    const block = open.length > 2 ? (open[1]?.index ?? 0) : 0;
    lines.push(...commentRows(unit.above, own.depth, deepest, unit.blankBefore, isFirst));
    const blankBefore = unit.blankBefore && !(isFirst && unit.above.length === 0);
    lines.push(...unitRows(unit, tables.get(unit), own, block, blankBefore));
  }
  return [...lines, ...commentRows(below, 1, lines.at(-1)?.depth ?? 0, true, false)];
}

/** The open clauses that the unit stands below. */
function openAbove(open: readonly Open[], { kind }: Unit): readonly Open[] {
  if (kind === 'head') return [];
  const level = open.findLastIndex(({ nest }) => nest.below?.[kind] !== undefined);
  return open.slice(0, Math.max(level, 0) + 1);
}

/** The line with the clause on it, if it may go on there and fits. */
function joinLine(line: Row | undefined, unit: Unit, own: Open, parent: Open): Row | undefined {
  const { line: way } = own.nest;
  if (!way || !line?.isOpen || unit.above.length > 0 || !line.owners.includes(parent)) return undefined;
  const [only, ...more] = clauseLines(unit, line.depth);
  if (!only || more.length > 0) return undefined;
  const cells =
    way === 'column' ? [...line.cells, only.text] : [...line.cells.slice(0, -1), `${line.cells.at(-1)} ${only.text}`];
  if (!fits(line.depth, cells.join('  '))) return undefined;
  const isOpen = way === 'on' && only.behind === undefined;
  return { ...line, cells, behind: only.behind, isOpen, owners: [...line.owners, own] };
}

function unitRows(
  unit: Unit,
  table: string | undefined,
  own: Open,
  block: number,
  blankBefore: boolean,
): readonly Row[] {
  const row = { block, owners: [own], isOpen: false };
  if (table !== undefined) {
    const inside = unit.words.flatMap(({ comments }) => comments);
    const above = inside.map(({ text }) => ({ ...row, depth: own.depth, cells: [text], blankBefore: false }));
    const rows = [...above, { ...row, depth: own.depth, cells: [table], blankBefore: false, behind: unit.behind }];
    return rows.map((one, index) => ({ ...one, blankBefore: index === 0 && blankBefore }));
  }
  const lines = clauseLines(unit, own.depth);
  return lines.map(({ depth, text, behind }, index) => ({
    ...row,
    depth: own.depth + depth,
    cells: lines.length === 1 ? cellsOf(unit, text) : [text],
    behind,
    blankBefore: index === 0 && blankBefore,
    isOpen: lines.length === 1 && behind === undefined,
  }));
}

/** `first 40 GB` and its price; `7 days after invoice.due_on` and what happens then. Any other clause is in one piece. */
function cellsOf({ kind, words }: Unit, text: string): readonly string[] {
  const tokens = words.map(({ token }) => token);
  const start = kind === 'tier' ? afterQuantity(tokens) : kind === 'steps' ? afterDate(tokens) : 0;
  return start > 0 && start < tokens.length ? [tokens.slice(0, start), tokens.slice(start)].map(spaced) : [text];
}

function afterQuantity([opener, , unit]: readonly IToken[]): number {
  const isMeasured = unit && (tokenMatcher(unit, UnitWord) || tokenMatcher(unit, Currency));
  return opener?.image === 'beyond' ? 1 : isMeasured ? 3 : 2;
}

/** What happens begins with a word that could open a clause of its own. */
function afterDate(tokens: readonly IToken[]): number {
  const date = tokens.findIndex((token) => tokenMatcher(token, Path));
  return tokens.findIndex((token, index) => index > date && tokenMatcher(token, OpensClause));
}

/**
 * Comments on lines of their own. Those right above a clause stand as deep as it does; others as deep as their author put
 * them, as far as something stands there.
 */
function commentRows(
  comments: readonly LineComment[],
  depth: number,
  deepest: number,
  blankBelow: boolean,
  isFirst: boolean,
): readonly Row[] {
  const firstAttached = blankBelow
    ? comments.length
    : comments.findLastIndex((one, index) => index > 0 && one.blankBefore);
  return comments.map(({ text, column, blankBefore }, index) => ({
    depth: index >= firstAttached ? depth : Math.max(1, Math.min(deepest, depthOf(column))),
    cells: [text],
    block: 0,
    blankBefore: blankBefore && !(isFirst && index === 0),
    owners: [],
    isOpen: false,
  }));
}

/** The lines of decision tables, each among those right above and below it. */
function tableTextsOf(units: readonly Unit[]): ReadonlyMap<Unit, string> {
  const tables: Unit[][] = [];
  for (const [index, unit] of units.entries()) {
    if (unit.kind !== 'decision table') continue;
    if (units[index - 1]?.kind === 'decision table') tables.at(-1)?.push(unit);
    else tables.push([unit]);
  }
  const tokensOf = ({ words }: Unit): readonly IToken[] => words.map(({ token }) => token);
  return new Map(
    tables.flatMap((table) =>
      tableTexts(table.map(tokensOf)).map((text, index) => [table[index] as Unit, text] as const),
    ),
  );
}
