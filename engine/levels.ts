/**
 * Levels: services measured in units that stay (seats, storage, numbers parked). Events raise or lower a level, and it goes on from cycle to cycle.
 *
 * What is charged is the price of a level for the time that it lasted: of every level by itself (the average, weighted by time), or of the
 * highest or the last one for all of the time. Time counts in milliseconds of the cycle, so that a day on which the clock changes is longer or shorter.
 */
import { startOfAccountDay } from './account-days.ts';
import { exceptionOf } from './exceptions.ts';
import type { AccountCycle, EpochMs, Exception, GuidedEvent, Subscription, UsageEvent } from './model.ts';
import { add, formatExact, multiply, parseDecimal, type Rational, rational, zero } from './money.ts';
import type { RateOutcome, UsagePrice } from './outcomes.ts';
import { intersect } from './period.ts';
import { isTiered, priceOf } from './pricing/models.ts';
import type { StockRule } from './rule-set.ts';
import { compareText } from './usage.ts';
import { priceInWords } from './words.ts';

/** A level and how long it lasted. */
export interface LevelInterval {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly level: number;
}

/** What one rule charges for a level. */
export interface LevelCharge {
  readonly rule: StockRule<RateOutcome>;
  readonly plan: string;
  readonly from: EpochMs;
  /** The highest level while the rule was in force. */
  readonly peak: number;
  readonly exact: Rational;
  readonly how: string;
}

/**
 * How high a level was, from the beginning of the cycle or of service to its end, cut at `cuts` as well. Late changes are in the level that the
 * cycle opens with. Nothing falls below zero: what would is an exception, and the level is zero.
 */
export function levelsOf(
  subscription: Subscription,
  service: string,
  events: readonly GuidedEvent[],
  cycle: AccountCycle,
  cuts: readonly EpochMs[],
): { readonly intervals: readonly LevelInterval[]; readonly exceptions: readonly Exception[] } {
  const { bounds, account, levels = [] } = cycle;
  const active = intersect(bounds, { from: subscription.activatedOn, until: subscription.cancelledOn });
  const [begin, end] = [startOfAccountDay(account, active.from), startOfAccountDay(account, active.until)];
  const own = events.filter(
    ({ event, late, ...guided }) => guided.subscription.id === subscription.id && event.service === service && !late,
  );
  const opening = levels.find((one) => one.subscriptionId === subscription.id && one.service === service)?.level ?? 0;
  const instants = [begin, ...own.map(({ event }) => event.startAt), ...cuts, end];
  const places = [...new Set(instants)].filter((at) => begin <= at && at <= end).sort((a, b) => a - b);
  let lowest = 0;
  const intervals = places.slice(0, -1).map((from, index) => {
    const changes = own.filter(({ event }) => event.startAt <= from);
    const level = changes.reduce((sum, { event }) => sum + (event.change ?? 0), opening);
    lowest = Math.min(lowest, level);
    return { from, until: places[index + 1] ?? end, level: Math.max(0, level) };
  });
  if (lowest === 0) return { intervals, exceptions: [] };
  const evidence = `${service} of ${subscription.id} would fall to ${lowest}: more was taken away than was there.`;
  return { intervals, exceptions: [exceptionOf('level-below-zero', subscription.id, evidence)] };
}

