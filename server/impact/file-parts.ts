/** Cuts a file of lines into parts that threads read by themselves. A line belongs to the part in which it begins, wherever the cuts are. */
import { closeSync, openSync, readSync } from 'node:fs';

export interface FilePart {
  readonly path: string;
  /** In bytes, half-open. */
  readonly from: number;
  readonly until: number;
}

export interface FileLine {
  /** Without its line end. */
  readonly text: string;
  /** Its first byte in the file. */
  readonly at: number;
}

export function* partsOf(path: string, bytes: number, bytesEach: number): Generator<FilePart> {
  for (let from = 0; from < bytes; from += bytesEach) yield { path, from, until: Math.min(from + bytesEach, bytes) };
}

/** The lines that begin in the part, in order; the last may end beyond it. No more is in memory than the part and that line. */
export function* linesOf({ path, from, until }: FilePart): Generator<FileLine> {
  const file = openSync(path, 'r');
  try {
    // One byte more tells whether a line begins with the part.
    const first = Math.max(0, from - 1);
    const bytes = readFrom(file, first, until - first);
    let start = from === 0 ? 0 : bytes.indexOf(newline) + 1;
    if (from > 0 && start === 0) return;
    for (let end = bytes.indexOf(newline, start); end >= 0; end = bytes.indexOf(newline, start)) {
      yield { text: decoder.decode(bytes.subarray(start, end)), at: first + start };
      start = end + 1;
    }
    if (start === bytes.length) return;
    const rest = restOfLine(file, first + bytes.length);
    yield { text: decoder.decode(Buffer.concat([bytes.subarray(start), ...rest])), at: first + start };
  } finally {
    closeSync(file);
  }
}

/** The number of the line at that byte, from 1 on. It is counted anew, because only messages name it. */
export function lineNumberAt(path: string, at: number): number {
  const file = openSync(path, 'r');
  try {
    let number = 1;
    for (let from = 0; from < at; from += stepBytes) {
      const bytes = readFrom(file, from, Math.min(stepBytes, at - from));
      for (let found = bytes.indexOf(newline); found >= 0; found = bytes.indexOf(newline, found + 1)) number++;
    }
    return number;
  } finally {
    closeSync(file);
  }
}

const newline = 0x0a;
const stepBytes = 1 << 16;
const decoder = new TextDecoder();

function restOfLine(file: number, from: number): readonly Buffer[] {
  const read: Buffer[] = [];
  for (let at = from; ; at += stepBytes) {
    const bytes = readFrom(file, at, stepBytes);
    const end = bytes.indexOf(newline);
    read.push(end < 0 ? bytes : bytes.subarray(0, end));
    if (end >= 0 || bytes.length < stepBytes) return read;
  }
}

/** As many bytes as there are, up to `most`: a read may give fewer though the file goes on. */
function readFrom(file: number, from: number, most: number): Buffer {
  const bytes = Buffer.allocUnsafe(most);
  let filled = 0;
  for (;;) {
    const got = readSync(file, bytes, filled, most - filled, from + filled);
    filled += got;
    if (got === 0 || filled === most) return bytes.subarray(0, filled);
  }
}
