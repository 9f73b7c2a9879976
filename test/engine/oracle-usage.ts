/**
 * What usage costs, by walking: a call from increment to increment, a session from block to block, always asking what holds
 * at that point. Written from the design documents and the table "Meaning" of engine/README.md, without looking at the engine.
 */
import type { AccountCycle, AllowanceBalance, Subscription, UsageEvent } from '../../engine/model.ts';
import { type Fraction, fraction, over, plus, times, zero } from './oracle-fraction.ts';
import {
  type Destination,
  destinationOf,
  gigabyte,
  isFarAway,
  type Terms,
  termsOf,
  type VoicePrice,
} from './oracle-terms.ts';
import { cycleMonth, cycleStart, daysOf, isOffpeak, midnight } from './oracle-time.ts';

export type Service = 'voice' | 'data' | 'sms';
const services: readonly Service[] = ['voice', 'data', 'sms'];
const block = 100_000_000;

/** Everything that one rule (and tier) or one allowance did for one subscription. */
export interface UsedLine {
  exact: Fraction;
  quantity: number;
  readonly events: Set<string>;
}

export interface UsedUsage {
  /** By "included voice", "voice.otherwise", "data.otherwise 2" … */
  readonly lines: ReadonlyMap<string, UsedLine>;
  /** Bytes used, whoever paid for them. */
  readonly bytes: number;
  readonly balances: readonly Pick<AllowanceBalance, 'subscriptionId' | 'service' | 'remaining' | 'expiresOn'>[];
}

interface Purse {
  readonly service: Service;
  left: number;
  readonly expiresOn: string;
}

interface Walk {
  /** The customer's own clock. */
  readonly zone: string;
  /** What started before this instant is late. */
  readonly begins: number;
  readonly terms: Terms;
  readonly purses: readonly Purse[];
  readonly lines: Map<string, UsedLine>;
  /** Bytes that counted towards the tiers. */
  tiered: number;
}

/** The usage of one subscription that this cycle bills; `events` are those guided to it. */
export function useOf(subscription: Subscription, events: readonly UsageEvent[], cycle: AccountCycle): UsedUsage {
  const terms = termsOf(subscription.plan);
  const walk: Walk = {
    zone: cycle.customer.zone,
    begins: midnight(cycle.bounds.from, cycle.account.zone),
    terms,
    purses: pursesOf(subscription, terms, cycle),
    lines: new Map(),
    tiered: 0,
  };
  for (const event of events.toSorted((a, b) => a.startAt - b.startAt)) {
    if (event.service === 'voice') walkCall(event, walk);
    if (event.service === 'data') walkSession(event, walk);
    if (event.service === 'sms') walkMessages(event, walk);
  }
  const { until } = cycle.bounds;
  const gone = subscription.cancelledOn !== undefined && subscription.cancelledOn <= until;
  const kept = gone ? [] : walk.purses.filter((purse) => purse.left > 0 && purse.expiresOn > until);
  return {
    lines: walk.lines,
    bytes: events.filter((one) => one.service === 'data').reduce((sum, one) => sum + one.bytes, 0),
    balances: kept.map(({ service, left, expiresOn }) => ({
      subscriptionId: subscription.id,
      service,
      remaining: left,
      expiresOn,
    })),
  };
}

/** Oldest grant first. Days without service grant nothing; data is kept for one more cycle. */
function pursesOf(
  subscription: Subscription,
  terms: Terms,
  { bounds, balances, account }: AccountCycle,
): readonly Purse[] {
  const days = daysOf(bounds.from, bounds.until);
  const had = days.filter((day) => hasService(subscription, day));
  const nextUntil = cycleStart(cycleMonth(bounds.from, account.cycleDay) + 2, account.cycleDay);
  const old = balances
    .filter((one) => one.subscriptionId === subscription.id && one.expiresOn > bounds.from)
    .toSorted((a, b) => (a.grantedOn < b.grantedOn ? -1 : 1))
    .map((one): Purse => ({ service: one.service as Service, left: one.remaining, expiresOn: one.expiresOn }));
  const granted = services.map((service): Purse => {
    const whole = BigInt(terms.included[service]);
    const left = Number((whole * BigInt(had.length)) / BigInt(days.length));
    return { service, left, expiresOn: service === 'data' ? nextUntil : bounds.until };
  });
  return [...old, ...granted];
}

