/**
 * Where the value of every fact of the bill cycle is computed.
 *
 * A sheet holds the facts of one scope and the wider ones, flat and complete: an optional fact `x` has a value also while
 * it is missing, and `x.known` says so. Stages fill a sheet in place as the scope moves on (the next portion, the next line).
 */
import { accountDayNumber, startOfAccountDay, zoneAt, zoneOn } from './account-days.ts';
import type { AccountTimes } from './billing-account.ts';
import { customerSegments } from './customer-segments.ts';
import { declaredFacts } from './declared-facts.ts';
import { defaultValue } from './derive.ts';
import { attributeFacts, fillAttribute } from './event-attributes.ts';
import type { LoadedRuleSet } from './load.ts';
import type {
  AccountCycle,
  Bill,
  BillLine,
  CycleBounds,
  Decision,
  EpochMs,
  GuidedEvent,
  LineKind,
  LocalDate,
  RatedUsage,
  Subscription,
} from './model.ts';
import { add, floor, parseDecimal, type Rational, sum, zero } from './money.ts';
import type { PastCycle } from './past-cycle.ts';
import { addDays, dayNumber, daysIn } from './period.ts';
import { currentName } from './plans.ts';
import type { PrepaidCredit, PrepaidPart } from './prepaid-credit.ts';
import type { Facts, FactValue, RuleSet, ServiceDefinition } from './rule-set.ts';
import { planNameOn } from './tenures.ts';
import { valueMicroOf } from './usage.ts';
import { median, type PastValue, usualOf } from './usual.ts';

/** Facts that a stage still fills; every other reader sees them as `Facts`. */
export type FactSheet = Record<string, FactValue>;

/** Past cycles that medians look back on. */
const historyLength = 12;

/**
 * What is known before anything of the cycle is charged: it is the same in all sheets of a bill, which are laid over it. Worked out once
 * for a cycle, and anew for other rules, which may know other facts.
 */
interface Opening {
  readonly rules: LoadedRuleSet;
  readonly account: FactSheet;
  readonly decisions: readonly Decision[];
  readonly subscriptions: Map<Subscription, FactSheet>;
}

function openingOf(cycle: AccountCycle, rules: LoadedRuleSet): Opening {
  const known = openings.get(cycle);
  if (known?.rules === rules) return known;
  const decisions: Decision[] = [];
  const opening = { rules, account: openingAccount(cycle, rules, decisions), decisions, subscriptions: new Map() };
  openings.set(cycle, opening);
  return opening;
}

const openings = new WeakMap<AccountCycle, Opening>();

/** What was decided of the customer to know its facts: its segments. */
export function customerDecisions(cycle: AccountCycle, rules: LoadedRuleSet): readonly Decision[] {
  return openingOf(cycle, rules).decisions;
}

/** Facts of the customer and the account, declared ones included, at the cycle's last instant. */
function openingAccount(cycle: AccountCycle, rules: LoadedRuleSet, record: Decision[]): FactSheet {
  const { account, customer } = cycle;
  const sheet: FactSheet = {
    always: true,
    at: startOfAccountDay(account, cycle.bounds.until) - 1,
    date: dayNumber(cycle.bounds.until) - 1,
    'account.id': account.id,
    'account.zone': zoneOn(account, addDays(cycle.bounds.until, -1)),
    'account.cycle.charges': 0,
    'account.cycle.net': 0,
    'account.credit': creditIn(cycle.prepaid ?? []),
    'customer.id': customer.id,
    'customer.category': customer.category,
    'customer.country': customer.country,
    'customer.tax_country': customer.taxCountry,
    'customer.zone': customer.zone,
    'customer.language': customer.language,
    'customer.interests': customer.interests,
    'customer.profile': customer.profile,
    'customer.bought': customer.bought ?? [],
    ...optional('customer.vat_id', customer.vatId, ''),
    ...optional('customer.app_account', customer.hasAppAccount, false),
    ...usualFacts('account.history.charges', chargesByCycle(cycle.history), cycle.bounds),
  };
  for (const { name, type, scope, optional: mayBeMissing } of declaredFacts(rules)) {
    const value = scope === 'event' ? undefined : customer.facts?.[name];
    sheet[name] = value ?? defaultValue(type);
    if (mayBeMissing) sheet[`${name}.known`] = value !== undefined;
  }
  state(sheet, cycle);
  // What a customer is follows from all else that is known of it, so it comes last.
  sheet['customer.segments'] = customerSegments(sheet, rules, record);
  return state(sheet, cycle);
}

