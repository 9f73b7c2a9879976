import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { controlTotals } from './control-totals.ts';
import type { DecodedLine } from './decoded-line.ts';
import { type CollectContext, placeLine } from './place-line.ts';
import type { PlacedRecord } from './store-usage.ts';
import type { UsageFormat } from './usage-formats.ts';

/** The last line of a file, and what the records before it add up to. */
export interface Trailer {
  readonly records: number;
  readonly totals?: string;
  readonly read: string;
}

/**
 * The records of a file, placed, so many at once as are stored at once. Memory does not grow with the file, nor with its longest line.
 *
 * @param source of the file; undefined if it does not say it, and then none of its records is accepted.
 */
export async function* readRecords(
  context: Pick<CollectContext, 'directory' | 'services'>,
  path: string,
  { decode }: UsageFormat,
  source: string | undefined,
  onTrailer: (trailer: Trailer) => void,
): AsyncGenerator<readonly PlacedRecord[]> {
  const sum = controlTotals();
  let lineNumber = 0;
  let batch: PlacedRecord[] = [];
  for await (const lines of linesOf(createReadStream(path, { highWaterMark: 1 << 18 }))) {
    for (const line of lines) {
      lineNumber += 1;
      if (line === '') continue;
      const raw = lineNumber === 1 ? withoutMark(line) : line;
      const decoded = decode(raw, context.services);
      if (decoded.kind === 'trailer') onTrailer({ ...decoded, read: sum.inWords() });
      else if (source === undefined) {
        if (decoded.kind !== 'header') batch.push({ lineNumber, raw, refusal: headless });
      } else if (isForeign(decoded, source)) batch.push({ lineNumber, raw, refusal: foreign(source) });
      else if (decoded.kind !== 'header') {
        if (decoded.kind === 'record') sum.add(decoded.event);
        batch.push(placeLine(context, lineNumber, raw, decoded));
      }
    }
    if (batch.length >= batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The first line of a file, decoded; undefined of an empty one. */
export async function readFirstLine(path: string, { decode }: UsageFormat): Promise<DecodedLine | undefined> {
  for await (const [line] of linesOf(createReadStream(path, { end: 65_535 })))
    if (line !== undefined) return decode(withoutMark(line), new Set());
  return undefined;
}

/** So many records are stored at once: enough that a statement costs nothing beside them, few enough to hold several in memory. */
const batchSize = 10_000;

/** So many characters of a line are looked at: no record has more, and what is no text may have no line end at all. */
const longestLine = 1 << 20;

const headless = { reason: 'no-header', detail: 'the first line of the file is no header' } as const;

function isForeign(decoded: DecodedLine, source: string): boolean {
  return 'source' in decoded && decoded.source !== undefined && decoded.source !== source;
}

function foreign(source: string) {
  return { reason: 'other-source', detail: `the file is of ${source}` } as const;
}

/** The lines of a file, as many at once as come in one read; asking for each alone would cost more than reading it. */
async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    rest = (lines.pop() ?? '').slice(0, longestLine);
    yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest.endsWith('\r') ? rest.slice(0, -1) : rest];
}

/** Some exporters begin a text file with a byte order mark. */
function withoutMark(line: string): string {
  return line.startsWith('\uFEFF') ? line.slice(1) : line;
}
