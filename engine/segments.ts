/** Cuts an event in time: at plan versions, at the bounds of the plan's calendars and at the cycle's own bounds. */
import { zonesBetween } from './account-days.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, EpochMs, GuidedEvent } from './model.ts';
import { type PlanVersion, versionAt } from './plans.ts';
import type { ServiceDefinition } from './rule-set.ts';
import { quantityOf } from './usage.ts';

/** A part of an event within which time changes nothing; positions in base units from the event's start. */
export interface Segment {
  readonly from: number;
  readonly until: number;
  readonly version: PlanVersion;
}

/**
 * Only what lasts is cut, and only by a plan that says `split at boundaries`; data sessions and messages are one segment,
 * decided at their start. Undefined if no version of the plan is in force when the event starts.
 */
export function segmentsOf(
  { event }: GuidedEvent,
  service: ServiceDefinition,
  versions: readonly PlanVersion[],
  bandBounds: (version: PlanVersion, from: EpochMs, until: EpochMs) => readonly EpochMs[],
  cycleBounds: readonly EpochMs[],
): readonly Segment[] | undefined {
  const quantity = quantityOf(event, service.measure);
  const first = versionAt(versions, event.startAt);
  if (!first) return undefined;
  if (service.measure !== 'duration' || first.plan.split === 'at start') {
    return [{ from: 0, until: quantity, version: first }];
  }
  const end = event.startAt + quantity;
  const cuts: EpochMs[] = [];
  for (const at of cycleBounds) if (event.startAt < at && at < end) cuts.push(at);
  for (const version of versions) {
    const from = Math.max(version.from, event.startAt);
    const until = Math.min(version.until, end);
    if (from >= until) continue;
    if (from > event.startAt) cuts.push(from);
    for (const at of bandBounds(version, from, until)) cuts.push(at);
  }
  if (cuts.length === 0) return [{ from: 0, until: quantity, version: first }];
  const starts = [...new Set([event.startAt, ...cuts])].sort((a, b) => a - b);
  return starts.map((at, index) => ({
    from: at - event.startAt,
    until: (starts[index + 1] ?? end) - event.startAt,
    // A plan that ends during the event goes on to its end.
    version: versionAt(versions, at) ?? first,
  }));
}

/** Where a band begins or ends, by the clocks of its zone; in plan time also where the account moves to another zone. */
export function bandBounds({ account, customer }: AccountCycle, { document, calendar }: LoadedRuleSet) {
  const zones = new Map(document.calendars.map(({ name, zone }) => [name, zone]));
  const boundsOf = (name: string, from: EpochMs, until: EpochMs): readonly EpochMs[] => {
    const zone = zones.get(name);
    if (zone?.kind === 'named') return calendar(name, zone.zone).boundaries(from, until);
    if (zone?.kind === 'customer') return calendar(name, customer.zone).boundaries(from, until);
    if (!account.changes) return calendar(name, account.zone).boundaries(from, until);
    return zonesBetween(account, from, until).flatMap((stay) => [
      ...(stay.from > from ? [stay.from] : []),
      ...calendar(name, stay.zone).boundaries(stay.from, stay.until),
    ]);
  };
  return ({ plan: { calendars } }: PlanVersion, from: EpochMs, until: EpochMs): readonly EpochMs[] => {
    const [only] = calendars;
    if (only === undefined) return [];
    return calendars.length === 1
      ? boundsOf(only, from, until)
      : calendars.flatMap((one) => boundsOf(one, from, until));
  };
}
