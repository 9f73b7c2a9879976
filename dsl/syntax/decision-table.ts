/**
 * Decision tables: a rule body in pipes, read as the clauses that would say the same in sentences.
 *
 * The first line names the columns: facts, then what comes of them by the word that opens its clause (`charge`, `take`), or
 * by the sentence's own word where its clause has none (`tax`). A column `id` names the rows, a column `title` is what the
 * customer reads.
 */
import { type IToken, tokenMatcher } from 'chevrotain';
import type { Report } from '../diagnostic.ts';
import { said } from '../grammar/conditions.ts';
import type { RuleGrammar } from '../grammar/sentences.ts';
import type { Clause } from './clauses.ts';
import type { RuleSentence } from './sentences.ts';
import { OpensClause, Pipe } from './tokens.ts';
import { cover, type Expression, type Node, type Span, type Word } from './tree.ts';

/** Reads tokens by a rule of the grammar, or reports why they cannot be read. */
export type Read = <T>(tokens: readonly IToken[], rule: (parser: RuleGrammar) => T) => T | undefined;

export interface TableRow extends Node {
  readonly id?: Word;
  readonly title?: Word;
  /** Each cell that says something restricts the row; a row in which all say `any` has no condition. */
  readonly condition?: Expression;
  readonly outcome: readonly Clause[];
}

export interface DecisionTable {
  readonly rows: readonly TableRow[];
  /** Some row could not be read, and is left out. */
  readonly broken: boolean;
}

/** `sentenceWord` opens the sentence that the table is the body of. */
export function readDecisionTable(
  lines: readonly (readonly IToken[])[],
  sentenceWord: string,
  read: Read,
  report: Report,
): DecisionTable {
  const [header = [], ...body] = lines.map((line) => cellsOf(line, report));
  const columns = header?.map((cell) => columnOf(cell, sentenceWord, read, report));
  if (!columns || columns.includes(undefined)) return { rows: [], broken: true };
  const rows = body.map((cells) => cells && readRow(cells, columns as Column[], read, report));
  const whole = rows.filter((row): row is TableRow => row !== undefined);
  return { rows: whole, broken: whole.length < body.length };
}

/** The rows of a rate, one after the other. */
export function rateClauses(rows: readonly TableRow[]): readonly Clause[] {
  return rows.flatMap(({ id, title, span, ...row }) => {
    const as = {
      kind: 'as' as const,
      ...(id && { name: id }),
      ...(title && { title }),
      span: (id ?? title)?.span ?? span,
    };
    return [...ruleClauses({ ...row, span }, true), ...(id || title ? [as] : [])];
  });
}

/** A rule for each row, named by the sentence and the row; what the sentence says besides is said of each. */
export function ruleOfEachRow(
  sentence: RuleSentence,
  rows: readonly TableRow[],
  report: Report,
): readonly RuleSentence[] {
  const { name, clauses } = sentence;
  const nameless = rows.find(({ id }) => !id);
  if (nameless)
    report(
      'missing-clause',
      nameless.span,
      'each row of this table is a rule, and this one has no name',
      'add a first column `id`, with a name for each row',
    );
  return rows.map((row, index) => ({
    ...sentence,
    name: { text: `${name.text}_${row.id?.text ?? index + 1}`, span: row.id?.span ?? row.span },
    ...(row.title && { title: row.title }),
    clauses: [...clauses, ...ruleClauses(row, sentence.kind === 'tax')],
    broken: sentence.broken || nameless !== undefined,
    span: row.span,
  }));
}

function ruleClauses({ condition, outcome, span }: TableRow, otherwise: boolean): readonly Clause[] {
  if (condition) return [{ kind: 'when', condition, span: condition.span }, ...outcome];
  return otherwise ? [{ kind: 'otherwise', span }, ...outcome] : outcome;
}

interface CellTokens extends Node {
  readonly tokens: readonly IToken[];
}

type Column =
  | { readonly kind: 'id' | 'title' }
  | { readonly kind: 'condition'; readonly left: Expression }
  /** The words that open the clause; none where its cells are the whole clause. */
  | { readonly kind: 'outcome'; readonly opener: readonly IToken[] };

