import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { CollectContext } from './place-line.ts';
import type { QuarantineReason } from './quarantine-reasons.ts';
import { type KnownFile, replayQuarantined } from './replay-quarantined.ts';
import type { UsageCounts, UsageDelivery } from './store-usage.ts';
import { lockSource } from './usage-lock.ts';

/** What came over the API: the next delivery of its source, or one that came before. */
export type ApiDelivery =
  | { readonly kind: 'new'; readonly delivery: UsageDelivery }
  | { readonly kind: 'known'; readonly file: KnownFile };

/**
 * A delivery of its own for what came over the API, the next of its source; or the one that it was, if the very same was sent before and is
 * not withdrawn. Its source is locked until the transaction ends.
 *
 * @param content what was sent, to the byte, or its hash.
 */
export async function apiDelivery(
  trx: Knex.Transaction,
  source: string,
  kind: 'api batch' | 'api stream' | 'cloud events',
  content: string,
): Promise<ApiDelivery> {
  await lockSource(trx, source);
  const sha256 = createHash('sha256')
    .update(JSON.stringify([kind, source, content]))
    .digest('hex');
  const file = await trx('usage_file').where({ source, sha256 }).whereNull('withdrawn_at').first();
  if (file) return { kind: 'known', file };
  const row = await trx('usage_file').where({ source }).max({ last: 'sequence' }).first();
  const sequence = (row?.last ?? 0) + 1;
  return { kind: 'new', delivery: { source, sequence, name: `${kind} ${sequence}`, sha256, format: 'ndjson' } };
}

/** What has become of the lines of a delivery that was sent again. */
export interface Redelivery {
  /** All lines that were sent: those that did not wait in quarantine, or do no longer, are duplicates. */
  readonly counts: UsageCounts;
  /** Those that wait still, with why they were refused when they came. */
  readonly waiting: readonly WaitingReason[];
}

interface WaitingReason {
  readonly lineNumber: number;
  readonly reason: QuarantineReason;
  readonly detail: string;
}

/** Tries again what of a known delivery waits in quarantine, and leaves everything else as it is: nothing is refused twice. */
export async function redeliver(trx: Knex.Transaction, context: CollectContext, file: KnownFile): Promise<Redelivery> {
  const replayed = await replayQuarantined(trx, context, file);
  const ofFile = { file_id: file.file_id };
  const waiting: WaitingReason[] = await trx('quarantined_record')
    .where({ ...ofFile, state: 'open' })
    .orderBy('line_number')
    .select({ lineNumber: 'line_number', reason: 'reason', detail: 'detail' });
  // Lines that were accepted later are counted with the delivery in which they were.
  const moved = await trx('quarantined_record')
    .where({ ...ofFile, state: 'replayed' })
    .count({ lines: '*' })
    .first();
  const row = await trx('usage_file').where(ofFile).first('lines_read');
  const linesRead = row.lines_read + Number(moved?.lines ?? 0);
  const accepted = replayed?.accepted ?? 0;
  const quarantined = waiting.length;
  const duplicate = linesRead - accepted - quarantined;
  return { counts: { linesRead, accepted, duplicate, quarantined, late: replayed?.late ?? 0 }, waiting };
}
