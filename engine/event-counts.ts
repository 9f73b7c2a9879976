/** Counts over time: how many events of one kind a subscription began in the time up to an event. */
import type { FactSheet } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { EpochMs, GuidedEvent } from './model.ts';
import type { EventCount } from './rule-set.ts';

/** An event and what is known of it. */
export interface EventSubject {
  readonly guided: GuidedEvent;
  readonly facts: FactSheet;
}

/**
 * Fills in every count that the rules read. An event of the kind counted sees how many of them its subscription began
 * within the time up to and including its own start, itself among them; any other event sees 0. The events come in the
 * order of their start.
 */
export function fillCounts(events: readonly EventSubject[], rules: LoadedRuleSet): void {
  for (const { expression } of rules.document.derived) {
    if (expression.op !== 'count of events') continue;
    const { fact } = expression;
    for (const { facts } of events) facts[fact] = 0;
    const counted = events.filter(({ facts }) => isCounted(facts, expression, rules));
    for (const own of bySubscription(counted)) countWithin(own, fact, expression.withinMs);
  }
}

function isCounted(facts: FactSheet, { service, to }: EventCount, rules: LoadedRuleSet): boolean {
  if (facts['event.service'] !== service) return false;
  return to === undefined || to.among.includes(String(rules.derive(to.fact, facts)));
}

function bySubscription(events: readonly EventSubject[]): Iterable<readonly EventSubject[]> {
  const found = new Map<string, EventSubject[]>();
  for (const event of events) {
    const { id } = event.guided.subscription;
    const own = found.get(id);
    if (own) own.push(event);
    else found.set(id, [event]);
  }
  return found.values();
}

/** One pass: both ends of the window only move forward. Events that start together see each other. */
function countWithin(events: readonly EventSubject[], fact: string, withinMs: number): void {
  const starts = events.map(({ guided }) => guided.event.startAt);
  const startOf = (index: number): EpochMs => starts[index] ?? Number.POSITIVE_INFINITY;
  let first = 0;
  let next = 0;
  for (const [index, { facts }] of events.entries()) {
    const at = startOf(index);
    while (startOf(next) <= at) next++;
    while (startOf(first) <= at - withinMs) first++;
    facts[fact] = next - first;
  }
}
