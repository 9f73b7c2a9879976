/** What every stage must agree on about usage events: their key, their order and how much of what they are. */
import type { UsageEvent } from './model.ts';
import { parseDecimal } from './money.ts';
import type { ServiceDefinition } from './rule-set.ts';

/** Unique among all sources. */
export function eventKey(event: Pick<UsageEvent, 'source' | 'id'>): string {
  return `${event.source}/${event.id}`;
}

/** Of the session that an event is a part of, unique among all sources; undefined for a whole event. */
export function sessionKey({ source, part }: Pick<UsageEvent, 'source' | 'part'>): string | undefined {
  return part && `${source}/${part.session}`;
}

/**
 * The order of rating: by start; ties by source and id, and the same event in two shapes by what it says, so that the order
 * of arrival never matters.
 */
export function compareEvents(a: UsageEvent, b: UsageEvent): number {
  return (
    a.startAt - b.startAt ||
    (a.part?.number ?? 0) - (b.part?.number ?? 0) ||
    compareText(a.source, b.source) ||
    compareText(a.id, b.id) ||
    a.sequence - b.sequence ||
    compareText(contentOf(a), contentOf(b))
  );
}

/** Everything that an event says besides its id, its source, its place in it and its start. */
export function contentOf(event: UsageEvent): string {
  return JSON.stringify([
    event.msisdn,
    event.service,
    event.durationMs,
    event.bytes,
    event.messages,
    event.direction,
    event.calledNumber,
    event.callingNumber,
    event.visitedNetwork,
    event.value,
    event.part,
    event.change,
    event.imsi,
    event.roamingPartner,
    event.recordType,
    Object.entries(event.attributes ?? {}).sort(([a], [b]) => compareText(a, b)),
  ]);
}

/** Milliseconds, bytes, messages or millionths of the currency. */
export function quantityOf(event: UsageEvent, measure: ServiceDefinition['measure']): number {
  switch (measure) {
    case 'duration':
      return event.durationMs;
    case 'data':
      return event.bytes;
    case 'messages':
      return event.messages;
    case 'value':
      return valueMicroOf(event);
    case 'units':
      return 0;
  }
}

/** In millionths of its currency, and 0 without a value; not a whole number if it is finer than that. */
export function valueMicroOf({ value }: UsageEvent): number {
  if (!value) return 0;
  const { n, d } = parseDecimal(value.amount);
  const micro = n * 1_000_000n;
  return micro % d === 0n ? Number(micro / d) : Number.NaN;
}

/** By code units, whatever the locale of the machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
