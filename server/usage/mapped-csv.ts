import { type Static, Type } from 'typebox';
import { decodeUsageObject } from './decode-usage-json.ts';
import { type DecodedLine, refuse } from './decoded-line.ts';
import { fieldsOfCells } from './line-fields.ts';
import type { UsageFormat } from './usage-formats.ts';

const numbers = ['sequence', 'durationMs', 'bytes', 'messages', 'change', 'part.number'] as const;
const texts = [
  'id',
  'msisdn',
  'imsi',
  'subscription',
  'service',
  'startAt',
  'direction',
  'calledNumber',
  'callingNumber',
  'visitedNetwork',
  'roamingPartner',
  'recordType',
  'value.amount',
  'value.currency',
  'part.session',
  'part.closingCause',
] as const;
const targets: ReadonlySet<string> = new Set([...numbers, ...texts, 'durationSeconds', 'part.isLast']);

const text = Type.String({ minLength: 1, maxLength: 200 });

/** How a source writes CSV of its own: which column is which field of a usage event. */
export const csvMappingSchema = Type.Object(
  {
    source: text,
    /** Names of its files; the first group is the number of the file. */
    files: text,
    separator: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    /** In their order: the heading of each column, and the field that it is; null if it is none. */
    columns: Type.Record(text, Type.Union([text, Type.Null()])),
    /** Fields that are the same in every record. */
    constants: Type.Optional(Type.Record(text, text)),
    /** By field: what a word of the source means. */
    words: Type.Optional(Type.Record(text, Type.Record(text, text))),
    /** Attributes that are numbers; the others are texts. */
    numbers: Type.Optional(Type.Array(text)),
  },
  { additionalProperties: false },
);
export type CsvMapping = Static<typeof csvMappingSchema>;

/**
 * The format of a source that writes CSV of its own: a line of headings, exactly those that are declared, then a record a line, with fields in
 * quotes where they need them. A column that came, went or moved thereby leaves the file in quarantine, and nobody's usage is misread.
 */
export function mappedCsv(mapping: CsvMapping): UsageFormat {
  const { source, separator = ',', columns, constants = {} } = mapping;
  const named = new RegExp(mapping.files);
  const headings = Object.keys(columns);
  const fields = Object.values(columns);
  const fixed = Object.entries(constants);
  const isNumber: ReadonlySet<string> = new Set([
    ...numbers,
    ...(mapping.numbers ?? []).map((attribute) => `attributes.${attribute}`),
  ]);
  const decode = (line: string, services: ReadonlySet<string>): DecodedLine => {
    if (line.includes('\0')) return refuse('not-a-record', 'The line holds a NUL byte');
    const cells = cellsOf(line, separator);
    if (cells === undefined) return refuse('not-a-record', 'A quote is not closed');
    if (cells.length === headings.length && cells.every((cell, index) => cell === headings[index]))
      return { kind: 'header', source, sequence: 0 };
    if (cells.length !== fields.length) return refuse('field-count', `${cells.length} fields, not ${fields.length}`);
    const said: Record<string, unknown> = {};
    for (const [field, value] of fixed) put(said, field, value, isNumber);
    for (const [index, field] of fields.entries()) {
      const cell = cells[index];
      if (field !== null && cell) put(said, field, mapping.words?.[field]?.[cell] ?? cell, isNumber);
    }
    return decodeUsageObject(said, services);
  };
  return {
    name: `csv of ${source}`,
    isOf: (fileName) => named.test(fileName),
    decode,
    ...fieldsOfCells({
      named: (cells) =>
        cells === headings.length
          ? Object.entries(columns).map(([heading, field]) => saidBy(heading, field))
          : undefined,
      split: (line) => cellsOf(line, separator),
      join: (cells) => cells.map((cell) => quotedCell(cell, separator)).join(separator),
    }),
    sequenceOf: (fileName) => {
      const [, number = ''] = named.exec(fileName) ?? [];
      return /^\d{1,9}$/.test(number) ? Number(number) : undefined;
    },
  };
}

/** What is wrong with a mapping, in words; undefined if nothing is. */
export function mappingFault({ files, columns, constants, words }: CsvMapping): string | undefined {
  try {
    new RegExp(files);
  } catch {
    return `files "${files}" is no regular expression`;
  }
  if (!/\((?!\?)/.test(files))
    return `files "${files}" has no group for the number of the file, as in "voip-(\\d+)\\.csv"`;
  const fields = [...Object.values(columns), ...Object.keys(constants ?? {})].filter((field) => field !== null);
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice !== undefined) return `the field "${twice}" is said twice`;
  const unknown = [...fields, ...Object.keys(words ?? {})].find(
    (field) => !targets.has(field) && !field.startsWith('attributes.'),
  );
  return unknown === undefined ? undefined : `a usage event has no field "${unknown}"`;
}

/** Puts the text of a cell where it belongs in the event; what is no number stays the text that it is, and is refused as such. */
function put(said: Record<string, unknown>, field: string, cell: string, isNumber: ReadonlySet<string>): void {
  if (field === 'durationSeconds') {
    said.durationMs = isDecimal(cell) ? Math.round(Number(cell) * 1000) : cell;
    return;
  }
  const value = isNumber.has(field) && isDecimal(cell) ? Number(cell) : cell;
  const [group = '', ...rest] = field.split('.');
  if (rest.length === 0) said[field] = value;
  else {
    const member = field === 'part.isLast' ? (truths[cell] ?? cell) : value;
    said[group] = { ...(said[group] as object | undefined), [rest.join('.')]: member };
  }
}

const truths: Readonly<Record<string, boolean>> = { 1: true, true: true, 0: false, false: false };

function isDecimal(cell: string): boolean {
  return /^-?\d{1,15}(\.\d{1,9})?$/.test(cell);
}

function saidBy(heading: string, field: string | null): readonly [string, string?] {
  if (field === null) return [heading];
  return [heading, field === 'durationSeconds' ? 'durationMs' : (field.split('.')[0] ?? field)];
}

function quotedCell(cell: string, separator: string): string {
  return cell.includes(separator) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The cells of a line (RFC 4180, within one line); undefined if a quote is not closed. */
function cellsOf(line: string, separator: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    if (!quoted && rest.startsWith('"')) return undefined;
    const end = quoted ? quoted[0].length : rest.indexOf(separator);
    const cell = quoted?.[1]?.replaceAll('""', '"') ?? (end < 0 ? rest : rest.slice(0, end));
    cells.push(cell);
    if (end < 0 || end >= rest.length) return cells;
    if (rest[end] !== separator) return undefined;
    rest = rest.slice(end + 1);
  }
}
