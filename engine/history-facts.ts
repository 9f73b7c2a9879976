/** Facts of what a subscription or an account used and cost in its past cycles. */
import { type FactSheet, fillOptional, type OptionalFact, optionalFact } from './fact-sheet.ts';
import { toMicro } from './micro.ts';
import type { AccountCycle, CycleBounds, LocalDate, Subscription } from './model.ts';
import { add, parseDecimal, type Rational, zero } from './money.ts';
import { onceOf } from './once-of.ts';
import type { PastCycle } from './past-cycle.ts';
import { daysIn } from './period.ts';
import type { RuleSet } from './rule-set.ts';
import { median, type PastValue, usualOf } from './usual.ts';

/** Past cycles that medians look back on. */
const historyLength = 12;

/** What past cycles of the whole account cost. */
export function fillAccountHistory(sheet: FactSheet, { history, bounds }: AccountCycle): void {
  fillUsual(sheet, accountCharges, chargesByCycle(history), bounds);
}

/** The past of one subscription, and a cycle in which nothing is used yet. */
export function fillHistory(sheet: FactSheet, cycle: AccountCycle, { id }: Subscription, document: RuleSet): void {
  const { bounds, history } = cycle;
  const past = history
    .filter((entry) => entry.subscriptionId === id)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .slice(-historyLength);
  for (const names of serviceNames(document)) {
    fillServiceHistory(sheet, names, past, bounds);
    sheet[names.used] = 0;
    sheet[names.events] = 0;
  }
  const charges = chargesByCycle(past);
  sheet['history.cycles'] = past.length;
  fillOptional(sheet, charged.median, median(past.map((entry) => toMicro(parseDecimal(entry.charges)))));
  fillOptional(sheet, charged.highest, highest(charges.map(({ value }) => value)));
  fillUsual(sheet, charged, charges, bounds);
}

/** What past cycles cost, the lines of an account together, in micro-currency. */
export function chargesByCycle(past: readonly PastCycle[]): readonly PastValue[] {
  const byCycle = new Map<LocalDate, Rational>();
  for (const { until, charges } of past) byCycle.set(until, add(byCycle.get(until) ?? zero, parseDecimal(charges)));
  return [...byCycle].map(([until, charges]) => ({ until, value: toMicro(charges) }));
}

/** Use of a service in past cycles, as if they had had as many days as this one. */
export function usageByCycle(service: string, past: readonly PastCycle[], bounds: CycleBounds): readonly PastValue[] {
  const days = daysIn(bounds);
  return past.map((one) => ({ until: one.until, value: ((one.usage[service] ?? 0) * days) / daysIn(one) }));
}

/** Use of a service in past cycles as it was, whatever the cycles' lengths: what median and highest are of. */
export function usageAsItWas(service: string, past: readonly PastCycle[]): readonly PastValue[] {
  return past.map(({ until, usage }) => ({ until, value: usage[service] ?? 0 }));
}

/** The number of its events, as if the cycles had had as many days as this one; those taken over from elsewhere may not know it. */
function eventsByCycle(service: string, past: readonly PastCycle[], bounds: CycleBounds): readonly PastValue[] {
  const days = daysIn(bounds);
  return past
    .filter(({ events }) => events !== undefined)
    .map((one) => ({ until: one.until, value: ((one.events?.[service] ?? 0) * days) / daysIn(one) }));
}

function fillServiceHistory(
  sheet: FactSheet,
  { service, median: middle, highest: most, usual, usualEvents }: ServiceNames,
  past: readonly PastCycle[],
  bounds: CycleBounds,
): void {
  const quantities = past.map((entry) => entry.usage[service] ?? 0);
  fillOptional(sheet, middle, median(quantities));
  fillOptional(sheet, most, highest(quantities));
  fillUsual(sheet, usual, usageByCycle(service, past, bounds), bounds);
  fillUsual(sheet, usualEvents, eventsByCycle(service, past, bounds), bounds);
}

function highest(values: readonly number[]): number | undefined {
  return values.length > 0 ? Math.max(...values) : undefined;
}

interface UsualNames {
  readonly usual: OptionalFact;
  readonly spread: OptionalFact;
}

function usualNames(name: string): UsualNames {
  return { usual: optionalFact(`${name}.usual`), spread: optionalFact(`${name}.spread`) };
}

/** Missing until enough cycles are known. */
function fillUsual(sheet: FactSheet, names: UsualNames, past: readonly PastValue[], { until }: CycleBounds): void {
  const found = usualOf(past, until);
  fillOptional(sheet, names.usual, found?.usual);
  fillOptional(sheet, names.spread, found?.spread);
}

const accountCharges = usualNames('account.history.charges');

const charged = {
  ...usualNames('history.charges'),
  median: optionalFact('history.charges.median'),
  highest: optionalFact('history.charges.highest'),
};

/** The facts of one service, by name. */
export interface ServiceNames {
  readonly service: string;
  readonly used: string;
  readonly events: string;
  readonly median: OptionalFact;
  readonly highest: OptionalFact;
  readonly usual: UsualNames;
  readonly usualEvents: UsualNames;
}

/** Asked for every subscription, of one document. */
export const serviceNames = onceOf((document: RuleSet): readonly ServiceNames[] =>
  document.services.map(({ name }) => ({
    service: name,
    used: `cycle.${name}`,
    events: `cycle.${name}.events`,
    median: optionalFact(`history.${name}.median`),
    highest: optionalFact(`history.${name}.highest`),
    usual: usualNames(`history.${name}`),
    usualEvents: usualNames(`history.${name}.events`),
  })),
);
