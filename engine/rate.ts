/**
 * Rate: what each event costs.
 *
 * An event is cut in time (`segments.ts`), and each segment by quantity where an allowance or a tier ends. Every portion is
 * decided with the facts at its own start. Increments run from the event's start: a portion is charged from the position
 * that is already charged through to its segment's end, rounded up to the increments of the rate in force.
 */
import { startOfAccountDay } from './account-days.ts';
import { allowanceKey, available, type OpenBalance, openBalances, takeFrom } from './allowances.ts';
import { benefitBalances } from './benefits.ts';
import {
  askFor,
  type Books,
  chargeCovered,
  chargePortion,
  closeEvent,
  type EventCharge,
  limitEvent,
  startEvent,
} from './charge-event.ts';
import { setsOf } from './contracts.ts';
import { grossFactor, openPool } from './credit-pool.ts';
import { decide } from './decide/decide.ts';
import { decideRate, onlyRule, type Refuse } from './decide-rate.ts';
import { exceptionOf } from './exceptions.ts';
import type { FactSheet } from './fact-sheet.ts';
import { fillEvent, state, subscriptionFacts } from './facts.ts';
import { firstTierFees } from './first-tier-fees.ts';
import type { LoadedRuleSet } from './load.ts';
import { toMicro } from './micro.ts';
import type { AccountCycle, Exception, GuidedEvent, GuidedUsage, RatedCycle, Subscription } from './model.ts';
import { type Rational, zero } from './money.ts';
import { onceOf } from './once-of.ts';
import type { AllowanceOutcome, PrepaidTerms, RateOutcome } from './outcomes.ts';
import { type PlanVersion, planVersions } from './plans.ts';
import { rateLevels } from './rate-levels.ts';
import { collectLines, inReadingOrder } from './rated-lines.ts';
import { openRecord, type Recording } from './recording.ts';
import type { ServiceDefinition, StockRule } from './rule-set.ts';
import { bandBounds, type Segment, segmentsOf } from './segments.ts';
import { goOn, missingParts, openSessions } from './sessions.ts';
import { type CycleTotals, startTierCounts } from './tier-counts.ts';
import { eventKey, quantityOf } from './usage.ts';

/**
 * Rates the account's events in order. An event without a price, or with two, is an exception and is not charged further.
 *
 * A price by volume is known when everything is counted: then all is rated a second time, by the totals of the first. No
 * fact that a rate reads depends on such a price, so both times decide the same.
 */
export function rate(cycle: AccountCycle, guided: GuidedUsage, rules: LoadedRuleSet, recording: Recording): RatedCycle {
  const counting = rateAll(startRating(cycle, guided, rules, recording), guided);
  if (!counting.isByVolume) return ratedCycle(counting, guided);
  return ratedCycle(rateAll(startRating(cycle, guided, rules, recording, counting.tiers.totals), guided), guided);
}

function rateAll(rating: Rating, guided: GuidedUsage): Rating {
  const isLevel = ({ event }: GuidedEvent) => rating.services.get(event.service)?.measure === 'units';
  for (const event of guided.events) if (!isLevel(event)) rateEvent(event, rating);
  rateLevels(rating, guided.events);
  return rating;
}

function ratedCycle(rating: Rating, guided: GuidedUsage): RatedCycle {
  const meters = [...rating.meters.values()];
  const draws = rating.pool.draws();
  return {
    trace: rating.lines.portions,
    decisions: rating.decisions,
    usage: {
      lines: linesOf(rating),
      totals: meters.flatMap((meter) => [...meter.totals.values()]),
      balances: rating.balances.remaining(),
      ...(draws.length > 0 && { draws }),
      exceptions: [
        ...guided.exceptions,
        ...missingParts(guided.events, rating.cycle),
        ...rating.exceptions,
        ...rating.pool.exceptions(),
      ],
    },
  };
}

function linesOf({ cycle, rules, lines, tiers, services, hows }: Rating): RatedCycle['usage']['lines'] {
  // A level has reached its tiers, or there is none of it.
  const due = firstTierFees(cycle, tiers, rules).filter(({ service }) => services.get(service)?.measure !== 'units');
  const all = due.length === 0 ? lines.lines() : [...lines.lines(), ...due].sort(inReadingOrder);
  if (hows.size === 0) return all;
  return all.map((line) => {
    const how = hows.get(line.id);
    return how === undefined ? line : { ...line, how };
  });
}

