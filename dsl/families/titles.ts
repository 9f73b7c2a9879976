/** Titles in other languages: `titles/<language>.csv`, a table of what the rules say and what customers read. */
import { parse } from 'csv-parse/browser/esm/sync';
import type { Translations } from '../../engine/titles.ts';
import type { Book } from '../check/book.ts';
import type { Report } from '../diagnostic.ts';
import type { Span } from '../syntax/tree.ts';
import { remedyOf } from './csv.ts';

/** Reads all files of titles; a file that is none is reported in its line. */
export function defineTitles(book: Book, reportIn: (file: string) => Report): void {
  for (const [path, text] of book.files) {
    const [, language] = /^titles\/([^/]+)\.csv$/.exec(path) ?? [];
    if (language === undefined) continue;
    const read = readTitles(language, text, reportIn(path));
    if (read) book.titles.set(language, read);
  }
}

function readTitles(language: string, text: string, report: Report): Translations | undefined {
  const broken = (at: Span, message: string, help: string) => {
    report('broken-table', at, message, help);
    return undefined;
  };
  if (!/^[a-z]{2}$/.test(language))
    return broken(
      lineOf(text, 0),
      `\`${language}\` is no language of two letters`,
      'name the file by one: titles/de.csv',
    );
  let rows: readonly (readonly string[])[];
  try {
    rows = parse(text, { bom: true, trim: true, skip_empty_lines: true, comment: '#', comment_no_infix: true });
  } catch (error) {
    return broken(lineOf(text, 0), 'the titles cannot be read', remedyOf(error));
  }
  const [head, ...entries] = rows;
  if (head?.join() !== 'title,translation')
    return broken(lineOf(text, 0), 'the first line names the columns', 'write `title,translation`');
  const titles = new Map<string, string>();
  for (const [title = '', translation = ''] of entries) {
    const at = placeOf(title, text);
    if (translation === '') return broken(at, `"${title}" is not translated`, 'write the translation behind the comma');
    if (titles.has(title)) return broken(at, `"${title}" is translated twice`, 'keep one of the two lines');
    titles.set(title, translation);
  }
  return { language, titles: [...titles].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) };
}

/** Where a title stands in a file of titles: at the beginning of its line, perhaps in quotes. */
export function placeOf(title: string, text: string): Span {
  const written = [title, `"${title.replaceAll('"', '""')}"`];
  const lines = text.split('\n');
  const index = lines.findLastIndex((line) => written.some((one) => line.trimStart().startsWith(`${one},`)));
  const { start, end } = lineOf(text, Math.max(index, 0));
  const line = text.slice(start, end);
  const found = written.find((one) => line.includes(one));
  if (index < 0 || found === undefined) return { start, end };
  const from = start + line.indexOf(found);
  return { start: from, end: from + found.length };
}

/** A line of a text, from 0. */
export function lineOf(text: string, index: number): Span {
  let start = 0;
  for (let skipped = 0; skipped < index; skipped += 1) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  return { start, end: start + (/^[^\r\n]*/.exec(text.slice(start))?.[0].length ?? 0) };
}
