import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { HeaderLine } from './decoded-line.ts';
import type { CollectContext } from './place-line.ts';
import { readFirstLine, readRecords, type Trailer } from './read-records.ts';
import { replayQuarantined } from './replay-quarantined.ts';
import { storeUsage, type UsageCounts } from './store-usage.ts';
import { formatOfFile, type UsageFormat, usageFormats } from './usage-formats.ts';
import { lockSource } from './usage-lock.ts';

/**
 * Collects one usage file in one transaction, in the format that its name tells: a killed collection leaves nothing of it, and the
 * next begins it again. Of a file whose bytes were collected before, only what waits in quarantine is tried again (undefined if nothing
 * comes of it). Memory does not grow with the file.
 */
export async function collectFile(context: CollectContext, path: string): Promise<UsageCounts | undefined> {
  const name = basename(path);
  const format = formatOfFile(name, context.formats) ?? usageFormats.csv;
  const sha256 = await hashFile(path);
  const head = await readFileHead(path, context.formats);
  return context.db.transaction(async (trx) => {
    await lockSource(trx, head?.source ?? unknownSource);
    const known = await trx('usage_file').where({ sha256 }).first();
    if (known && head && known.source === unknownSource) await forget(trx, known);
    else if (known) return known.withdrawn_at === null ? replayQuarantined(trx, context, known) : undefined;
    let trailer: Trailer | undefined;
    const records = readRecords(context, path, format, head?.source, (last) => {
      trailer = last;
    });
    const delivery = {
      source: head?.source ?? unknownSource,
      sequence: head?.sequence ?? 0,
      name,
      sha256,
      format: format.name,
    };
    return storeUsage(trx, delivery, records, (linesRead) => ({
      records: promised(head, trailer, linesRead),
      ...(trailer?.totals && { totals: { announced: trailer.totals, read: trailer.read } }),
    }));
  });
}

/** What stands for the source of a file that does not say it; none of its records is accepted. */
export const unknownSource = '(unknown)';

/** The header of a file; undefined if its first line is none. */
export async function readFileHead(
  path: string,
  declared: readonly UsageFormat[] = [],
): Promise<HeaderLine | undefined> {
  const name = basename(path);
  const format: UsageFormat = formatOfFile(name, declared) ?? usageFormats.csv;
  const first = await readFirstLine(path, format);
  if (first?.kind !== 'header' || !format.sequenceOf) return first?.kind === 'header' ? first : undefined;
  const sequence = format.sequenceOf(name);
  return sequence === undefined ? undefined : { ...first, sequence };
}

/** Null if header and trailer differ, or one of them lacks; what was read, where the format promises nothing. */
function promised(head: HeaderLine | undefined, trailer: Trailer | undefined, linesRead: number): number | null {
  if (!head) return null;
  if (head.records === undefined) return linesRead;
  return trailer?.records === head.records ? head.records : null;
}

/** Of a file whose source nobody knew nothing was accepted; now that its format is declared, it is collected as if it had not come before. */
async function forget(trx: Knex.Transaction, { file_id, sha256 }: { file_id: number; sha256: string }): Promise<void> {
  await trx('quarantined_record').where({ file_id, state: 'open' }).update({ state: 'dropped' });
  await trx('usage_file')
    .where({ file_id })
    .update({ withdrawn_at: trx.fn.now(), sha256: `${sha256} unread` });
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
