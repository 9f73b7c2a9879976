/** Collects rated portions into lines: by rule and tier what is charged, by allowance what is included. */
import type { OpenBalance } from './allowances.ts';
import type { EpochMs, GuidedEvent, PortionPart, RatedLine, RatedPortion, Subscription, UsageEvent } from './model.ts';
import { add, formatExact, type Rational, zero } from './money.ts';
import type { RateOutcome } from './outcomes.ts';
import type { Recording } from './recording.ts';
import type { StockRule } from './rule-set.ts';
import { includedTitle, tierTitle, usageTitle } from './titles.ts';
import { compareText, eventKey } from './usage.ts';

/** Where a portion begins, and the rule that prices it. */
export interface PortionStart {
  readonly guided: GuidedEvent;
  readonly service: string;
  readonly plan: string;
  readonly rule: StockRule<RateOutcome>;
  readonly startAt: EpochMs;
  /** Of whose parts it is one; undefined for an event by itself. */
  readonly session: string | undefined;
}

/** Every property is always there: what is made for all usage is fast if it is always of one shape. */
export interface Portion {
  readonly start: PortionStart;
  readonly quantity: number;
  readonly exact: Rational;
  /** 1-based. */
  readonly tier: number | undefined;
  readonly part: PortionPart | undefined;
  /** The balance that covered it. */
  readonly balance: OpenBalance | undefined;
}

export interface LineCollection {
  readonly portions: readonly RatedPortion[];
  add(portion: Portion): void;
  /** By subscription, then in the order in which the first portion came; charged and included usage side by side. */
  lines(): readonly RatedLine[];
}

interface Collected {
  readonly line: Omit<RatedLine, 'events' | 'quantity' | 'exact'>;
  events: number;
  quantity: number;
  exact: Rational;
  lastEvent: UsageEvent | undefined;
  isLimited?: boolean;
  sessions?: Set<string>;
}

/** Portions are kept one by one only where everything is recorded. */
export function collectLines(recording: Recording): LineCollection {
  const portions: RatedPortion[] = [];
  const collected = new Map<string, Collected>();
  // What a line is follows from these three; its words are made once.
  const found = new Map<object, Map<Subscription, Collected[]>>();

  function collectedFor(portion: Portion): Collected {
    const bySubscription = found.get(portion.balance ?? portion.start.rule) ?? new Map<Subscription, Collected[]>();
    const byTier = bySubscription.get(portion.start.guided.subscription) ?? [];
    const tier = portion.tier ?? 0;
    const known = byTier[tier];
    if (known) return known;
    const line = lineOf(portion);
    const sums = collected.get(line.id) ?? { line, events: 0, quantity: 0, exact: zero, lastEvent: undefined };
    collected.set(line.id, sums);
    byTier[tier] = sums;
    found.set(portion.balance ?? portion.start.rule, bySubscription.set(portion.start.guided.subscription, byTier));
    return sums;
  }

  return {
    portions,
    add(portion) {
      const { event } = portion.start.guided;
      const sums = collectedFor(portion);
      if (recording === 'everything') portions.push(ratedPortion(portion, sums.line.id));
      // Portions come event by event, so another event is one that differs from the last.
      if (!portion.part && sums.lastEvent !== event) {
        sums.events += isAnother(portion.start.session, sums) ? 1 : 0;
        sums.lastEvent = event;
      }
      if (portion.part === 'credit limit') sums.isLimited = true;
      sums.quantity += portion.quantity;
      sums.exact = add(sums.exact, portion.exact);
    },
    lines: () =>
      [...collected.values()]
        .sort((a, b) => inReadingOrder(a.line, b.line))
        .map(({ line, events, quantity, exact, isLimited }) => {
          const sums = { ...line, events, quantity, exact: formatExact(exact) };
          return isLimited ? { ...sums, creditEnded: true } : sums;
        }),
  };
}

/** The parts of a session are one event. */
function isAnother(session: string | undefined, sums: Collected): boolean {
  if (session === undefined) return true;
  sums.sessions ??= new Set();
  const isNew = !sums.sessions.has(session);
  sums.sessions.add(session);
  return isNew;
}

/** As the price list reads: what is included, then what is charged, in the order of the rule text; a rule's tiers upwards. */
export function inReadingOrder(a: Collected['line'], b: Collected['line']): number {
  return (
    compareText(a.subscriptionId, b.subscriptionId) ||
    Number(a.allowance === undefined) - Number(b.allowance === undefined) ||
    compareText(a.at.file, b.at.file) ||
    a.at.line - b.at.line ||
    (a.tier ?? 0) - (b.tier ?? 0) ||
    compareText(a.id, b.id)
  );
}

function ratedPortion(portion: Portion, lineId: string): RatedPortion {
  const { start, balance, tier, part } = portion;
  const { guided, rule } = start;
  const rated: { -readonly [K in keyof RatedPortion]: RatedPortion[K] } = {
    eventId: eventKey(guided.event),
    subscriptionId: guided.subscription.id,
    service: start.service,
    startAt: start.startAt,
    quantity: portion.quantity,
    lineId,
    rule: rule.name,
    at: rule.event.params.at,
    exact: formatExact(portion.exact),
  };
  if (balance) rated.allowance = balance.balance.allowance;
  if (tier !== undefined) rated.tier = tier;
  if (part) rated.part = part;
  return rated;
}

function lineOf({ start, balance, tier }: Portion): Collected['line'] {
  const { guided, service, plan, rule } = start;
  const subscriptionId = guided.subscription.id;
  const common = { subscriptionId, service, plan };
  if (balance) {
    const { allowance } = balance.balance;
    const at = balance.allowance?.at ?? rule.event.params.at;
    const title = includedTitle(balance.allowance?.title ?? allowance);
    return { id: `${subscriptionId}/${allowance}`, ...common, rule: allowance, at, title, allowance };
  }
  const { at, title = usageTitle(rule.name, service) } = rule.event.params;
  const id = `${subscriptionId}/${rule.name}`;
  if (tier === undefined) return { id, ...common, rule: rule.name, at, title };
  // By volume there is one tier for all.
  if (rule.event.params.outcome.price.kind === 'volume') return { id, ...common, rule: rule.name, at, title, tier };
  return { id: `${id}/tier-${tier}`, ...common, rule: rule.name, at, title: tierTitle(title, tier), tier };
}
