/** Guide: whose usage is it? Finds the subscription that had the number at the instant the event started. */
import { startOfAccountDay, zoneAt } from './account-days.ts';
import type { AccountTimes } from './billing-account.ts';
import { exceptionOf } from './exceptions.ts';
import type { AccountCycle, EpochMs, Exception, GuidedEvent, GuidedUsage, Subscription, UsageEvent } from './model.ts';
import { onceOf } from './once-of.ts';
import { localTime } from './period.ts';
import { repeatedUsage } from './repeated-usage.ts';
import { tenuresOf } from './tenures.ts';
import { compareEvents, eventKey, valueMicroOf } from './usage.ts';

/** Guided once for each cycle: rating asks, and the limits on single events do. */
export const guide = onceOf(guideUsage);

/**
 * An event belongs to the cycle in which it starts. One that started earlier is late, and billed now; one that starts
 * after the cycle, of an unknown number, outside its subscription or seen before is an exception.
 */
function guideUsage(cycle: AccountCycle): GuidedUsage {
  const { account } = cycle;
  const from = startOfAccountDay(account, cycle.bounds.from);
  const until = startOfAccountDay(account, cycle.bounds.until);
  const owners = ownersByNumber(cycle.subscriptions, account);
  const shown = (at: EpochMs) => localTime(at, zoneAt(account, at));
  /** By their source, so that no key has to be put together. */
  const seen = new Map<string, Set<string>>();
  const seenParts = new Set<string>();
  const events: GuidedEvent[] = [];
  const exceptions: Exception[] = [];

  for (const event of inOrder(cycle.usage)) {
    const ids = seen.get(event.source) ?? new Set();
    seen.set(event.source, ids);
    const isSeen = ids.has(event.id);
    const refuse = (code: Exception['code'], evidence: string) =>
      exceptions.push(exceptionOf(code, eventKey(event), evidence, { object: 'event' }));
    const periods = owners.get(event.msisdn);
    const owner = periods?.find((period) => period.from <= event.startAt && event.startAt < period.until);
    const part = event.part && JSON.stringify([event.source, event.part.session, event.part.number]);
    if (part !== undefined && seenParts.has(part) && !isSeen) {
      refuse(
        'duplicate-charge',
        `Part ${event.part?.number} of session ${event.part?.session} came twice; it was rated once.`,
      );
    } else if (isSeen) {
      refuse('duplicate-charge', `Event ${event.id} of ${event.source} occurs more than once; it was rated once.`);
    } else if (!hasQuantities(event)) {
      refuse(
        'quantity-too-large',
        `Event ${event.id} of ${event.source} has a quantity that is not a whole number up to 2^53.`,
      );
    } else if (!Number.isSafeInteger(event.change ?? 0)) {
      refuse(
        'quantity-too-large',
        `Event ${event.id} of ${event.source} changes a level by no whole number up to 2^53.`,
      );
    } else if (event.durationMs > longestMs) {
      refuse('quantity-too-large', `Event ${event.id} of ${event.source} lasts longer than a year.`);
    } else if (!periods) {
      refuse('unknown-subscriber', `No subscription of the account has the number ${event.msisdn}.`);
    } else if (event.startAt >= until) {
      refuse('outside-subscription', `Started ${shown(event.startAt)}, after the cycle until ${cycle.bounds.until}.`);
    } else if (!owner) {
      refuse('outside-subscription', `${event.msisdn} was not active on ${shown(event.startAt)}.`);
    } else if (event.value && event.value.currency !== account.currency) {
      const { amount, currency } = event.value;
      refuse(
        'currency-mismatch',
        `Event ${event.id} is worth ${amount} ${currency}; the account is billed in ${account.currency}.`,
      );
    } else {
      events.push({ event, subscription: owner.subscription, late: event.startAt < from });
    }
    ids.add(event.id);
    if (part !== undefined) seenParts.add(part);
  }
  const accepted = events.map(({ event }) => event);
  return { events, exceptions: [...exceptions, ...repeatedUsage(accepted, account)] };
}

/** Usage mostly comes as it is rated, and to see that takes less than to sort it. */
function inOrder(usage: readonly UsageEvent[]): readonly UsageEvent[] {
  const isSorted = usage.every((event, place) => {
    const before = usage[place - 1];
    return before === undefined || compareEvents(before, event) <= 0;
  });
  return isSorted ? usage : [...usage].sort(compareEvents);
}

/** Nothing that is billed by the month lasts longer; a clock that went wrong does. */
const longestMs = 366 * 86_400_000;

interface Ownership {
  readonly subscription: Subscription;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

function ownersByNumber(
  subscriptions: readonly Subscription[],
  account: AccountTimes,
): ReadonlyMap<UsageEvent['msisdn'], readonly Ownership[]> {
  const owners = new Map<string, Ownership[]>();
  for (const subscription of subscriptions) {
    const periods = tenuresOf(subscription).map(({ from, until }) => ({
      subscription,
      from: startOfAccountDay(account, from),
      until: until === undefined ? Number.POSITIVE_INFINITY : startOfAccountDay(account, until),
    }));
    owners.set(subscription.msisdn, [...(owners.get(subscription.msisdn) ?? []), ...periods]);
  }
  return owners;
}

function hasQuantities(event: UsageEvent): boolean {
  const { startAt, durationMs, bytes, messages } = event;
  return (
    isQuantity(startAt) &&
    isQuantity(durationMs) &&
    isQuantity(bytes) &&
    isQuantity(messages) &&
    isQuantity(valueMicroOf(event))
  );
}

function isQuantity(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
