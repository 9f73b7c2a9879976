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
import { type FactSheet, fillOptional, knownOf, optionalFact } from './fact-sheet.ts';
import { fillAccountHistory, fillHistory, serviceNames } from './history-facts.ts';
import type { LoadedRuleSet } from './load.ts';
import { sumInMicro, toMicro } from './micro.ts';
import type {
  AccountCycle,
  Bill,
  BillLine,
  Decision,
  EpochMs,
  GuidedEvent,
  LineKind,
  RatedUsage,
  Subscription,
} from './model.ts';
import { parseDecimal, sum } from './money.ts';
import { addDays, dayNumber } from './period.ts';
import { currentName } from './plans.ts';
import type { PrepaidPart } from './prepaid-credit.ts';
import type { Facts } from './rule-set.ts';
import { planNameOn } from './tenures.ts';
import { valueMicroOf } from './usage.ts';

/**
 * What is known before anything of the cycle is charged: it is the same in all sheets of a bill, which are copies of it. Worked out once
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

const vatId = optionalFact('customer.vat_id');
const appAccount = optionalFact('customer.app_account');
const renewsOn = optionalFact('subscription.renews_on');
const cancellationReason = optionalFact('subscription.cancellation_reason');
const dueOn = optionalFact('invoice.due_on');

/** Facts of the customer and the account, declared ones included, at the cycle's last instant. */
function openingAccount(cycle: AccountCycle, rules: LoadedRuleSet, record: Decision[]): FactSheet {
  const { account, customer } = cycle;
  const sheet = Object.assign(rules.sheet(), {
    always: true,
    at: startOfAccountDay(account, cycle.bounds.until) - 1,
    date: dayNumber(cycle.bounds.until) - 1,
    'account.id': account.id,
    'account.zone': zoneOn(account, addDays(cycle.bounds.until, -1)),
    'account.cycle.charges': 0,
    'account.cycle.net': 0,
    'account.credit': sumInMicro(cycle.prepaid ?? []),
    'customer.id': customer.id,
    'customer.category': customer.category,
    'customer.country': customer.country,
    'customer.tax_country': customer.taxCountry,
    'customer.zone': customer.zone,
    'customer.language': customer.language,
    'customer.interests': customer.interests,
    'customer.profile': customer.profile,
    'customer.bought': customer.bought ?? [],
  });
  fillOptional(sheet, vatId, customer.vatId, '');
  fillOptional(sheet, appAccount, customer.hasAppAccount, false);
  fillAccountHistory(sheet, cycle);
  for (const { name, type, scope, optional: mayBeMissing } of declaredFacts(rules)) {
    const value = scope === 'event' ? undefined : customer.facts?.[name];
    sheet[name] = value ?? defaultValue(type);
    if (mayBeMissing) sheet[knownOf(name)] = value !== undefined;
  }
  state(sheet, cycle);
  // What a customer is follows from all else that is known of it, so it comes last.
  sheet['customer.segments'] = customerSegments(sheet, rules, record);
  return state(sheet, cycle);
}

/** Facts of one subscription on top of the account's: its contract, its history, and a cycle in which nothing is used yet. */
export function subscriptionFacts(cycle: AccountCycle, subscription: Subscription, rules: LoadedRuleSet): FactSheet {
  const { account, subscriptions } = openingOf(cycle, rules);
  const known = subscriptions.get(subscription) ?? openingSubscription(cycle, subscription, account, rules);
  subscriptions.set(subscription, known);
  return rules.sheet(known);
}

