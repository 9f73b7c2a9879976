/** Tables: look-ups in CSV files beside the rules. The first line names the columns, the first column is the key. */
import type { FactDefinition, FactType, LookupTable } from '../../engine/rule-set.ts';
import { describe, isAmountType } from '../check/amounts.ts';
import type { Book, Placed } from '../check/book.ts';
import { canonicalJson, hashText } from '../check/canonical.ts';
import { nearest } from '../check/nearest.ts';
import { reportStrayKeys } from '../check/table-keys.ts';
import type { Report } from '../diagnostic.ts';
import type { TableSentence } from '../syntax/sentences.ts';
import type { Value } from '../syntax/tree.ts';
import { readCsvRows } from './csv.ts';
import { clausesOf } from './shapes.ts';
import { fits, remedyFor, valueToCell } from './table-cells.ts';
import { layOut } from './table-layout.ts';
import type { Column } from './table-rows.ts';

/** `reportIn` is for what is said of the file's lines. */
export function defineTable(placed: Placed<TableSentence>, book: Book, reportIn: (file: string) => Report): void {
  const { name, path } = placed.sentence;
  if (!readTable(placed, book)) book.lost.add(name.text);
  const table = book.tables.get(name.text);
  if (table) reportStrayKeys(table, book.files.get(path.text) ?? '', reportIn(path.text));
}

/** False if something has been reported. */
function readTable(placed: Placed<TableSentence>, book: Book): boolean {
  const { sentence } = placed;
  const { name, path, match } = sentence;
  const key = checkKey(placed, book);
  const written = key && readCsvRows(path, book, placed.report);
  const layout = written && layOut(written, key, placed);
  if (!layout) return false;
  const { columns, rows } = layout;
  const bare =
    columns.find((column) => column.name === name.text && column.isValue) ?? columns.find((column) => column.isValue);
  const otherwise = bare && sentence.otherwise && otherwiseIn(sentence.otherwise, bare, placed);
  if (!bare || (sentence.otherwise && otherwise === undefined)) return false;
  const table: LookupTable = {
    name: name.text,
    match,
    key: key.name,
    columns: columns.map((column) => column.name),
    column: bare.name,
    ...(otherwise !== undefined && { otherwise }),
    type: withOtherwise(bare.type, otherwise),
    file: path.text,
    hash: hashText(canonicalJson(rows)),
    rows,
  };
  book.tables.set(table.name, table);
  return columns.filter((column) => column.isValue).every((column) => defineColumn(column, table, key, placed, book));
}

/** Each column is a fact: the table's own by the name of the table, the others behind a dot. */
function defineColumn(
  column: Column,
  table: LookupTable,
  key: FactDefinition,
  { sentence, report }: Placed<TableSentence>,
  book: Book,
): boolean {
  const isBare = column.name === table.column;
  const fact = isBare ? table.name : `${table.name}.${column.name}`;
  if (book.facts.has(fact)) {
    report(
      'duplicate-name',
      sentence.name.span,
      `there is a fact \`${fact}\` already`,
      'give the table another name, or its column',
    );
    return false;
  }
  const type = isBare ? table.type : column.type;
  // What stands for everything else stands for the table's own column.
  const optional = key.optional === true || !isBare || table.otherwise === undefined;
  book.facts.set(fact, {
    name: fact,
    type,
    scope: key.scope,
    doc: `Looked up in ${table.file} by ${key.name}.`,
    ...(optional && { optional: true }),
  });
  book.derivations.set(fact, {
    name: fact,
    type,
    expression: {
      op: 'look-up',
      table: table.name,
      key: key.name,
      column: column.name,
      ...(isDated(table) && { on: 'date' as const }),
    },
  });
  return true;
}

/** Its rows say on which days they are in force. */
function isDated({ columns }: LookupTable): boolean {
  return columns.includes('from') || columns.includes('until');
}

/** The value of `otherwise` as a cell in base units. */
function otherwiseIn(
  value: Value,
  { name, type }: Column,
  { sentence, report, slice }: Placed<TableSentence>,
): string | undefined {
  const written = slice(value.span);
  const cell = valueToCell(value, type, report);
  const isDeclared = clausesOf(sentence.clauses, 'column').some((clause) => clause.name.text === name);
  if (cell !== undefined && (fits(cell, type) || (type.kind === 'enum' && !isDeclared))) return cell;
  const guess = type.kind === 'enum' ? nearest(written, type.values) : undefined;
  report(
    'broken-table',
    value.span,
    `\`${written}\` stands for what is not in the table, but column \`${name}\` is ${describe(type)}`,
    guess ? `did you mean \`${guess}\`?` : remedyFor(type, undefined),
  );
  return undefined;
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
  const isRight =
    match === 'range' ? isAmountType(key.type) : ['text', 'phone', 'network', 'enum'].includes(key.type.kind);
  if (isRight) return key;
  report(
    'wrong-type',
    written.span,
    match === 'range'
      ? `\`${key.name}\` is ${describe(key.type)}, and ranges are of amounts`
      : `\`${key.name}\` is ${describe(key.type)}, and tables are looked up by a word or a number called`,
    match === 'longest prefix'
      ? 'look up by event.called_number'
      : match === 'range'
        ? 'look up by an amount, or write `by exact`'
        : 'look up by a fact that is a text, or write `by range of` for an amount',
  );
  return undefined;
}

/** What stands for everything else is one of the choices. */
function withOtherwise(type: FactType, otherwise: string | undefined): FactType {
  if (type.kind !== 'enum' || otherwise === undefined || type.values.includes(otherwise)) return type;
  return { ...type, values: [...type.values, otherwise].sort() };
}
