/**
 * What one event is charged, portion by portion: its price or its allowance, its set-up fee, and once it is over what it
 * costs at least and at most.
 */
import type { OpenBalance } from './allowances.ts';
import type { Subscription } from './model.ts';
import { add, negate, parseDecimal, type Rational, subtract, zero } from './money.ts';
import type { PlainPrice, RateOutcome, TieredPrice } from './outcomes.ts';
import { boundEvent } from './pricing/event-bounds.ts';
import { isTiered, priceOf } from './pricing/models.ts';
import type { LineCollection, Portion, PortionStart } from './rated-lines.ts';
import { type TierCounts, tierKey } from './tier-counts.ts';

/** Where charges are entered. */
export interface Books {
  readonly lines: LineCollection;
  readonly tiers: TierCounts;
  /** What the line was charged so far; without what is priced by volume, whose price only the whole cycle tells. */
  readonly meter: { readonly subscription: Subscription; charges: Rational };
}

export interface EventCharge {
  readonly key: string;
  readonly books: Books;
  /** Usage of this event by rule and tier, where the price is by the package: how many of its blocks are begun. */
  before?: Map<string, number>;
  sum: Rational;
  /** Fees of the tiers that it has reached. */
  tierFees: Rational;
  setUp?: { readonly fee: Rational; readonly ifCharged: boolean };
  isSetUpPaid: boolean;
  isEventPaid: boolean;
  isByVolume: boolean;
  /** It began in an earlier cycle, so many base units before. */
  readonly isContinued?: true;
  readonly offset?: number;
  /** What was asked for it so far. */
  asked: Rational;
  /** The first portion that no allowance covered: its rule bounds the event. */
  first?: Omit<Portion, 'exact'>;
  /** The last portion that cost something, if only its set-up fee. */
  charged?: Omit<Portion, 'exact'>;
}

/** `key` names the event, or the session that it is a part of. */
export function startEvent(key: string, books: Books): EventCharge {
  return {
    key,
    books,
    sum: zero,
    tierFees: zero,
    asked: zero,
    isSetUpPaid: false,
    isEventPaid: false,
    isByVolume: false,
  };
}

/** Of a session that began in an earlier cycle, after `offset` base units: what is due once has been charged there. */
export function continueEvent(key: string, offset: number, books: Books): EventCharge {
  return { ...startEvent(key, books), isSetUpPaid: true, isEventPaid: true, isContinued: true, offset };
}

/** Usage that an allowance covers costs its set-up fee at most. */
export function chargeCovered(event: EventCharge, start: PortionStart, quantity: number, balance: OpenBalance): void {
  const { outcome } = start.rule.event.params;
  const { price } = outcome;
  if (isTiered(price) && price.countsCovered) event.books.tiers.count(keyOf(start, price), price, event.key, quantity);
  enter(event, portionOf(start, quantity, setUpOf(event, outcome, false), undefined, balance));
}

/** Charges as much of `open` as has one price; returns how much. */
export function chargePortion(event: EventCharge, start: PortionStart, open: number): number {
  const { outcome } = start.rule.event.params;
  const setUp = setUpOf(event, outcome, true);
  const { price } = outcome;
  if (isTiered(price)) return chargeTier(event, start, open, price, setUp);
  const exact = add(
    plain(event, () => start.rule.name, price, open),
    setUp,
  );
  enter(event, portionOf(start, open, exact));
  return open;
}

/** Once all of an event is charged: its minimum and maximum, and its rounding. */
export function closeEvent(event: EventCharge): void {
  const { first } = event;
  if (!first) return;
  const { outcome } = first.start.rule.event.params;
  const { maximum, rounded } = outcome;
  const bounds = event.isContinued
    ? { ...(maximum !== undefined && { maximum }), ...(rounded && { rounded }) }
    : outcome;
  for (const adjustment of boundEvent(bounds, event.sum)) enter(event, { ...first, quantity: 0, ...adjustment });
}

/** What is to be paid for the event and was not asked for before: all of it, or what one more part of a session costs. */
export function askFor(event: EventCharge): Rational {
  const due = add(event.sum, event.tierFees);
  const more = subtract(due, event.asked);
  event.asked = due;
  return more;
}

/** Takes off what prepaid credit does not cover, and nobody is to pay. */
export function limitEvent(event: EventCharge, off: Rational): void {
  if (off.n <= 0n || !event.charged) return;
  enter(event, { ...event.charged, quantity: 0, exact: negate(off), part: 'credit limit' });
  event.asked = subtract(event.asked, off);
}

function chargeTier(
  event: EventCharge,
  start: PortionStart,
  open: number,
  price: TieredPrice,
  setUp: Rational,
): number {
  const { tiers } = event.books;
  const key = keyOf(start, price);
  const { tier, quantity } = tiers.next(key, price, event.key, open);
  const chosen = price.tiers[tier];
  if (!chosen) throw new Error('A price in tiers has none.');
  event.isByVolume ||= price.kind === 'volume';
  const exact = chosen.price ? plain(event, () => `${start.rule.name} ${tier}`, chosen.price, quantity) : zero;
  const portion = portionOf(start, quantity, add(exact, setUp), tier + 1);
  enter(event, portion);
  const isReached = quantity > 0 || price.counts === 'events';
  if (chosen.flatFee !== undefined && isReached && tiers.isFirstIn(key, tier))
    enter(event, { ...portion, quantity: 0, exact: parseDecimal(chosen.flatFee), part: 'tier fee' });
  return quantity;
}

function plain(event: EventCharge, place: () => string, price: PlainPrice, quantity: number): Rational {
  const { isEventPaid } = event;
  if (price.kind === 'package') {
    event.before ??= new Map();
    const before = event.before.get(place()) ?? event.offset ?? 0;
    event.before.set(place(), before + quantity);
    return priceOf(price, { quantity, before, isEventPaid });
  }
  event.isEventPaid ||= price.kind === 'per event';
  return priceOf(price, { quantity, before: 0, isEventPaid });
}

/** Once per event, by the rate of its first portion. */
function setUpOf(event: EventCharge, { setUpFee, setUpIfCharged }: RateOutcome, isCharged: boolean): Rational {
  event.setUp ??= {
    fee: setUpFee === undefined ? zero : parseDecimal(setUpFee),
    ifCharged: setUpIfCharged === true,
  };
  if (event.isSetUpPaid || (event.setUp.ifCharged && !isCharged)) return zero;
  event.isSetUpPaid = true;
  return event.setUp.fee;
}

function enter(event: EventCharge, portion: Portion): void {
  const { lines, meter } = event.books;
  lines.add(portion);
  if (!portion.balance) event.first ??= portion;
  if (portion.exact.n > 0n) event.charged = portion;
  // The fee of a tier is due once in the cycle, whichever event reaches it.
  if (portion.part === 'tier fee') event.tierFees = add(event.tierFees, portion.exact);
  else event.sum = add(event.sum, portion.exact);
  if (!event.isByVolume) meter.charges = add(meter.charges, portion.exact);
}

function portionOf(
  start: PortionStart,
  quantity: number,
  exact: Rational,
  tier?: number,
  balance?: Portion['balance'],
): Portion {
  return { start, quantity, exact, tier, part: undefined, balance };
}

function keyOf({ rule, service, guided }: PortionStart, price: TieredPrice): string {
  return tierKey({ rule: rule.name, at: rule.event.params.at, service, subscriptionId: guided.subscription.id }, price);
}
