import { decodeUsageLine, fieldsOfUsageLine } from './decode-usage-csv.ts';
import { decodeUsageJson } from './decode-usage-json.ts';
import type { DecodedLine } from './decoded-line.ts';
import { type FieldsOfLine, fieldsOfJson } from './line-fields.ts';

/** How the lines of a file are read; whatever they say, it is the same event that comes of it. */
export interface UsageFormat extends FieldsOfLine {
  /** Stands with each delivery in the books, so that what waits in quarantine can be read again. */
  readonly name: string;
  /** Whether a file is of this format, by its name. */
  readonly isOf: (fileName: string) => boolean;
  /** Never throws: what is wrong with a line is its result. `services` are those that the rules know. */
  readonly decode: (line: string, services: ReadonlySet<string>) => DecodedLine;
  /** The number of a file by its name, where the header does not say it; undefined if the name does not say it either. */
  readonly sequenceOf?: (fileName: string) => number | undefined;
}

/** The table of formats that every source may deliver. Those that a source has for itself are declared by the company (`mapped-csv.ts`). */
export const usageFormats = {
  csv: { name: 'csv', isOf: endsWith('.csv'), decode: decodeUsageLine, ...fieldsOfUsageLine },
  ndjson: { name: 'ndjson', isOf: endsWith('.ndjson', '.jsonl'), decode: decodeUsageJson, ...fieldsOfJson },
} as const satisfies Readonly<Record<string, UsageFormat>>;

/** The format of a file by its name, those of single sources first; undefined if it is no usage file. */
export function formatOfFile(fileName: string, declared: readonly UsageFormat[] = []): UsageFormat | undefined {
  return [...declared, ...Object.values(usageFormats)].find(({ isOf }) => isOf(fileName));
}

/** The format of a delivery in the books; undefined if it is no longer declared. */
export function formatNamed(name: string, declared: readonly UsageFormat[] = []): UsageFormat | undefined {
  return [...declared, ...Object.values(usageFormats)].find((format) => format.name === name);
}

function endsWith(...endings: readonly string[]): UsageFormat['isOf'] {
  return (fileName) => endings.some((ending) => fileName.endsWith(ending));
}
