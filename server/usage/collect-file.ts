import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { controlTotals } from './control-totals.ts';
import { decodeUsageLine } from './decode-usage-csv.ts';
import { type CollectContext, placeLine } from './place-line.ts';
import { replayQuarantined } from './replay-quarantined.ts';
import { type PlacedRecord, storeUsage, type UsageCounts } from './store-usage.ts';
import { lockSource } from './usage-lock.ts';

export interface FileHead {
  readonly source: string;
  readonly sequence: number;
  /** Records that the header promises. */
  readonly records: number;
}

/**
 * Collects one mediation file in one transaction: a killed collection leaves nothing of it, and the next begins it
 * again. Of a file whose bytes were collected before, only what waits in quarantine is tried again (undefined if nothing
 * comes of it). Memory does not grow with the file.
 */
export async function collectFile(context: CollectContext, path: string): Promise<UsageCounts | undefined> {
  const sha256 = await hashFile(path);
  const head = await readFileHead(path);
  return context.db.transaction(async (trx) => {
    await lockSource(trx, head?.source ?? unknownSource);
    const known = await trx('usage_file').where({ sha256 }).first();
    if (known) return known.withdrawn_at === null ? replayQuarantined(trx, context, known) : undefined;
    let trailer: Trailer | undefined;
    const records = placeRecords(context, path, head, (last) => {
      trailer = last;
    });
    const delivery = {
      source: head?.source ?? unknownSource,
      sequence: head?.sequence ?? 0,
      name: basename(path),
      sha256,
    };
    return storeUsage(trx, delivery, records, () => ({
      records: head && trailer?.records === head.records ? head.records : null,
      ...(trailer?.totals && { totals: { announced: trailer.totals, read: trailer.read } }),
    }));
  });
}

/** The last line of a file, and what the records before it add up to. */
interface Trailer {
  readonly records: number;
  readonly totals?: string;
  readonly read: string;
}

/** What stands for the source of a file that does not say it; none of its records is accepted. */
export const unknownSource = '(unknown)';

/** The header of a file; undefined if its first line is none. */
export async function readFileHead(path: string): Promise<FileHead | undefined> {
  const input = createReadStream(path, { end: 4_095 });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      const decoded = decodeUsageLine(withoutMark(line), new Set());
      return decoded.kind === 'header' ? decoded : undefined;
    }
    return undefined;
  } finally {
    input.destroy();
  }
}

async function* placeRecords(
  context: CollectContext,
  path: string,
  head: FileHead | undefined,
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
      const decoded = decodeUsageLine(raw, context.services);
      if (decoded.kind === 'trailer') onTrailer({ ...decoded, read: sum.inWords() });
      else if (decoded.kind === 'header') continue;
      else if (!head) batch.push({ lineNumber, raw, refusal: headless });
      else {
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

/** So many records are stored at once: enough that a statement costs nothing beside them, few enough to hold several in memory. */
const batchSize = 10_000;

const headless = { reason: 'no-header', detail: 'the first line of the file is no header' } as const;

/** The lines of a file, as many at once as come in one read; asking for each alone would cost more than reading it. */
async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest.endsWith('\r') ? rest.slice(0, -1) : rest];
}

/** Some exporters begin a text file with a byte order mark. */
function withoutMark(line: string): string {
  return line.startsWith('\uFEFF') ? line.slice(1) : line;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
