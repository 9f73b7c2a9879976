import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { type CollectContext, placeRecord } from './place-line.ts';
import type { QuarantineReason } from './quarantine-reasons.ts';
import { type PlacedRecord, storeUsage } from './store-usage.ts';
import { lockSource } from './usage-lock.ts';
import type { UsageRecord } from './usage-record.ts';

export interface BatchOutcome {
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: readonly {
    readonly index: number;
    readonly reason: QuarantineReason;
    readonly detail: string;
  }[];
}

/**
 * Collects usage that came over the API, as a delivery of its own. Sent again, what was stored is answered as duplicate
 * and what was refused is tried again.
 */
export async function collectBatch(
  context: CollectContext,
  source: string,
  events: readonly UsageRecord[],
): Promise<BatchOutcome> {
  const records = events.map((event, index): PlacedRecord => {
    const lineNumber = index + 1;
    const placed = context.services.has(event.service)
      ? placeRecord(context.directory, event)
      : ({ reason: 'unknown-service', detail: `service is "${event.service}"` } as const);
    if (!('reason' in placed)) return { lineNumber, ...placed };
    // As a file would say it, so that it can be read again.
    const raw = JSON.stringify({ ...event, startAt: new Date(event.startAt).toISOString() });
    return { lineNumber, raw, refusal: placed };
  });
  const quarantined = records.flatMap((record) =>
    'refusal' in record ? [{ index: record.lineNumber - 1, ...record.refusal }] : [],
  );
  return context.db.transaction(async (trx) => {
    await lockSource(trx, source);
    const sequence = await nextSequence(trx, source);
    const sha256 = createHash('sha256')
      .update(JSON.stringify([source, sequence, events]))
      .digest('hex');
    const counts = await storeUsage(
      trx,
      { source, sequence, name: `api batch ${sequence}`, sha256, format: 'ndjson' },
      [records],
      () => ({ records: events.length }),
    );
    return { accepted: counts.accepted, duplicate: counts.duplicate, quarantined };
  });
}

async function nextSequence(trx: Knex.Transaction, source: string): Promise<number> {
  const row = await trx('usage_file').where({ source }).max({ last: 'sequence' }).first();
  return (row?.last ?? 0) + 1;
}
