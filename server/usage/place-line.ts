import type { Knex } from 'knex';
import type { DecodedLine } from './decoded-line.ts';
import type { Refusal } from './quarantine-reasons.ts';
import type { PlacedEvent, PlacedRecord } from './store-usage.ts';
import { findServed, type SubscriberDirectory } from './subscriber-directory.ts';
import type { UsageFormat } from './usage-formats.ts';
import type { UsageRecord } from './usage-record.ts';

/** What collecting needs to know. */
export interface CollectContext {
  readonly db: Knex;
  /** Services that the rules know. */
  readonly services: ReadonlySet<string>;
  readonly directory: SubscriberDirectory;
  /** Of single sources, beside those that every source may deliver; none if absent. */
  readonly formats?: readonly UsageFormat[];
}

/** Where a decoded record line goes: to its subscriber, or into quarantine with the reason. */
export function placeLine(
  context: Pick<CollectContext, 'directory'>,
  lineNumber: number,
  raw: string,
  decoded: Extract<DecodedLine, { kind: 'record' | 'refused' }>,
): PlacedRecord {
  if (decoded.kind === 'refused') return { lineNumber, raw, refusal: decoded };
  const placed = placeRecord(context.directory, decoded.event);
  return 'reason' in placed ? { lineNumber, raw, refusal: placed } : { lineNumber, ...placed };
}

/** The event under the number of whom it served, or why it is nobody's. */
export function placeRecord(
  directory: SubscriberDirectory,
  record: UsageRecord,
): Pick<PlacedEvent, 'event' | 'subscriber'> | Refusal {
  const subscriber = findServed(directory, record);
  if ('reason' in subscriber) return subscriber;
  // Nearly every record names a number and no subscription, and is the event as it stands: a copy of each would cost.
  if (isEvent(record)) return { event: record, subscriber };
  const { msisdn, subscription: _, ...rest } = record;
  return { event: { ...rest, msisdn: msisdn ?? subscriber.msisdn }, subscriber };
}

function isEvent(record: UsageRecord): record is PlacedEvent['event'] {
  return record.msisdn !== undefined && record.subscription === undefined;
}
