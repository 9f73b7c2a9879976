import { decodeUsageLine } from './decode-usage-csv.ts';
import { decodeUsageJson } from './decode-usage-json.ts';
import type { DecodedLine } from './decoded-line.ts';

/** How the lines of a file are read; whatever they say, it is the same event that comes of it. Never throws: what is wrong with a line is its result. */
export interface UsageFormat {
  /** Ends of the names of such files. */
  readonly endings: readonly string[];
  /** @param services that the rules know. */
  readonly decode: (line: string, services: ReadonlySet<string>) => DecodedLine;
}

/** Every format that usage comes in, under the name that stands with each delivery in the books. */
export const usageFormats = {
  csv: { endings: ['.csv'], decode: decodeUsageLine },
  ndjson: { endings: ['.ndjson', '.jsonl'], decode: decodeUsageJson },
} as const satisfies Readonly<Record<string, UsageFormat>>;

export type UsageFormatName = keyof typeof usageFormats;

/** The format of a file by its name; undefined if it is no usage file. */
export function formatOfFile(name: string): UsageFormatName | undefined {
  const names = Object.keys(usageFormats) as UsageFormatName[];
  return names.find((format) => usageFormats[format].endings.some((ending) => name.endsWith(ending)));
}