/** One subscription while its events are rated. */
interface Meter {
  readonly subscription: Subscription;
  readonly versions: readonly PlanVersion[];
  readonly sheet: FactSheet;
  readonly balances: readonly OpenBalance[];
  /** Those of each service, as far as it was asked for. */
  readonly ofService: Map<string, ServiceBalances>;
  readonly totals: Map<string, { subscriptionId: string; service: string; events: number; quantity: number }>;
  readonly books: Books;
  charges: Rational;
  /** 1 + the tax of each service that was paid from credit. */
  readonly factors: Map<string, Rational>;
}

function startRating(
  cycle: AccountCycle,
  { events: guided }: GuidedUsage,
  rules: LoadedRuleSet,
  recording: Recording,
  totals?: CycleTotals,
) {
  const { document } = rules;
  const meters = new Map<string, Meter>();
  const balances = openBalances(cycle, document);
  const lines = collectLines(recording);
  const tiers = startTierCounts(totals);
  for (const subscription of cycle.subscriptions) {
    const meter = {
      subscription,
      versions: planVersions(cycle, subscription, document),
      sheet: subscriptionFacts(cycle, subscription, rules),
      balances: [...benefitBalances(cycle, subscription), ...(balances.bySubscription.get(subscription.id) ?? [])],
      ofService: new Map(),
      totals: new Map(),
      charges: zero,
      factors: new Map(),
    };
    meters.set(subscription.id, Object.assign(meter, { books: { lines, tiers, meter } }));
  }
  return {
    cycle,
    rules,
    meters,
    balances,
    services: new Map(document.services.map((service) => [service.name, service])),
    cycleBounds: [cycle.bounds.from, cycle.bounds.until].map((day) => startOfAccountDay(cycle.account, day)),
    lines,
    tiers,
    bandBounds: bandBounds(cycle, rules),
    pool: openPool(cycle),
    sessions: openSessions(guided, cycle),
    /** How the price of a level came about, by line. */
    hows: new Map<string, string>(),
    isByVolume: false,
    readsCharges: readsCharges(rules),
    decisions: openRecord(recording),
    exceptions: [] as Exception[],
  };
}

type Rating = ReturnType<typeof startRating>;

/** Few price lists ask what was charged so far, and an exact sum is dear to put into a fact. */
function readsCharges({ sets }: LoadedRuleSet): boolean {
  return [...sets.values()].some(
    ({ set, inputs }) =>
      (set.family === 'rate' || set.family === 'allowance') &&
      (inputs.includes('cycle.charges') || inputs.includes('cycle.net')),
  );
}

function rateEvent(guided: GuidedEvent, rating: Rating): void {
  const { event, subscription } = guided;
  const meter = rating.meters.get(subscription.id) as Meter;
  const service = rating.services.get(event.service);
  const refuse: Refuse = (code, evidence) => {
    rating.exceptions.push(exceptionOf(code, eventKey(event), evidence, { object: 'event' }));
  };
  if (!service) {
    refuse('no-rate', `The service "${event.service}" is not declared.`);
    return;
  }
  const segments = segmentsOf(guided, service, meter.versions, rating.bandBounds, rating.cycleBounds);
  if (!segments) {
    refuse('unknown-plan', `No plan "${subscription.plan}" is in force for event ${event.id}.`);
    return;
  }

  if (service.measure === 'value' && !event.value) {
    refuse('missing-fact', `Event ${event.id} of ${event.service} has no value.`);
    return;
  }

  const quantity = quantityOf(event, service.measure);
  const { books } = meter;
  const isWhole = segments[0]?.version.plan.sessions !== 'by part';
  const session = isWhole && event.part ? rating.sessions.of(guided, service, books) : undefined;
  const offset = session?.offset ?? 0;
  const walk: EventWalk = {
    guided,
    meter,
    service,
    quantity,
    usedFact: `cycle.${service.name}`,
    usedBefore: countUsage(meter, guided, quantity, session?.isBegun !== true),
    charge: session?.charge ?? startEvent(eventKey(event), books),
    session: session?.charge.key,
    offset,
    charged: session?.charged ?? 0,
    isResumed: session?.isResumed === true && !session.isBegun,
  };
  for (const segment of segments) {
    const placed = offset === 0 ? segment : { ...segment, from: segment.from + offset, until: segment.until + offset };
    if (!rateSegment(placed, walk, rating, refuse)) break;
  }
  if (session) goOn(session, walk.charged, quantity);
  if (!session || session.toCome === 0) closeEvent(walk.charge);
  payEvent(walk, segments[0]?.version.plan.prepaid, rating);
  rating.isByVolume ||= walk.charge.isByVolume;
}

