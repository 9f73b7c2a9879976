/** A fault in rule text: where it is, what it is, and what to do. One shape for terminal, JSON and editor. */
import type { Code } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import type { Span } from './syntax/tree.ts';

export interface Diagnostic {
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  /** Path relative to the rules folder. */
  readonly file: string;
  /** Offsets into the file's text, half-open. */
  readonly span: Span;
  /** Lines and columns are 1-based; the end column is the one after the last character. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** What is wrong, in the analyst's words: lower case, no final stop, the text itself in backticks. */
  readonly message: string;
  /** What to do about it. */
  readonly help: string;
  /** The same as changes to the text, where the remedy says which; more than one are alternatives. */
  readonly fixes?: readonly Fix[];
}

/** Changes to one file that take a fault away. */
export interface Fix {
  /** What it does, in the imperative: lower case, no final stop. */
  readonly title: string;
  /** They do not overlap; an empty span inserts. */
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** Reports one fault. Spans count from where the text begins that is being read: a sentence, or a file. */
export type Report = (code: Code, at: Span, message: string, help: string) => void;

/** What was reported of a text that stands at `anchor`. */
export interface Reported {
  readonly anchor: Anchor;
  readonly code: Code;
  readonly at: Span;
  readonly message: string;
  readonly help: string;
}

/** Where a text stands. It moves when what stands above it in its file changes. */
export interface Anchor {
  readonly file: string;
  /** What it defines. */
  readonly names: readonly string[];
  start: number;
  /** 0-based. */
  line: number;
}

/**
 * Finds the places of what is reported, and leaves out what was said of one place already, so a mistake stays one.
 * `fixesFor` says what the remedy changes in the text, counted from where the reported text begins.
 */
export function placer(
  textOf: (file: string) => string,
  fixesFor: (reported: Reported, text: string) => readonly Fix[],
): (reported: Reported) => Diagnostic | undefined {
  const positions = new Map<string, ReturnType<typeof positionsOf>>();
  const said = new Set<string>();
  return (reported) => {
    const { anchor, code, at, message, help } = reported;
    const { file } = anchor;
    const shift = (span: Span): Span => ({ start: anchor.start + span.start, end: anchor.start + span.end });
    const span = shift(at);
    const place = `${code} ${span.start} ${file}`;
    if (said.has(place)) return undefined;
    said.add(place);
    const position = positions.get(file) ?? positionsOf(textOf(file));
    positions.set(file, position);
    const start = position(span.start);
    const end = position(Math.max(span.end, span.start));
    const fixes = fixesFor(reported, textOf(file).slice(anchor.start)).map((fix) => ({
      ...fix,
      edits: fix.edits.map((edit) => ({ span: shift(edit.span), text: edit.text })),
    }));
    return {
      code,
      severity: catalogue[code].severity,
      file,
      span,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      message,
      help,
      ...(fixes.length > 0 && { fixes }),
    };
  };
}

/** From an offset to its 1-based line and column. */
export function positionsOf(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** By file, then by place: the order in which a person works through them. */
export function inReadingOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) => compareText(a.file, b.file) || a.span.start - b.span.start || compareText(a.code, b.code),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
