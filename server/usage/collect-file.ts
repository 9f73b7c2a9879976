import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import { decodeUsageLine } from './decode-usage-csv.ts';
import { type PlacedRecord, storeUsage, type UsageCounts } from './store-usage.ts';
import { findSubscriber, type SubscriberDirectory } from './subscriber-directory.ts';
import { lockSource } from './usage-lock.ts';

export interface CollectContext {
  readonly db: Knex;
  /** Services that the rules know. */
  readonly services: ReadonlySet<string>;
  readonly directory: SubscriberDirectory;
}

export interface FileHead {
  readonly source: string;
  readonly sequence: number;
  /** Records that the header promises. */
  readonly records: number;
}

/**
 * Collects one mediation file in one transaction: a killed collection leaves nothing of it, and the next begins it
 * again. A file whose bytes were collected before is left alone (undefined). Memory does not grow with the file.
 */
export async function collectFile(context: CollectContext, path: string): Promise<UsageCounts | undefined> {
  const sha256 = await hashFile(path);
  const head = await readFileHead(path);
  return context.db.transaction(async (trx) => {
    await lockSource(trx, head.source);
    if (await trx('usage_file').where({ sha256 }).first()) return undefined;
    let trailer: number | undefined;
    const records = placeRecords(context, path, (count) => {
      trailer = count;
    });
    const announced = () => (trailer === head.records ? head.records : null);
    return storeUsage(
      trx,
      { source: head.source, sequence: head.sequence, name: basename(path), sha256 },
      records,
      announced,
    );
  });
}

/** A file without a readable header is still collected: its name stands for the source, and its lines are judged one by one. */
export async function readFileHead(path: string): Promise<FileHead> {
  const lines = createInterface({ input: createReadStream(path, { end: 4_095 }), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const decoded = decodeUsageLine(line, new Set());
    lines.close();
    if (decoded.kind === 'header') return decoded;
    break;
  }
  return { source: basename(path), sequence: 0, records: -1 };
}

async function* placeRecords(
  context: CollectContext,
  path: string,
  onTrailer: (records: number) => void,
): AsyncGenerator<PlacedRecord> {
  const lines = createInterface({
    input: createReadStream(path, { highWaterMark: 1 << 18 }),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let lineNumber = 0;
  for await (const raw of lines) {
    lineNumber += 1;
    if (raw === '') continue;
    const decoded = decodeUsageLine(raw, context.services);
    if (decoded.kind === 'trailer') onTrailer(decoded.records);
    else if (decoded.kind === 'refused') yield { lineNumber, raw, refusal: decoded };
    else if (decoded.kind === 'record') {
      const found = findSubscriber(context.directory, decoded.event.msisdn, decoded.event.startAt);
      yield 'reason' in found
        ? { lineNumber, raw, refusal: found }
        : { lineNumber, event: decoded.event, subscriber: found };
    }
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
