import type { Knex } from 'knex';
import { apiDelivery, redeliver } from './api-delivery.ts';
import { decodeUsageJson } from './decode-usage-json.ts';
import { refuse } from './decoded-line.ts';
import { type CollectContext, placeLine, placeRecord } from './place-line.ts';
import type { QuarantineReason } from './quarantine-reasons.ts';
import { type PlacedRecord, storeUsage } from './store-usage.ts';
import type { UsageRecord } from './usage-record.ts';

export interface BatchOutcome {
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: readonly Refused[];
}

interface Refused {
  /** Place in the request, from 0. */
  readonly index: number;
  readonly reason: QuarantineReason;
  readonly detail: string;
}

type Kind = 'api batch' | 'cloud events';

/**
 * Collects usage that came over the API, as a delivery of its own. The very same sent again is the same delivery: what was stored is
 * answered as duplicate, and what was refused is tried again.
 */
export async function collectBatch(
  context: CollectContext,
  source: string,
  events: readonly UsageRecord[],
): Promise<BatchOutcome> {
  const records = events.map((event, index): SentRecord => {
    const lineNumber = index + 1;
    // As a file would say it, so that it can be read again.
    const raw = JSON.stringify({ ...event, startAt: new Date(event.startAt).toISOString() });
    const placed = context.services.has(event.service)
      ? placeRecord(context.directory, event)
      : refuse('unknown-service', `service is "${event.service}"`);
    return { raw, record: 'reason' in placed ? { lineNumber, raw, refusal: placed } : { lineNumber, ...placed } };
  });
  return storeBatches(context, 'api batch', new Map([[source, records]]));
}

/** A record as it was sent, and where it goes. */
interface SentRecord {
  readonly raw: string;
  readonly record: PlacedRecord;
}

/** The same of CloudEvents, which say their sources themselves: a delivery for each, all or none. */
export async function collectCloudEvents(
  context: CollectContext,
  events: readonly { readonly source: string }[],
): Promise<BatchOutcome> {
  const bySource = new Map<string, SentRecord[]>();
  for (const [index, event] of events.entries()) {
    const raw = JSON.stringify(event);
    const decoded = decodeUsageJson(raw, context.services);
    const isRecord = decoded.kind === 'record' || decoded.kind === 'refused';
    const record = isRecord ? decoded : refuse('not-a-record', `The event is a ${decoded.kind}`);
    const records = bySource.get(event.source) ?? [];
    records.push({ raw, record: placeLine(context, index + 1, raw, record) });
    bySource.set(event.source, records);
  }
  return storeBatches(context, 'cloud events', bySource);
}

async function storeBatches(
  context: CollectContext,
  kind: Kind,
  bySource: ReadonlyMap<string, readonly SentRecord[]>,
): Promise<BatchOutcome> {
  const counts = { accepted: 0, duplicate: 0 };
  const quarantined: Refused[] = [];
  // In one order, so that two requests never wait for each other's sources.
  const sources = [...bySource.keys()].sort();
  await context.db.transaction(async (trx) => {
    for (const source of sources) {
      const stored = await storeBatch(trx, context, { source, kind, sent: bySource.get(source) ?? [] });
      counts.accepted += stored.accepted;
      counts.duplicate += stored.duplicate;
      quarantined.push(...stored.quarantined);
    }
  });
  return { ...counts, quarantined: quarantined.sort((a, b) => a.index - b.index) };
}

async function storeBatch(
  trx: Knex.Transaction,
  context: CollectContext,
  batch: { readonly source: string; readonly kind: Kind; readonly sent: readonly SentRecord[] },
): Promise<BatchOutcome> {
  const content = JSON.stringify(batch.sent.map(({ raw, record }) => [record.lineNumber, raw]));
  const found = await apiDelivery(trx, batch.source, batch.kind, content);
  if (found.kind === 'known') {
    const { counts, waiting } = await redeliver(trx, context, found.file);
    const quarantined = waiting.map(({ lineNumber, reason, detail }) => ({ index: lineNumber - 1, reason, detail }));
    return { ...counts, quarantined };
  }
  const records = batch.sent.map(({ record }) => record);
  const counts = await storeUsage(trx, found.delivery, [records], () => ({ records: records.length }));
  const quarantined = records.flatMap((record) => {
    if (!('refusal' in record)) return [];
    const { reason, detail } = record.refusal;
    return [{ index: record.lineNumber - 1, reason, detail }];
  });
  return { ...counts, quarantined };
}
