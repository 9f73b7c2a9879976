import type { Knex } from 'knex';
import type { DecodedLine } from './decode-usage-csv.ts';
import type { PlacedRecord } from './store-usage.ts';
import { findSubscriber, type SubscriberDirectory } from './subscriber-directory.ts';

/** What collecting needs to know. */
export interface CollectContext {
  readonly db: Knex;
  /** Services that the rules know. */
  readonly services: ReadonlySet<string>;
  readonly directory: SubscriberDirectory;
}

/** Where a decoded record line goes: to its subscriber, or into quarantine with the reason. */
export function placeLine(
  context: Pick<CollectContext, 'directory'>,
  lineNumber: number,
  raw: string,
  decoded: Extract<DecodedLine, { kind: 'record' | 'refused' }>,
): PlacedRecord {
  if (decoded.kind === 'refused') return { lineNumber, raw, refusal: decoded };
  const found = findSubscriber(context.directory, decoded.event.msisdn, decoded.event.startAt);
  return 'reason' in found
    ? { lineNumber, raw, refusal: found }
    : { lineNumber, event: decoded.event, subscriber: found };
}
