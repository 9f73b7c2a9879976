/** What a file consists of: its sentences with their blocks and rows, for an outline, and what can be folded away. */
import type { Analysis } from '../compile.ts';
import { positionsOf } from '../diagnostic.ts';
import type { Part } from '../place.ts';
import type { Clause } from '../syntax/clauses.ts';
import { sentenceWords } from '../syntax/keywords.ts';
import { splitLines } from '../syntax/lines.ts';
import type { Sentence } from '../syntax/sentences.ts';
import type { Span } from '../syntax/tree.ts';
import type { Workspace } from './workspace.ts';

export interface DocumentSymbol {
  readonly name: string;
  /** What it is, or what comes of it. */
  readonly detail: string;
  readonly kind: 'sentence' | 'block' | 'row';
  readonly span: Span;
  /** The words it is known by. */
  readonly nameSpan: Span;
  readonly children: readonly DocumentSymbol[];
}

/** 1-based lines; the first stays in sight. */
export interface Fold {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'rules' | 'comment';
}

/** A sentence is there however broken its clauses are. */
export function documentSymbols(workspace: Workspace, path: string): readonly DocumentSymbol[] {
  return partsOf(workspace.analysis(), path).flatMap((part) => {
    const symbol = symbolOf(part);
    return symbol ? [shifted(symbol, part.anchor.start)] : [];
  });
}

/** Sentences, the rows of a rate, and comments of several lines. */
export function foldingRanges(workspace: Workspace, path: string): readonly Fold[] {
  const text = workspace.textOf(path);
  const position = positionsOf(text);
  const foldOf = ({ span }: DocumentSymbol): Fold => ({
    startLine: position(span.start).line,
    endLine: position(span.end).line,
    kind: 'rules',
  });
  const symbols = documentSymbols(workspace, path);
  const folds = symbols.flatMap((symbol) => [symbol, ...symbol.children]).map(foldOf);
  return [...folds, ...commentFolds(text)]
    .filter(({ startLine, endLine }) => endLine > startLine)
    .sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

function commentFolds(text: string): readonly Fold[] {
  const folds: { startLine: number; endLine: number; kind: 'comment' }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (!/^\s*#/.test(line)) continue;
    const last = folds.at(-1);
    if (last && last.endLine === index) last.endLine = index + 1;
    else folds.push({ startLine: index + 1, endLine: index + 1, kind: 'comment' });
  }
  return folds;
}

function partsOf({ past }: Analysis, path: string): readonly Part[] {
  return past.files.get(path)?.parts ?? [];
}

function symbolOf({ text, whole }: Part): DocumentSymbol | undefined {
  const [tokens] = splitLines(text).sentences;
  const [opener, name] = tokens?.head ?? [];
  if (!tokens || !opener || !isSentenceWord(opener.image)) return undefined;
  const last = [tokens.head, ...tokens.clauses].flat().at(-1) ?? opener;
  const span = { start: opener.startOffset, end: (last.endOffset ?? last.startOffset) + 1 };
  const [sentence] = whole;
  const kind = opener.image.replace(/\s+/g, ' ');
  const nameSpan = name ? { start: name.startOffset, end: (name.endOffset ?? name.startOffset) + 1 } : span;
  const written = text.slice(nameSpan.start, nameSpan.end);
  // A broken first line leaves the word after its opener; the rows of a decision table are named one by one.
  const isTable = whole.length > 1 || (sentence !== undefined && !within(sentence.sentence.name.span, tokens.head));
  const title = sentence && 'title' in sentence.sentence ? sentence.sentence.title?.text : undefined;
  return {
    name: isTable || !sentence ? written : sentence.sentence.name.text,
    detail: title && !isTable ? `${kind} "${title}"` : kind,
    kind: 'sentence',
    span,
    nameSpan: isTable || !sentence ? nameSpan : sentence.sentence.name.span,
    children: isTable
      ? whole.map(({ sentence: row }) => rowOfTable(row, text))
      : sentence
        ? blocksOf(sentence.sentence, text)
        : [],
  };
}

function isSentenceWord(image: string): boolean {
  return Object.hasOwn(sentenceWords, image.replace(/\s+/g, ' '));
}

function within({ start }: Span, tokens: readonly { readonly startOffset: number }[]): boolean {
  return tokens.some(({ startOffset }) => startOffset === start);
}

function rowOfTable({ name, span }: Sentence, text: string): DocumentSymbol {
  return { name: name.text, detail: oneLine(text, span), kind: 'row', span, nameSpan: name.span, children: [] };
}

/** Fees, allowances and rates; conditions and what follows them are the rows of a rate. */
function blocksOf(sentence: Sentence, text: string): readonly DocumentSymbol[] {
  const blocks: { symbol: DocumentSymbol; rows: DocumentSymbol[] }[] = [];
  for (const clause of sentence.clauses) {
    const last = blocks.at(-1);
    const symbol = blockOf(clause, text);
    if (symbol) blocks.push({ symbol, rows: [] });
    else if (last) addToBlock(last, clause, text);
  }
  return blocks.map(({ symbol, rows }) => ({ ...symbol, children: rows }));
}

function blockOf(clause: Clause, text: string): DocumentSymbol | undefined {
  const symbol = (name: string, nameSpan: Span): DocumentSymbol => ({
    name,
    detail: oneLine(text, clause.span),
    kind: 'block',
    span: clause.span,
    nameSpan,
    children: [],
  });
  switch (clause.kind) {
    case 'fee':
      return symbol(`fee "${clause.name.text}"`, clause.name.span);
    case 'allowance':
      return symbol(`allowance of ${clause.service.text}`, clause.service.span);
    case 'rate':
      return symbol(`rate ${clause.service.text}`, clause.service.span);
    default:
      return undefined;
  }
}

function addToBlock(block: { symbol: DocumentSymbol; rows: DocumentSymbol[] }, clause: Clause, text: string): void {
  block.symbol = { ...block.symbol, span: upTo(block.symbol.span, clause.span) };
  if (!block.symbol.name.startsWith('rate ')) return;
  const row = block.rows.at(-1);
  if (clause.kind === 'when' || clause.kind === 'otherwise') {
    const name = oneLine(text, clause.span);
    block.rows.push({ name, detail: '', kind: 'row', span: clause.span, nameSpan: clause.span, children: [] });
  } else if (row) {
    const name = clause.kind === 'as' && clause.name ? clause.name.text : row.name;
    const detail = row.detail || (clause.kind === 'as' ? '' : oneLine(text, clause.span));
    block.rows[block.rows.length - 1] = { ...row, name, detail, span: upTo(row.span, clause.span) };
  }
}

function upTo(first: Span, last: Span): Span {
  return { start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}

function oneLine(text: string, { start, end }: Span): string {
  const words = text.slice(start, end).replace(/\s+/g, ' ').trim();
  return words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
}

const longest = 80;

function shifted(symbol: DocumentSymbol, by: number): DocumentSymbol {
  const move = ({ start, end }: Span): Span => ({ start: start + by, end: end + by });
  return {
    ...symbol,
    span: move(symbol.span),
    nameSpan: move(symbol.nameSpan),
    children: symbol.children.map((child) => shifted(child, by)),
  };
}
