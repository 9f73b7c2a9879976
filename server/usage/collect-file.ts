import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { HeaderLine } from './decoded-line.ts';
import type { CollectContext } from './place-line.ts';
import { readFirstLine, readRecords, type Trailer } from './read-records.ts';
import { replayQuarantined } from './replay-quarantined.ts';
import { storeUsage, type UsageCounts } from './store-usage.ts';
import { formatOfFile, usageFormats } from './usage-formats.ts';
import { lockSource } from './usage-lock.ts';

/**
 * Collects one usage file in one transaction, in the format that its name tells: a killed collection leaves nothing of it, and the
 * next begins it again. Of a file whose bytes were collected before, only what waits in quarantine is tried again (undefined if nothing
 * comes of it). Memory does not grow with the file.
 */
export async function collectFile(context: CollectContext, path: string): Promise<UsageCounts | undefined> {
  const name = basename(path);
  const format = formatOfFile(name) ?? 'csv';
  const sha256 = await hashFile(path);
  const head = await readFileHead(path);
  return context.db.transaction(async (trx) => {
    await lockSource(trx, head?.source ?? unknownSource);
    const known = await trx('usage_file').where({ sha256 }).first();
    if (known) return known.withdrawn_at === null ? replayQuarantined(trx, context, known) : undefined;
    let trailer: Trailer | undefined;
    const records = readRecords(context, path, usageFormats[format], head?.source, (last) => {
      trailer = last;
    });
    const delivery = {
      source: head?.source ?? unknownSource,
      sequence: head?.sequence ?? 0,
      name,
      sha256,
      format,
    };
    return storeUsage(trx, delivery, records, () => ({
      records: head && trailer?.records === head.records ? head.records : null,
      ...(trailer?.totals && { totals: { announced: trailer.totals, read: trailer.read } }),
    }));
  });
}

/** What stands for the source of a file that does not say it; none of its records is accepted. */
export const unknownSource = '(unknown)';

/** The header of a file; undefined if its first line is none. */
export async function readFileHead(path: string): Promise<HeaderLine | undefined> {
  const first = await readFirstLine(path, usageFormats[formatOfFile(basename(path)) ?? 'csv']);
  return first?.kind === 'header' ? first : undefined;
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