/** Facts of one subscription on top of the account's: its contract, its history, and a cycle in which nothing is used yet. */
export function subscriptionFacts(cycle: AccountCycle, subscription: Subscription, rules: LoadedRuleSet): FactSheet {
  const { account, subscriptions } = openingOf(cycle, rules);
  const known = subscriptions.get(subscription) ?? openingSubscription(cycle, subscription, account, rules.document);
  subscriptions.set(subscription, known);
  return sheetOver(known);
}

function openingSubscription(
  cycle: AccountCycle,
  subscription: Subscription,
  account: Facts,
  document: RuleSet,
): FactSheet {
  const sheet = sheetOver(account, {
    ...pastFacts(cycle, subscription, document),
    'subscription.id': subscription.id,
    'subscription.plan': currentName(document, planNameOn(subscription, addDays(cycle.bounds.until, -1))),
    'subscription.payment': subscription.payment,
    'subscription.accepted_on': dayNumber(subscription.acceptedOn),
    'subscription.activated_on': dayNumber(subscription.activatedOn),
    ...optional('subscription.renews_on', subscription.renewsOn && dayNumber(subscription.renewsOn), 0),
    'subscription.paid': isPaid(subscription),
    'subscription.suspended': subscription.suspended ?? false,
    ...optional('subscription.cancellation_reason', subscription.cancellationReason, ''),
    'cycle.charges': 0,
    'cycle.net': 0,
  });
  return state(sheet, cycle);
}

function pastFacts(cycle: AccountCycle, subscription: Subscription, document: RuleSet): FactSheet {
  const past = cycle.history
    .filter((entry) => entry.subscriptionId === subscription.id)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .slice(-historyLength);
  const sheet: FactSheet = {
    'history.cycles': past.length,
    ...optional('history.charges.median', median(past.map((entry) => toMicro(parseDecimal(entry.charges)))), 0),
  };
  for (const { name } of document.services)
    Object.assign(sheet, historyFacts(name, past, cycle.bounds), { [`cycle.${name}`]: 0, [`cycle.${name}.events`]: 0 });
  const charges = chargesByCycle(past);
  const highest = charges.length > 0 ? Math.max(...charges.map(({ value }) => value)) : undefined;
  Object.assign(sheet, usualFacts('history.charges', charges, cycle.bounds));
  Object.assign(sheet, optional('history.charges.highest', highest, 0));
  return sheet;
}

/** The sheets of an account once its cycle is over: final use, and what it was charged. */
export interface ClosedCycle {
  readonly account: FactSheet;
  readonly subscriptions: ReadonlyMap<string, FactSheet>;
}

/** `all` are the lines known so far: `cycle.charges` is their sum without discounts, `cycle.net` with them. */
export function closedCycle(
  cycle: AccountCycle,
  rules: LoadedRuleSet,
  usage: Pick<RatedUsage, 'totals'>,
  all: readonly Pick<BillLine, 'kind' | 'subscriptionId' | 'amount'>[],
  prepaid?: PrepaidPart,
): ClosedCycle {
  const lines = all.filter(({ kind }) => costs(kind));
  const charges = lines.filter((line) => line.kind !== 'discount');
  const ofAccount = {
    'account.cycle.charges': sumInMicro(charges),
    'account.cycle.net': sumInMicro(lines),
    ...(prepaid && { 'account.credit': creditIn(prepaid.left) }),
  };
  const account = state(sheetOver(openingOf(cycle, rules).account, ofAccount), cycle);
  const sheets = cycle.subscriptions.map((subscription) => {
    const sheet = Object.assign(subscriptionFacts(cycle, subscription, rules), ofAccount);
    const own = <T extends { readonly subscriptionId: string }>(many: readonly T[]) =>
      many.filter((one) => one.subscriptionId === subscription.id);
    for (const total of own(usage.totals)) {
      sheet[`cycle.${total.service}`] = total.quantity;
      sheet[`cycle.${total.service}.events`] = total.events;
    }
    sheet['cycle.charges'] = sumInMicro(own(charges));
    sheet['cycle.net'] = sumInMicro(own(lines));
    return [subscription.id, state(sheet, cycle)] as const;
  });
  return { account, subscriptions: new Map(sheets) };
}