/** A plan that is prepaid draws what the event costs from the credit of the account, and goes as far as it says without. */
function payEvent({ guided, meter, charge }: EventWalk, terms: PrepaidTerms | undefined, rating: Rating): void {
  if (!terms) return;
  const { service, startAt } = guided.event;
  const { id } = meter.subscription;
  const factor =
    meter.factors.get(service) ?? grossFactor(meter.sheet, service, `${id}/${service}`, rating.rules, rating.decisions);
  meter.factors.set(service, factor);
  const off = rating.pool.pay({ subscriptionId: id, service, startAt, net: askFor(charge), factor }, terms);
  limitEvent(charge, off);
}

/** How far the charging of one event has come. */
interface EventWalk {
  readonly guided: GuidedEvent;
  readonly meter: Meter;
  readonly service: ServiceDefinition;
  readonly quantity: number;
  /** The fact that says how much of the service is used so far. */
  readonly usedFact: string;
  /** Use of the service in the cycle before this event. */
  readonly usedBefore: number;
  readonly charge: EventCharge;
  /** Of whose parts it is one. */
  readonly session: string | undefined;
  /** Where the record begins in its event: 0, but for a later part of a session. */
  readonly offset: number;
  /** Position from the event's start up to which it is charged, covered or not. */
  charged: number;
  /** An earlier cycle has charged the increment in which it begins. */
  isResumed: boolean;
  /** With `rate at start`: what was decided for the whole event. */
  decided?: PortionDecision;
}

interface PortionDecision {
  readonly rule: StockRule<RateOutcome>;
  /** Keys of those that may cover it. */
  readonly allowances: readonly string[];
}

/** Charges one segment, portion by portion. False if it was refused. */
function rateSegment(segment: Segment, walk: EventWalk, rating: Rating, refuse: Refuse): boolean {
  // An increment that was started before reaches beyond the segment's end: its whole time is paid, by whatever price.
  if (segment.from > 0 && walk.charged >= segment.until) return true;
  for (;;) {
    const decision = walk.decided ?? decidePortion(segment, walk, rating, refuse);
    if (!decision) return false;
    if (segment.version.plan.split === 'at start') walk.decided = decision;
    const { increments } = decision.rule.event.params.outcome;
    if (walk.isResumed) walk.charged = roundUp(walk.offset, increments);
    walk.isResumed = false;
    const target = roundUp(segment.until, increments);
    const open = target - walk.charged;
    if (open <= 0 && walk.quantity > 0) return true;
    walk.charged += ratePortion(open, decision, segment, walk);
    if (walk.charged >= target) return true;
  }
}

function decidePortion(segment: Segment, walk: EventWalk, rating: Rating, refuse: Refuse): PortionDecision | undefined {
  const { guided, meter, service } = walk;
  const { plan } = segment.version;
  fillPortion(segment, walk, rating);
  const about = eventKey(guided.event);
  const verdict = decideRate(setsOf(plan, 'rates', service.name), about, meter.sheet, rating);
  const rule = onlyRule(verdict, guided.event, plan.id, refuse);
  if (!rule) return undefined;
  return { rule, allowances: coverageOf(segment, walk, rating) };
}