/** What one rule charges for intervals that it is in force in; `cycleMs` is the length of the cycle. */
export function chargeLevel(
  rule: StockRule<RateOutcome>,
  plan: string,
  intervals: readonly LevelInterval[],
  cycleMs: number,
): LevelCharge {
  const { price, level: which, currency } = rule.event.params.outcome;
  const whole = intervals.reduce((ms, { from, until }) => ms + until - from, 0);
  const peak = Math.max(0, ...intervals.map(({ level }) => level));
  const last = intervals.at(-1)?.level ?? 0;
  const charged = which === undefined ? byLevel(intervals) : [{ level: which === 'highest' ? peak : last, ms: whole }];
  const exact = charged.reduce(
    (sum, { level, ms }) => add(sum, multiply(priceOfLevel(price, level), rational(ms, cycleMs))),
    zero,
  );
  const of = (ms: number) => (ms === cycleMs ? '' : ` for ${formatExact(rational(ms, cycleMs))} of the cycle`);
  const levels = charged.map(({ level, ms }) => `${level} ${level === 1 ? 'unit' : 'units'}${of(ms)}`).join(', ');
  const how = `${which === undefined ? '' : `${which} level: `}${levels} × ${inWords(price, currency)}`;
  return { rule, plan, from: intervals[0]?.from ?? 0, peak, exact, how };
}

/** Equal levels together, the lowest first. */
function byLevel(intervals: readonly LevelInterval[]): readonly { readonly level: number; readonly ms: number }[] {
  const lasted = new Map<number, number>();
  for (const { level, from, until } of intervals) lasted.set(level, (lasted.get(level) ?? 0) + until - from);
  return [...lasted].map(([level, ms]) => ({ level, ms })).sort((a, b) => a.level - b.level);
}

/** Of a level that lasts for all of a cycle. A fee of a tier is due when the level reaches it. */
export function priceOfLevel(price: UsagePrice, level: number): Rational {
  const whole = { quantity: level, before: 0, isEventPaid: level === 0 };
  if (!isTiered(price)) return priceOf(price, whole);
  const byVolume = price.kind === 'volume';
  let below = 0;
  let sum = zero;
  for (const tier of price.tiers) {
    const upTo = tier.upTo ?? Number.POSITIVE_INFINITY;
    const isChosen = byVolume ? level <= upTo : level > below;
    const quantity = byVolume ? level : Math.min(level, upTo) - below;
    if (isChosen && level > 0) {
      if (tier.price) sum = add(sum, priceOf(tier.price, { quantity, before: 0, isEventPaid: false }));
      if (tier.flatFee !== undefined) sum = add(sum, parseDecimal(tier.flatFee));
    }
    if (level <= upTo) break;
    below = upTo;
  }
  return sum;
}

function inWords(price: UsagePrice, currency: string): string {
  if (isTiered(price)) return price.kind === 'volume' ? 'the price of their tier' : 'the prices of their tiers';
  return price.kind === 'flat' || price.kind === 'package' ? priceInWords(price.price, currency, 'units') : '';
}

/** A level as an event of the subscription, for rules that read one. */
export function asEvent(subscription: Subscription, service: string, { from, level }: LevelInterval): GuidedEvent {
  const event: UsageEvent = {
    id: `${subscription.id}/${service}`,
    source: 'level',
    sequence: 0,
    msisdn: subscription.msisdn,
    service,
    startAt: from,
    ...{
      durationMs: 0,
      bytes: 0,
      messages: 0,
      direction: 'outgoing',
      calledNumber: '',
      callingNumber: '',
      visitedNetwork: '',
    },
    change: level,
  };
  return { event, subscription, late: false };
}

/** What the cycle after `before` opens with, by the changes since that opened; absent if all levels are zero. */
export function levelsAfter(before: AccountCycle, events: readonly GuidedEvent[]): Pick<AccountCycle, 'levels'> {
  const levels = new Map((before.levels ?? []).map((one) => [JSON.stringify([one.subscriptionId, one.service]), one]));
  for (const { event, subscription } of events) {
    if (event.change === undefined) continue;
    const key = JSON.stringify([subscription.id, event.service]);
    const level = (levels.get(key)?.level ?? 0) + event.change;
    levels.set(key, { subscriptionId: subscription.id, service: event.service, level });
  }
  const left = [...levels.values()]
    .filter(({ level }) => level !== 0)
    .sort((a, b) => compareText(a.subscriptionId, b.subscriptionId) || compareText(a.service, b.service));
  return left.length > 0 ? { levels: left } : {};
}
