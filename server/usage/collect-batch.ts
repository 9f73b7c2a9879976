import { nextDelivery } from './api-delivery.ts';
import { decodeUsageJson } from './decode-usage-json.ts';
import { refuse } from './decoded-line.ts';
import { type CollectContext, placeLine, placeRecord } from './place-line.ts';
import type { QuarantineReason } from './quarantine-reasons.ts';
import { type PlacedRecord, storeUsage } from './store-usage.ts';
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
      : refuse('unknown-service', `service is "${event.service}"`);
    if (!('reason' in placed)) return { lineNumber, ...placed };
    // As a file would say it, so that it can be read again.
    const raw = JSON.stringify({ ...event, startAt: new Date(event.startAt).toISOString() });
    return { lineNumber, raw, refusal: placed };
  });
  return storeBatches(context, 'api batch', new Map([[source, records]]));
}

/** The same of CloudEvents, which say their sources themselves: a delivery for each, all or none. */
export async function collectCloudEvents(
  context: CollectContext,
  events: readonly { readonly source: string }[],
): Promise<BatchOutcome> {
  const bySource = new Map<string, PlacedRecord[]>();
  for (const [index, event] of events.entries()) {
    const raw = JSON.stringify(event);
    const decoded = decodeUsageJson(raw, context.services);
    const isRecord = decoded.kind === 'record' || decoded.kind === 'refused';
    const record = isRecord ? decoded : refuse('not-a-record', `The event is a ${decoded.kind}`);
    const records = bySource.get(event.source) ?? [];
    records.push(placeLine(context, index + 1, raw, record));
    bySource.set(event.source, records);
  }
  return storeBatches(context, 'cloud events', bySource);
}

async function storeBatches(
  { db }: CollectContext,
  kind: 'api batch' | 'cloud events',
  bySource: ReadonlyMap<string, readonly PlacedRecord[]>,
): Promise<BatchOutcome> {
  const counts = { accepted: 0, duplicate: 0 };
  // In one order, so that two requests never wait for each other's sources.
  const sources = [...bySource.keys()].sort();
  await db.transaction(async (trx) => {
    for (const source of sources) {
      const records = bySource.get(source) ?? [];
      const delivery = await nextDelivery(trx, source, kind, JSON.stringify(records));
      const { accepted, duplicate } = await storeUsage(trx, delivery, [records], () => ({ records: records.length }));
      counts.accepted += accepted;
      counts.duplicate += duplicate;
    }
  });
  const quarantined = [...bySource.values()].flat().flatMap((record) => {
    if (!('refusal' in record)) return [];
    const { reason, detail } = record.refusal;
    return [{ index: record.lineNumber - 1, reason, detail }];
  });
  return { ...counts, quarantined: quarantined.sort((a, b) => a.index - b.index) };
}
