/** Tables: look-ups in CSV files beside the rules. The first line names the columns, the first column is the key. */
import { parse } from 'csv-parse/browser/esm/sync';
import type { FactType, LookupTable } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { canonicalJson, hashText } from '../check/canonical.ts';
import { nearest } from '../check/nearest.ts';
import type { TableSentence } from '../syntax/sentences.ts';
import { lowerType } from './declare.ts';
import { clausesOf } from './shapes.ts';

/** More different words than this are a text, not a choice. */
const choices = 200;

export function defineTable(placed: Placed<TableSentence>, book: Book): void {
  const { sentence, report } = placed;
  const { name, path } = sentence;
  const key = book.facts.get(sentence.key.name);
  if (!key) {
    const guess = nearest(sentence.key.name, book.facts.keys());
    report(
      'unknown-fact',
      sentence.key.span,
      `there is no fact \`${sentence.key.name}\``,
      guess ? `did you mean \`${guess}\`?` : 'look up by a fact of the vocabulary',
    );
    return;
  }
  const text = book.files.get(path.text);
  if (text === undefined) {
    const guess = nearest(
      path.text,
      [...book.files.keys()].filter((file) => file.endsWith('.csv')),
    );
    report(
      'unknown-file',
      path.span,
      `there is no file ${path.text}`,
      guess ? `did you mean ${guess}?` : 'put the file into the folder `tables` beside the rules',
    );
    return;
  }
  const rows = readRows(text, placed);
  const [columns, ...content] = rows ?? [];
  if (!columns) return;
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
}

/** The header, then the rows sorted by key. */
function readRows(text: string, { sentence, report }: Placed<TableSentence>): string[][] | undefined {
  const broken = (message: string, help: string) => {
    report('broken-table', sentence.path.span, `${sentence.path.text} ${message}`, help);
    return undefined;
  };
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
    return broken('cannot be read', `correct it: ${(error as Error).message}`);
  }
  const [header, ...content] = rows;
  if (!header || header.length < 2)
    return broken(
      'has no two columns',
      'write a first line with the names of at least two columns, then one line for each row',
    );
  const seen = new Set<string>();
  for (const [key = ''] of content) {
    if (seen.has(key)) return broken(`has two rows for ${key}`, 'keep one of them');
    seen.add(key);
  }
  // By code unit, so that every machine sorts alike.
  content.sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
  return [header, ...content];
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
