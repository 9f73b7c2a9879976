import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
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
    if (known) return replayQuarantined(trx, context, known);
    let trailer: number | undefined;
    const records = placeRecords(context, path, head, (count) => {
      trailer = count;
    });
    const delivery = {
      source: head?.source ?? unknownSource,
      sequence: head?.sequence ?? 0,
      name: basename(path),
      sha256,
    };
    return storeUsage(trx, delivery, records, () => (head && trailer === head.records ? head.records : null));
  });
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
  onTrailer: (records: number) => void,
): AsyncGenerator<PlacedRecord> {
  const lines = createInterface({
    input: createReadStream(path, { highWaterMark: 1 << 18 }),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let lineNumber = 0;
  for await (const line of lines) {
    lineNumber += 1;
    if (line === '') continue;
    const raw = lineNumber === 1 ? withoutMark(line) : line;
    const decoded = decodeUsageLine(raw, context.services);
    if (decoded.kind === 'trailer') onTrailer(decoded.records);
    else if (decoded.kind === 'header') continue;
    else if (!head) yield { lineNumber, raw, refusal: headless };
    else yield placeLine(context, lineNumber, raw, decoded);
  }
}

const headless = { reason: 'no-header', detail: 'the first line of the file is no header' } as const;

/** Some exporters begin a text file with a byte order mark. */
function withoutMark(line: string): string {
  return line.startsWith('\uFEFF') ? line.slice(1) : line;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
