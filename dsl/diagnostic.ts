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
}

/** Reports one fault of the file it was made for. */
export type Report = (code: Code, at: Span, message: string, help: string) => void;

/** A report for one file that adds to `into`; the same code is reported once per place, so a mistake stays one. */
export function reporter(file: string, text: string, into: Diagnostic[]): Report {
  const position = positionsOf(text);
  const reported = new Set<string>();
  return (code, at, message, help) => {
    const place = `${code} ${at.start}`;
    if (reported.has(place)) return;
    reported.add(place);
    const start = position(at.start);
    const end = position(Math.max(at.end, at.start));
    into.push({
      code,
      severity: catalogue[code].severity,
      file,
      span: { start: at.start, end: at.end },
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      message,
      help,
    });
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
