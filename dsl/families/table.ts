/** Tables: look-ups in CSV files beside the rules. The first line names the columns, the first column is the key. */
import { parse } from 'csv-parse/browser/esm/sync';
import type { FactDefinition, FactType, LookupTable } from '../../engine/rule-set.ts';
import { describe } from '../check/amounts.ts';
import type { Book, Placed } from '../check/book.ts';
import { canonicalJson, hashText } from '../check/canonical.ts';
import { nearest } from '../check/nearest.ts';
import type { TableSentence } from '../syntax/sentences.ts';
import { lowerType } from './declare.ts';
import { clausesOf } from './shapes.ts';
import { checkCells, checkColumns } from './table-checks.ts';

/** More different words than this are a text, not a choice. */
const choices = 200;

export function defineTable(placed: Placed<TableSentence>, book: Book): void {
  if (!readTable(placed, book)) book.lost.add(placed.sentence.name.text);
}

/** False if something has been reported. */
function readTable(placed: Placed<TableSentence>, book: Book): boolean {
  const { sentence, report } = placed;
  const { name, path } = sentence;
  const key = checkKey(placed, book);
  const text = key && fileOf(placed, book);
  if (!key || text === undefined) return false;
  const rows = readRows(text, placed);
  const [columns, ...content] = rows ?? [];
  if (!columns || !checkColumns(columns, content, placed)) return false;
  const column = columns.includes(name.text) ? name.text : (columns[1] ?? '');
  const optional = sentence.otherwise === undefined || key.optional === true;
  const typeOf = (title: string) => columnType(title, columns, content, placed);
  const table: LookupTable = {
    name: name.text,
    match: sentence.match,
    key: key.name,
    columns,
    column,
    ...(sentence.otherwise && { otherwise: sentence.otherwise.text }),
    type: typeOf(column),
    file: path.text,
    hash: hashText(canonicalJson(content)),
    rows: content,
  };
  book.tables.set(table.name, table);
  for (const title of columns.slice(1)) {
    const fact = title === column ? table.name : `${table.name}.${title}`;
    const type = title === column ? table.type : typeOf(title);
    if (book.facts.has(fact)) {
      report(
        'duplicate-name',
        name.span,
        `there is a fact \`${fact}\` already`,
        'give the table another name, or its column',
      );
      return false;
    }
    if (!checkCells(title, type, columns, content, placed)) return false;
    book.facts.set(fact, {
      name: fact,
      type,
      scope: key.scope,
      doc: `Looked up in ${path.text} by ${key.name}.`,
      ...(optional && { optional: true }),
    });
    book.derivations.set(fact, {
      name: fact,
      type,
      expression: { op: 'look-up', table: table.name, key: key.name, column: title },
    });
  }
  return true;
}

/** The fact that is looked up by, if it is there and made of words. */
function checkKey({ sentence, report }: Placed<TableSentence>, book: Book): FactDefinition | undefined {
  const { key: written, match } = sentence;
  const key = book.facts.get(written.name);
  if (!key) {
    const guess = nearest(written.name, book.facts.keys());
    report(
      'unknown-fact',
      written.span,
      `there is no fact \`${written.name}\``,
      guess ? `did you mean \`${guess}\`?` : 'look up by a fact of the vocabulary',
    );
    return undefined;
  }
  if (['text', 'phone', 'network', 'enum'].includes(key.type.kind)) return key;
  report(
    'wrong-type',
    written.span,
    `\`${key.name}\` is ${describe(key.type)}, and tables are looked up by a word or a number called`,
    match === 'longest prefix' ? 'look up by event.called_number' : 'look up by a fact that is a text',
  );
  return undefined;
}

function fileOf({ sentence, report }: Placed<TableSentence>, book: Book): string | undefined {
  const { path } = sentence;
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

/** The header, then the rows sorted by key; undefined if something has been reported. */
function readRows(text: string, { sentence, report }: Placed<TableSentence>): string[][] | undefined {
  let rows: string[][];
  try {
    rows = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
    }) as string[][];
  } catch (error) {
    report('broken-table', sentence.path.span, `${sentence.path.text} cannot be read`, remedyOf(error));
    return undefined;
  }
  const [header = [], ...content] = rows;
  // By code unit, so that every machine sorts alike.
  content.sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
  return [header, ...content];
}

function remedyOf(error: unknown): string {
  const { code, lines, message } = error as { code?: string; lines?: number; message?: string };
  if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH')
    return `line ${lines} has more or fewer cells than the first line: put a cell with a comma in quotes`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and not closed again';
  return `correct it: ${message}`;
}

function columnType(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  placed: Placed<TableSentence>,
): FactType {
  const { sentence, report } = placed;
  const declared = clausesOf(sentence.clauses, 'column').find(({ name }) => name.text === title);
  const type = declared && lowerType(declared.type, report);
  if (type) return type;
  const index = columns.indexOf(title);
  const values = new Set(rows.map((row) => row[index] ?? ''));
  if (sentence.otherwise) values.add(sentence.otherwise.text);
  return values.size <= choices ? { kind: 'enum', values: [...values].sort() } : { kind: 'text' };
}