function openingSubscription(
  cycle: AccountCycle,
  subscription: Subscription,
  account: Facts,
  rules: LoadedRuleSet,
): FactSheet {
  const { document } = rules;
  const sheet = Object.assign(rules.sheet(account), {
    'subscription.id': subscription.id,
    'subscription.plan': currentName(document, planNameOn(subscription, addDays(cycle.bounds.until, -1))),
    'subscription.payment': subscription.payment,
    'subscription.accepted_on': dayNumber(subscription.acceptedOn),
    'subscription.activated_on': dayNumber(subscription.activatedOn),
    'subscription.paid': isPaid(subscription),
    'subscription.suspended': subscription.suspended ?? false,
    'cycle.charges': 0,
    'cycle.net': 0,
  });
  fillOptional(sheet, renewsOn, subscription.renewsOn && dayNumber(subscription.renewsOn));
  fillOptional(sheet, cancellationReason, subscription.cancellationReason, '');
  fillHistory(sheet, cycle, subscription, document);
  return state(sheet, cycle);
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
    ...(prepaid && { 'account.credit': sumInMicro(prepaid.left) }),
  };
  const account = state(Object.assign(rules.sheet(openingOf(cycle, rules).account), ofAccount), cycle);
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
  rules: LoadedRuleSet,
): Facts {
  const { account, bounds, history } = cycle;
  const past = history.find((entry) => entry.subscriptionId === subscription.id && entry.until === bounds.from);
  const charges = toMicro(parseDecimal(past?.charges ?? '0'));
  const sheet = Object.assign(rules.sheet(facts), {
    at: startOfAccountDay(account, bounds.from) - 1,
    'cycle.charges': charges,
    'cycle.net': charges,
  });
  for (const { service, used } of serviceNames(rules.document)) sheet[used] = past?.usage[service] ?? 0;
  return state(sheet, cycle);
}

/** The account's facts as the bill of the cycle before saw them. */
export function accountFactsOfBillBefore(facts: Facts, cycle: AccountCycle, rules: LoadedRuleSet): Facts {
  const { account, bounds, history } = cycle;
  const past = history.filter((entry) => entry.until === bounds.from);
  const charges = toMicro(sum(past.map((entry) => parseDecimal(entry.charges))));
  const sheet = Object.assign(rules.sheet(facts), {
    at: startOfAccountDay(account, bounds.from) - 1,
    'account.cycle.charges': charges,
    'account.cycle.net': charges,
  });
  return state(sheet, cycle);
}

/** Facts of the bill as a whole, on top of the account's or a subscription's. Its due day is not known before it is issued, and nothing of it is paid. */
export function invoiceFacts(
  holder: Facts | undefined,
  bill: Bill,
  cycle: AccountCycle,
  rules: LoadedRuleSet,
): FactSheet {
  const sheet = Object.assign(rules.sheet(holder), {
    'invoice.total': toMicro(parseDecimal(bill.total)),
    'invoice.net': toMicro(parseDecimal(bill.net)),
    'invoice.currency': bill.currency,
    'invoice.open': toMicro(parseDecimal(bill.total)),
    'invoice.paid': parseDecimal(bill.total).n <= 0n,
    'invoice.disputed': false,
  });
  fillOptional(sheet, dueOn, undefined);
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

/** Facts of a line, in place of those of the line before. */
export function fillLine(
  sheet: FactSheet,
  line: Pick<BillLine, 'kind' | 'amount' | 'fiscalCategory' | 'service'>,
): FactSheet {
  sheet['line.kind'] = line.kind;
  sheet['line.net'] = toMicro(parseDecimal(line.amount));
  sheet['line.fiscal_category'] = line.fiscalCategory ?? '';
  sheet['line.service'] = line.service ?? '';
  return sheet;
}

/** A sheet for each subscription of a closed cycle, to be filled for one event or line after the other. */
export function workingSheets({ subscriptions }: ClosedCycle, rules: LoadedRuleSet): (id: string) => FactSheet {
  const made = new Map<string, FactSheet>();
  return (id) => {
    const sheet = made.get(id) ?? rules.sheet(subscriptions.get(id));
    made.set(id, sheet);
    return sheet;
  };
}

/** Facts that a test says outright replace those of the sheet. */
export function state(sheet: FactSheet, cycle: Pick<AccountCycle, 'stated'>): FactSheet {
  if (!cycle.stated) return sheet;
  for (const [name, value] of Object.entries(cycle.stated)) {
    if (value !== null) sheet[name] = value;
    if (sheet[knownOf(name)] !== undefined) sheet[knownOf(name)] = value !== null;
  }
  return sheet;
}

/** The coming term begins on the day of renewal: what is paid only up to that day does not cover it. */
function isPaid({ paidUntil, renewsOn }: Subscription): boolean {
  return paidUntil !== undefined && renewsOn !== undefined && paidUntil > renewsOn;
}