/** Keys of the balances that may cover a portion. */
function coverageOf({ version }: Segment, { guided, meter, service }: EventWalk, rating: Rating): readonly string[] {
  // No allowance covers late usage: the allowance of its own cycle is gone, and this cycle's was not granted for it.
  if (guided.late) return [];
  const { balances, gifts } = balancesFor(meter, service.name);
  const { id } = meter.subscription;
  if (!hasSome(balances, id)) return [];
  let keys = gifts;
  for (const set of setsOf(version.plan, 'allowanceDecisions', service.name)) {
    const verdict = decide<AllowanceOutcome>(rating.rules, set, meter.sheet, rating.decisions, eventKey(guided.event));
    for (const { event } of verdict?.rules ?? []) {
      const own = keysOf(event.params.outcome);
      keys = keys.length === 0 ? own : [...keys, ...own];
    }
  }
  return keys;
}

/** Asked for every portion that an allowance may cover: a list of one is made once. */
const keysOf = onceOf((outcome: AllowanceOutcome): readonly string[] => [allowanceKey(outcome.allowance)]);

function hasSome(balances: readonly OpenBalance[], subscriptionId: string): boolean {
  for (const one of balances) if (available(one, subscriptionId) > 0) return true;
  return false;
}

interface ServiceBalances {
  readonly balances: readonly OpenBalance[];
  /** Keys of what offers gave: it covers every portion. */
  readonly gifts: readonly string[];
}

function balancesFor({ balances: all, ofService }: Meter, service: string): ServiceBalances {
  const known = ofService.get(service);
  if (known) return known;
  const balances = all.filter(({ balance }) => balance.service === service);
  const found = { balances, gifts: balances.flatMap(({ key }) => (key.startsWith('offer.') ? [key] : [])) };
  ofService.set(service, found);
  return found;
}

/** Facts at the portion's start: in a rate, `cycle.x` is the sum before the portion. */
function fillPortion(segment: Segment, walk: EventWalk, rating: Rating): void {
  const { guided, meter } = walk;
  meter.sheet[walk.usedFact] = walk.usedBefore + Math.max(0, Math.min(walk.charged - walk.offset, walk.quantity));
  if (rating.readsCharges) {
    meter.sheet['cycle.charges'] = toMicro(meter.charges);
    meter.sheet['cycle.net'] = meter.sheet['cycle.charges'];
  }
  fillEvent(meter.sheet, guided, portionStart(segment, walk), rating.cycle.account, rating.rules);
  if (rating.cycle.stated) state(meter.sheet, rating.cycle);
}

/** What increments charged beyond a segment does not move the next one: that starts when it starts. */
function portionStart(segment: Segment, { guided, service, charged, offset }: EventWalk): number {
  if (service.measure !== 'duration') return guided.event.startAt;
  const position = segment.from <= charged && charged < segment.until ? charged : segment.from;
  return guided.event.startAt + position - offset;
}

/** Charges at most `open` units from the position reached, by an allowance or by the price; returns how many. */
function ratePortion(open: number, decision: PortionDecision, segment: Segment, walk: EventWalk): number {
  const { meter, guided, service } = walk;
  const start = {
    guided,
    service: service.name,
    plan: segment.version.plan.id,
    rule: decision.rule,
    startAt: portionStart(segment, walk),
    session: walk.session,
  };
  const { id } = meter.subscription;
  const balance = meter.balances.find((one) => available(one, id) > 0 && decision.allowances.includes(one.key));
  if (!balance) return chargePortion(walk.charge, start, open);
  const quantity = Math.min(open, available(balance, id));
  takeFrom(balance, id, quantity);
  chargeCovered(walk.charge, start, quantity, balance);
  return quantity;
}

/** The end of the increment that a position lies in: `{ first: 30000, next: 1000 }` bills 30 s, then by the second. */
function roundUp(position: number, increments: RateOutcome['increments']): number {
  if (!increments || position === 0) return position;
  const { first, next } = increments;
  return position <= first ? first : first + Math.ceil((position - first) / next) * next;
}

/** Adds the event to the subscription's use of the service; returns the use before it. */
function countUsage(meter: Meter, { event, subscription }: GuidedEvent, quantity: number, isNew: boolean): number {
  const total = meter.totals.get(event.service) ?? {
    subscriptionId: subscription.id,
    service: event.service,
    events: 0,
    quantity: 0,
  };
  const before = total.quantity;
  if (isNew) total.events += 1;
  total.quantity += quantity;
  meter.totals.set(event.service, total);
  return before;
}