export function hasService({ activatedOn, cancelledOn }: Subscription, day: string): boolean {
  return activatedOn <= day && (cancelledOn === undefined || day < cancelledOn);
}

function walkCall(event: UsageEvent, walk: Walk): void {
  if (event.direction === 'incoming') {
    enter(walk, 'voice.received', event, event.durationMs, zero);
    return;
  }
  const to = destinationOf(event.calledNumber);
  const { zone } = walk;
  const included = to === 'home' || to === 'eu';
  const setUp = voicePrice(walk.terms, to, event.startAt, zone);
  if (setUp.perCall) enter(walk, `voice.${setUp.name}`, event, 0, fraction(setUp.perCall));
  let chargedTo = 0;
  while (chargedTo < event.durationMs) {
    const price = voicePrice(walk.terms, to, event.startAt + chargedTo, zone);
    const { first, next } = price;
    const until = chargedTo < first ? first : first + next * (Math.floor((chargedTo - first) / next) + 1);
    const paid = included ? fromPurses(walk, event, until - chargedTo) : 0;
    const rest = until - chargedTo - paid;
    const cost = times(fraction(price.perMinute), over(rest, 60_000));
    if (rest > 0) enter(walk, `voice.${price.name}`, event, rest, cost);
    chargedTo = until;
  }
}

function voicePrice(terms: Terms, to: Destination, at: number, zone: string): VoicePrice {
  if (to === 'premium') return terms.premium;
  if (to === 'eu' || to === 'efta') return terms.abroad;
  return isOffpeak(at, zone) ? terms.offpeak : terms.byDay;
}

/** Blocks of at most 100 MB, cut where an allowance or a tier ends. */
function walkSession(event: UsageEvent, walk: Walk): void {
  let left = event.bytes - fromPurses(walk, event, event.bytes);
  const isFar = isFarAway(event.visitedNetwork);
  while (left > 0) {
    if (isFar) {
      const some = Math.min(left, block);
      enter(walk, 'data.roaming_zone-is-zone_2', event, some, fraction(walk.terms.block));
      left -= some;
      continue;
    }
    const tier = walk.terms.tiers.findIndex(([upTo]) => walk.tiered < upTo);
    const [upTo, perGigabyte] = walk.terms.tiers[tier] ?? [0, '0'];
    const some = Math.min(left, upTo - walk.tiered, 10 * block);
    enter(walk, `data.otherwise ${tier + 1}`, event, some, times(fraction(perGigabyte), over(some, gigabyte)));
    walk.tiered += some;
    left -= some;
  }
}

function walkMessages(event: UsageEvent, walk: Walk): void {
  if (event.direction === 'incoming') {
    enter(walk, 'sms.received', event, event.messages, zero);
    return;
  }
  const rest = event.messages - fromPurses(walk, event, event.messages);
  if (rest === 0) return;
  const isFar = isFarAway(event.visitedNetwork);
  const each = fraction(isFar ? walk.terms.messageFarAway : walk.terms.message);
  enter(walk, isFar ? 'sms.roaming_zone-is-zone_2' : 'sms.otherwise', event, rest, times(each, over(rest, 1)));
}

/** Takes as much as there is and says how much. What started before the cycle is late and gets nothing. */
function fromPurses(walk: Walk, event: UsageEvent, wanted: number): number {
  if (event.startAt < walk.begins) return 0;
  let taken = 0;
  for (const purse of walk.purses) {
    if (purse.service !== event.service) continue;
    const some = Math.min(purse.left, wanted - taken);
    purse.left -= some;
    taken += some;
  }
  if (taken > 0) enter(walk, `included ${event.service}`, event, taken, zero);
  return taken;
}

function enter(walk: Walk, key: string, event: UsageEvent, quantity: number, exact: Fraction): void {
  const line = walk.lines.get(key) ?? { exact: zero, quantity: 0, events: new Set<string>() };
  walk.lines.set(key, line);
  line.exact = plus(line.exact, exact);
  line.quantity += quantity;
  line.events.add(event.id);
}
