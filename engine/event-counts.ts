/** Counts over time: how many events of one kind a subscription began in the time up to an event. */
import type { FactSheet } from './fact-sheet.ts';
import { groupBy } from './group-by.ts';
import type { LoadedRuleSet } from './load.ts';
import type { EpochMs, GuidedEvent } from './model.ts';
import type { EventCount, Facts } from './rule-set.ts';

/** Fills in what the rules count, for the event in that place. */
export type FillCounts = (sheet: FactSheet, place: number) => void;

/**
 * Works out every count that the rules read. An event of the kind counted sees how many of them its subscription began
 * within the time up to and including its own start, itself among them; any other event sees 0. The events come in the
 * order of their start.
 *
 * @param factsOf what is known of an event before anything is counted; it is read before the next one is asked for.
 */
export function countEvents(
  events: readonly GuidedEvent[],
  factsOf: (event: GuidedEvent) => Facts,
  rules: LoadedRuleSet,
): FillCounts {
  const counts = rules.document.derived.flatMap(({ expression }) => {
    if (expression.op !== 'count of events') return [];
    const found = new Float64Array(events.length);
    const counted = [...events.keys()].filter((place) =>
      isCounted(events[place] as GuidedEvent, factsOf, expression, rules),
    );
    for (const own of bySubscription(counted, events)) countWithin(own, events, expression.withinMs, found);
    return [{ fact: expression.fact, found }];
  });
  return (sheet, place) => {
    for (const { fact, found } of counts) sheet[fact] = found[place] as number;
  };
}

function isCounted(
  guided: GuidedEvent,
  factsOf: (event: GuidedEvent) => Facts,
  { service, to }: EventCount,
  rules: LoadedRuleSet,
): boolean {
  if (guided.event.service !== service) return false;
  return to === undefined || to.among.includes(String(rules.derive(to.fact, factsOf(guided))));
}

function bySubscription(places: readonly number[], events: readonly GuidedEvent[]): Iterable<readonly number[]> {
  return groupBy(places, (place) => events[place]?.subscription.id ?? '').values();
}

/** One pass: both ends of the window only move forward. Events that start together see each other. */
function countWithin(
  places: readonly number[],
  events: readonly GuidedEvent[],
  withinMs: number,
  found: Float64Array,
): void {
  const starts = places.map((place) => events[place]?.event.startAt);
  const startOf = (index: number): EpochMs => starts[index] ?? Number.POSITIVE_INFINITY;
  let first = 0;
  let next = 0;
  for (const [index, place] of places.entries()) {
    const at = startOf(index);
    while (startOf(next) <= at) next++;
    while (startOf(first) <= at - withinMs) first++;
    found[place] = next - first;
  }
}
