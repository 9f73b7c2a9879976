/** Rates the levels of services in units: each is decided as it begins; what one rule charges for levels is one event. */
import { setsOf } from './contracts.ts';
import { decideRate, onlyRule } from './decide-rate.ts';
import { exceptionOf } from './exceptions.ts';
import type { FactSheet } from './fact-sheet.ts';
import { fillEvent, state } from './facts.ts';
import { asEvent, chargeLevel, type LevelInterval, levelsOf } from './levels.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Decision, Exception, GuidedEvent, Subscription } from './model.ts';
import { add, type Rational } from './money.ts';
import type { RateOutcome } from './outcomes.ts';
import { type PlanVersion, versionAt } from './plans.ts';
import type { LineCollection } from './rated-lines.ts';
import type { ServiceDefinition, StockRule } from './rule-set.ts';
import { eventKey } from './usage.ts';

interface LevelMeter {
  readonly subscription: Subscription;
  readonly versions: readonly PlanVersion[];
  readonly sheet: FactSheet;
  readonly totals: Map<string, { subscriptionId: string; service: string; events: number; quantity: number }>;
  charges: Rational;
}

/** An account while its usage is rated, as far as levels are concerned. */
export interface LevelRating {
  readonly cycle: AccountCycle;
  readonly rules: LoadedRuleSet;
  readonly meters: ReadonlyMap<string, LevelMeter>;
  readonly services: ReadonlyMap<string, ServiceDefinition>;
  /** First instant of the cycle, and of the one after it. */
  readonly cycleBounds: readonly number[];
  readonly lines: LineCollection;
  /** How the price of a level came about, by line. */
  readonly hows: Map<string, string>;
  readonly decisions: Decision[];
  readonly exceptions: Exception[];
}

export function rateLevels(rating: LevelRating, events: readonly GuidedEvent[]): void {
  for (const service of rating.services.values()) {
    if (service.measure !== 'units') continue;
    for (const meter of rating.meters.values()) rateLevel(meter, service.name, events, rating);
  }
}

function rateLevel(meter: LevelMeter, service: string, events: readonly GuidedEvent[], rating: LevelRating): void {
  const { subscription, versions } = meter;
  const cuts = versions.map(({ from }) => from);
  const { intervals, exceptions } = levelsOf(subscription, service, events, rating.cycle, cuts);
  rating.exceptions.push(...exceptions);
  if (intervals.every(({ level }) => level === 0)) return;
  const [begin = 0, end = 0] = rating.cycleBounds;
  for (const [rule, { plan, guided, own }] of decideAll(intervals, service, meter, rating)) {
    const { peak, exact, how } = chargeLevel(rule, plan, own, end - begin);
    const start = { guided, service, plan, rule, startAt: guided.event.startAt, session: undefined };
    rating.lines.add({ start, quantity: peak, exact, tier: undefined, part: undefined, balance: undefined });
    rating.hows.set(`${subscription.id}/${rule.name}`, how);
    meter.charges = add(meter.charges, exact);
  }
  const quantity = Math.max(...intervals.map(({ level }) => level));
  meter.totals.set(service, { subscriptionId: subscription.id, service, events: 1, quantity });
}

interface Decided {
  readonly plan: string;
  /** The first of the levels. */
  readonly guided: GuidedEvent;
  readonly own: LevelInterval[];
}

function decideAll(
  intervals: readonly LevelInterval[],
  service: string,
  { subscription, versions, sheet }: LevelMeter,
  rating: LevelRating,
): ReadonlyMap<StockRule<RateOutcome>, Decided> {
  const decided = new Map<StockRule<RateOutcome>, Decided>();
  for (const interval of intervals) {
    const version = versionAt(versions, interval.from);
    if (!version) continue;
    const guided = asEvent(subscription, service, interval);
    fillEvent(sheet, guided, interval.from, rating.cycle.account, rating.rules);
    if (rating.cycle.stated) state(sheet, rating.cycle);
    const about = eventKey(guided.event);
    const { plan } = version;
    const verdict = decideRate(setsOf(plan, 'rates', service), about, sheet, rating);
    const rule = onlyRule(verdict, guided.event, plan.id, (code, evidence) =>
      rating.exceptions.push(exceptionOf(code, about, evidence, { object: 'event' })),
    );
    if (!rule) continue;
    const found = decided.get(rule) ?? { plan: plan.id, guided, own: [] };
    found.own.push(interval);
    decided.set(rule, found);
  }
  return decided;
}