/** Credit and what was invoiced before move money between invoices, and a correction is of another cycle: none is part of what the cycle cost. */
export function costs(kind: LineKind): boolean {
  return !notOfTheCycle.has(kind);
}

const notOfTheCycle: ReadonlySet<LineKind> = new Set([
  'already invoiced',
  'credit brought forward',
  'credit carried forward',
  'correction',
]);

/** A subscription's facts as the bill of the cycle before saw them, as far as the history tells; what it does not tell is 0. */
export function factsOfBillBefore(
  facts: Facts,
  cycle: AccountCycle,
  subscription: Subscription,
  services: readonly ServiceDefinition[],
): Facts {
  const { account, bounds, history } = cycle;
  const past = history.find((entry) => entry.subscriptionId === subscription.id && entry.until === bounds.from);
  const charges = toMicro(parseDecimal(past?.charges ?? '0'));
  const sheet = sheetOver(facts, {
    at: startOfAccountDay(account, bounds.from) - 1,
    'cycle.charges': charges,
    'cycle.net': charges,
  });
  for (const { name } of services) sheet[`cycle.${name}`] = past?.usage[name] ?? 0;
  return state(sheet, cycle);
}

/** The account's facts as the bill of the cycle before saw them. */
export function accountFactsOfBillBefore(facts: Facts, cycle: AccountCycle): Facts {
  const { account, bounds, history } = cycle;
  const past = history.filter((entry) => entry.until === bounds.from);
  const charges = toMicro(sum(past.map((entry) => parseDecimal(entry.charges))));
  const sheet = sheetOver(facts, {
    at: startOfAccountDay(account, bounds.from) - 1,
    'account.cycle.charges': charges,
    'account.cycle.net': charges,
  });
  return state(sheet, cycle);
}

/** Facts of the bill as a whole, on top of the account's or a subscription's. Its due day is not known before it is issued, and nothing of it is paid. */
export function invoiceFacts(holder: Facts | undefined, bill: Bill, cycle: AccountCycle): FactSheet {
  const sheet = sheetOver(holder, {
    'invoice.total': toMicro(parseDecimal(bill.total)),
    'invoice.net': toMicro(parseDecimal(bill.net)),
    'invoice.currency': bill.currency,
    'invoice.open': toMicro(parseDecimal(bill.total)),
    'invoice.paid': parseDecimal(bill.total).n <= 0n,
    'invoice.disputed': false,
    ...optional('invoice.due_on', undefined, 0),
  });
  return state(sheet, cycle);
}

/** Facts of a usage event whose portion starts at an instant. */
export function fillEvent(
  sheet: FactSheet,
  { event }: GuidedEvent,
  at: EpochMs,
  account: AccountTimes,
  rules: LoadedRuleSet,
): void {
  sheet.at = at;
  sheet.date = accountDayNumber(account, at);
  sheet['account.zone'] = zoneAt(account, at);
  sheet['event.service'] = event.service;
  sheet['event.at'] = at;
  sheet['event.duration'] = event.durationMs;
  sheet['event.volume'] = event.bytes;
  sheet['event.value'] = valueMicroOf(event);
  sheet['event.direction'] = event.direction;
  sheet['event.called_number'] = event.calledNumber;
  sheet['event.calling_number'] = event.callingNumber;
  sheet['event.visited_network'] = event.visitedNetwork;
  sheet['event.imsi'] = event.imsi ?? '';
  sheet['event.roaming_partner'] = event.roamingPartner ?? '';
  sheet['event.record_type'] = event.recordType ?? '';
  for (const fact of attributeFacts(rules)) fillAttribute(sheet, event, fact);
}

