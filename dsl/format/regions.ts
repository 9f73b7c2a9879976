/** Cuts a text into its sentences, each with the comments that stand above it. */
import { cutSentences } from '../syntax/lines.ts';
import type { Span } from '../syntax/tree.ts';

/** One sentence and what stands above it; the last region may have comments alone. */
export interface Region {
  readonly span: Span;
  readonly comments: readonly CommentLine[];
  /** From its first line to its last, comments inside included; its text has no blanks at its ends. */
  readonly sentence?: { readonly text: string; readonly blankBefore: boolean };
}

export interface CommentLine {
  readonly text: string;
  readonly blankBefore: boolean;
}

/** In order, and together the whole text. */
export function cutRegions(text: string): readonly Region[] {
  const regions: Region[] = [];
  let start = 0;
  let open: readonly string[] = [];
  const close = (code: readonly string[]) => {
    const end = start + lengthOf(open) + lengthOf(code);
    if (end > start) regions.push(regionOf({ start, end }, open, code));
    start = end;
    open = [];
  };
  for (const part of cutSentences(text)) {
    const { above, code, below } = cutPart(part);
    open = [...open, ...above];
    if (code.length > 0) close(code);
    open = [...open, ...below];
  }
  close([]);
  return regions;
}

/** The lines of one sentence, those above it (of the first in a file) and those that belong to what comes next. */
function cutPart(part: string): { readonly above: string[]; readonly code: string[]; readonly below: string[] } {
  const lines = part.split(/(?<=\n|\r(?!\n))/);
  const first = lines.findIndex(isCode);
  if (first < 0) return { above: lines, code: [], below: [] };
  const last = lines.findLastIndex(isCode);
  // A comment in column 0 belongs to what comes next, a deeper one to the sentence that it ends.
  const outside = lines.findIndex((line, index) => index > last && /^\uFEFF?#/.test(line));
  let end = outside < 0 ? lines.length : outside;
  while (isBlank(lines[end - 1])) end -= 1;
  return { above: lines.slice(0, first), code: lines.slice(first, end), below: lines.slice(end) };
}

function regionOf(span: Span, above: readonly string[], code: readonly string[]): Region {
  const comments = above.flatMap((line, index): CommentLine[] =>
    isBlank(line) ? [] : [{ text: line.replace(/^\uFEFF/, '').trim(), blankBefore: isBlank(above[index - 1]) }],
  );
  if (code.length === 0) return { span, comments };
  const sentence = { text: code.join('').replace(/^\uFEFF|[\r\n]+$/g, ''), blankBefore: isBlank(above.at(-1)) };
  return { span, comments, sentence };
}

function isCode(line: string): boolean {
  return /^[\s\uFEFF]*[^\s#]/.test(line);
}

function isBlank(line: string | undefined): boolean {
  return line !== undefined && /^\s*$/.test(line);
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, { length }) => sum + length, 0);
}
