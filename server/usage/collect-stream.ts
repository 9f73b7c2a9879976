import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { apiDelivery, redeliver } from './api-delivery.ts';
import type { CollectContext } from './place-line.ts';
import { readRecords, type Trailer } from './read-records.ts';
import { storeUsage, type UsageCounts } from './store-usage.ts';
import { usageFormats } from './usage-formats.ts';

export type StreamOutcome =
  | { readonly kind: 'collected'; readonly file: number; readonly counts: UsageCounts }
  | { readonly kind: 'too large' };

/** 1 GiB, some four million events. */
export const mostStreamBytes = 2 ** 30;

/**
 * Collects a stream of NDJSON of any length, as a delivery of its own; memory does not grow with it. It is kept on disk until it has
 * come to its end: a broken one leaves nothing, and a slow one does not hold up a bill run, which waits for collections under way. The
 * same bytes sent again are the same delivery, of which only what waits in quarantine is tried again.
 */
export async function collectStream(
  context: CollectContext,
  source: string,
  input: Readable,
  mostBytes = mostStreamBytes,
): Promise<StreamOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-usage-'));
  try {
    const path = join(folder, 'stream.ndjson');
    const sha256 = await keep(input, path, mostBytes);
    if (sha256 === undefined) return { kind: 'too large' };
    return await context.db.transaction(async (trx) => {
      const found = await apiDelivery(trx, source, 'api stream', sha256);
      if (found.kind === 'known') {
        const { counts } = await redeliver(trx, context, found.file);
        return { kind: 'collected', file: found.file.file_id, counts };
      }
      const { delivery } = found;
      let trailer: Trailer | undefined;
      const records = readRecords(context, path, usageFormats.ndjson, source, (last) => {
        trailer = last;
      });
      const counts = await storeUsage(trx, delivery, records, (linesRead) => ({
        records: trailer?.records ?? linesRead,
        ...(trailer?.totals && { totals: { announced: trailer.totals, read: trailer.read } }),
      }));
      const { source: from, sequence } = delivery;
      const row = await trx('usage_file').where({ source: from, sequence, sha256: delivery.sha256 }).first('file_id');
      return { kind: 'collected', file: row.file_id, counts };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the stream to a file and gives its hash; undefined if it is larger than it may be. */
async function keep(input: Readable, path: string, mostBytes: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > mostBytes) return;
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(input, measured, createWriteStream(path));
  return bytes > mostBytes ? undefined : hash.digest('hex');
}