export function lineFacts(line: Pick<BillLine, 'kind' | 'amount' | 'fiscalCategory' | 'service'>): FactSheet {
  return {
    'line.kind': line.kind,
    'line.net': toMicro(parseDecimal(line.amount)),
    'line.fiscal_category': line.fiscalCategory ?? '',
    'line.service': line.service ?? '',
  };
}

/** A sheet of one's own over one that many share, which is not copied: it has a hundred facts and more. */
export function sheetOver(shared: Facts | undefined, own: FactSheet = {}): FactSheet {
  return Object.assign(Object.create(shared ?? null), own);
}

/** Facts that a test says outright replace those of the sheet. */
export function state(sheet: FactSheet, cycle: Pick<AccountCycle, 'stated'>): FactSheet {
  for (const [name, value] of Object.entries(cycle.stated ?? {})) {
    if (value !== null) sheet[name] = value;
    if (`${name}.known` in sheet) sheet[`${name}.known`] = value !== null;
  }
  return sheet;
}

/**
 * An amount in micro-currency. A finer amount becomes its floor plus one half, which every comparison with a whole number
 * of micro-currency finds on the same side.
 */
export function toMicro(amount: Rational): number {
  const micro = { n: amount.n * 1_000_000n, d: amount.d };
  const whole = floor(micro);
  return Number(whole) + (whole * micro.d === micro.n ? 0 : 0.5);
}

function creditIn(credits: readonly Pick<PrepaidCredit, 'amount'>[]): number {
  return toMicro(sum(credits.map(({ amount }) => parseDecimal(amount))));
}

function sumInMicro(lines: readonly Pick<BillLine, 'amount'>[]): number {
  return toMicro(sum(lines.map((line) => parseDecimal(line.amount))));
}

/** The coming term begins on the day of renewal: what is paid only up to that day does not cover it. */
function isPaid({ paidUntil, renewsOn }: Subscription): boolean {
  return paidUntil !== undefined && renewsOn !== undefined && paidUntil > renewsOn;
}

function historyFacts(service: string, past: readonly PastCycle[], bounds: CycleBounds): FactSheet {
  const quantities = past.map((entry) => entry.usage[service] ?? 0);
  return {
    ...optional(`history.${service}.median`, median(quantities), 0),
    ...optional(`history.${service}.highest`, quantities.length > 0 ? Math.max(...quantities) : undefined, 0),
    ...usualFacts(`history.${service}`, usageByCycle(service, past, bounds), bounds),
    ...usualFacts(`history.${service}.events`, eventsByCycle(service, past, bounds), bounds),
  };
}

/** `….usual` and `….spread`, missing until enough cycles are known. */
function usualFacts(name: string, past: readonly PastValue[], { until }: CycleBounds): FactSheet {
  const found = usualOf(past, until);
  return { ...optional(`${name}.usual`, found?.usual, 0), ...optional(`${name}.spread`, found?.spread, 0) };
}

/** What past cycles cost, the lines of an account together, in micro-currency. */
export function chargesByCycle(past: readonly PastCycle[]): readonly PastValue[] {
  const byCycle = new Map<LocalDate, Rational>();
  for (const { until, charges } of past) byCycle.set(until, add(byCycle.get(until) ?? zero, parseDecimal(charges)));
  return [...byCycle].map(([until, charges]) => ({ until, value: toMicro(charges) }));
}

/** Use of a service in past cycles, as if they had had as many days as this one. */
export function usageByCycle(service: string, past: readonly PastCycle[], bounds: CycleBounds): readonly PastValue[] {
  return past.map((one) => ({ until: one.until, value: ((one.usage[service] ?? 0) * daysIn(bounds)) / daysIn(one) }));
}

/** The same of the number of its events; cycles taken over from elsewhere may not know it. */
function eventsByCycle(service: string, past: readonly PastCycle[], bounds: CycleBounds): readonly PastValue[] {
  return past
    .filter(({ events }) => events !== undefined)
    .map((one) => ({ until: one.until, value: ((one.events?.[service] ?? 0) * daysIn(bounds)) / daysIn(one) }));
}

function optional(name: string, value: FactValue | undefined, whileMissing: FactValue): FactSheet {
  return { [name]: value ?? whileMissing, [`${name}.known`]: value !== undefined };
}