/** The cells between the pipes; undefined if one is empty or the last pipe is missing. */
function cellsOf(line: readonly IToken[], report: Report): readonly CellTokens[] | undefined {
  const cells: CellTokens[] = [];
  let open: IToken[] = [];
  for (const token of line.slice(1)) {
    if (!tokenMatcher(token, Pipe)) {
      open.push(token);
      continue;
    }
    if (open.length === 0) {
      report('unfinished', spanOf(token), 'the cell before this `|` is empty', 'write a value, or `any`');
      return undefined;
    }
    cells.push({ tokens: open, span: spanning(open) });
    open = [];
  }
  if (open.length === 0 && cells.length > 0) return cells;
  const last = line.at(-1);
  if (last) report('unfinished', spanOf(last), 'this row of the table has no end', 'close the last cell with `|`');
  return undefined;
}

function columnOf({ tokens }: CellTokens, sentenceWord: string, read: Read, report: Report): Column | undefined {
  const [first] = tokens;
  if (!first) return undefined;
  if (tokens.length === 1 && (first.image === 'id' || first.image === 'title')) return { kind: first.image };
  if (tokens.length === 1 && first.image === sentenceWord) return { kind: 'outcome', opener: [] };
  if (tokenMatcher(first, OpensClause)) return { kind: 'outcome', opener: tokens };
  const left = read(tokens, (parser) => parser.sum());
  if (!left || hasFact(left)) return left && { kind: 'condition', left };
  report('not-a-condition', left.span, 'a column is about a fact', 'write the name of a fact above its values');
  return undefined;
}

function hasFact(expression: Expression): boolean {
  if (expression.kind === 'fact' || expression.kind === 'if missing') return true;
  return 'right' in expression && (hasFact(expression.left) || hasFact(expression.right));
}

function readRow(
  cells: readonly CellTokens[],
  columns: readonly Column[],
  read: Read,
  report: Report,
): TableRow | undefined {
  const [first] = cells;
  const last = cells.at(-1);
  if (!first || !last) return undefined;
  const span = cover(first, last);
  if (cells.length !== columns.length) {
    report(
      'uneven-row',
      span,
      `this row has ${cells.length} cells, and the table has ${columns.length} columns`,
      cells.length < columns.length ? 'write `any` where nothing is asked' : 'leave out what belongs to no column',
    );
    return undefined;
  }
  const terms: Expression[] = [];
  const outcome: Clause[] = [];
  const names: { id?: Word; title?: Word } = {};
  let sound = true;
  for (const [index, cell] of cells.entries()) {
    const column = columns[index] as Column;
    if (column.kind === 'condition' && cell.tokens.length === 1 && cell.tokens[0]?.image === 'any') continue;
    const found = readCell(cell, column, read);
    if (!found) sound = false;
    else if (column.kind === 'condition') terms.push(found as Expression);
    else if (column.kind === 'outcome') outcome.push(...(found as readonly Clause[]));
    else names[column.kind] = found as Word;
  }
  const [only] = terms;
  const condition = only && (terms.length === 1 ? only : { kind: 'and' as const, terms, span });
  return sound ? { ...names, ...(condition && { condition }), outcome, span } : undefined;
}

function readCell(
  { tokens, span }: CellTokens,
  column: Column,
  read: Read,
): Word | Expression | readonly Clause[] | undefined {
  switch (column.kind) {
    case 'id':
      return read(tokens, (parser) => parser.name());
    case 'title':
      return read(tokens, (parser) => parser.text());
    case 'outcome':
      return read([...column.opener.map(at(span, tokens[0])), ...tokens], (parser) => parser.clauses());
    case 'condition': {
      const cell = read(tokens, (parser) => parser.cell());
      const terms = cell?.tests.map((test) => said(column.left, test, test.span));
      const [only] = terms ?? [];
      if (!cell || !terms || !only) return undefined;
      return terms.length === 1 ? only : { kind: cell.joint, terms, span, grouped: true };
    }
  }
}

/** The words of the first line, as if they stood in front of the cell: faults are shown there. */
function at({ start }: Span, cell: IToken | undefined): (word: IToken) => IToken {
  const place = { startOffset: start, endOffset: start - 1, startLine: cell?.startLine, endLine: cell?.startLine };
  return (word) => ({ ...word, ...place }) as IToken;
}

function spanning(tokens: readonly IToken[]): Span {
  const [first] = tokens;
  const last = tokens.at(-1);
  return { start: first?.startOffset ?? 0, end: (last?.endOffset ?? 0) + 1 };
}

function spanOf(token: IToken): Span {
  return spanning([token]);
}
