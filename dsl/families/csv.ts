/** The CSV files beside the rules. */
import { parse } from 'csv-parse/browser/esm/sync';
import type { Book } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import type { Report } from '../diagnostic.ts';
import type { Word } from '../syntax/tree.ts';

export interface CsvRow {
  readonly cells: readonly string[];
  /** Of the file, from 1; that of its end where a cell goes over several. */
  readonly line: number;
}

/** The rows of the file at a path, the first line among them; undefined if something has been reported. */
export function readCsv(path: Word, book: Book, report: Report): readonly (readonly string[])[] | undefined {
  return readCsvRows(path, book, report)?.map(({ cells }) => cells);
}

/** The same, with the lines in which they stand. */
export function readCsvRows(path: Word, book: Book, report: Report): readonly CsvRow[] | undefined {
  const text = fileAt(path, book, report);
  if (text === undefined) return undefined;
  try {
    const found = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
    }) as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
    return found.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    report('broken-table', path.span, `${path.text} cannot be read`, remedyOf(error));
    return undefined;
  }
}

function fileAt(path: Word, book: Book, report: Report): string | undefined {
  const text = book.files.get(path.text);
  if (text !== undefined) return text;
  const files = [...book.files.keys()].filter((file) => file.endsWith('.csv'));
  const guess = nearest(path.text, files);
  report(
    'unknown-file',
    path.span,
    `there is no file ${path.text}`,
    guess ? `did you mean ${guess}?` : 'put the file into the folder `tables` beside the rules',
  );
  return undefined;
}

export function remedyOf(error: unknown): string {
  const { code, lines, message } = error as { code?: string; lines?: number; message?: string };
  if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH')
    return `line ${lines} has more or fewer cells than the first line: put a cell with a comma in quotes`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and not closed again';
  return `correct it: ${message}`;
}
