import { customerSegments } from '../../engine/customer-segments.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import { addDays, dayNumber, localDate, localDayNumber } from '../../engine/period.ts';
import { currentName } from '../../engine/plans.ts';
import type { FactDefinition, Facts, FactValue, Item, RuleSet } from '../../engine/rule-set.ts';
import { builtInFacts } from '../../engine/vocabulary.ts';
import { factFaults, withKnown } from './complete-facts.ts';
import type { CustomerRow, OrderRow, StoredItem, Subject, SubscriptionRow } from './subjects.ts';

/**
 * The facts that rules on a business event or a reminder may read, in base units, from the books. Every optional fact
 * is there with its `.known`. Where no account is concerned, its time is the customer's: a calendar “in plan time” then
 * goes by the zone that the customer lives in.
 *
 * @param at when the event happened, or when the reminder is decided.
 * The customer's segments are worked out from all the rest.
 */
export function eventFacts(subject: Subject, at: EpochMs, rules: LoadedRuleSet): Facts {
  const definitions = rules.document.facts;
  const { customer, account, order, subscription, invoice, payment } = subject;
  const facts: Record<string, FactValue> = {
    ...declaredFacts(customer, definitions),
    ...customerFacts(customer),
    always: true,
    at,
    date: localDayNumber(at, account?.zone ?? customer.zone),
    'account.zone': account?.zone ?? customer.zone,
  };
  if (account !== undefined) facts['account.id'] = account.id;
  if (order !== undefined) Object.assign(facts, orderFacts(order, at, customer.zone));
  if (subscription !== undefined) Object.assign(facts, subscriptionFacts(subscription, rules.document));
  if (invoice !== undefined) {
    facts['invoice.total'] = micro(invoice.total);
    facts['invoice.net'] = micro(invoice.net);
    facts['invoice.due_on'] = dayNumber(invoice.dueOn);
    facts['invoice.currency'] = invoice.currency;
    facts['invoice.open'] = micro(invoice.open);
    facts['invoice.paid'] = micro(invoice.open) === 0;
    facts['invoice.disputed'] = invoice.disputed;
  }
  if (payment !== undefined) {
    facts['payment.amount'] = micro(payment.amount);
    facts['payment.method'] = payment.method;
  }
  const known = withKnown(facts, definitions);
  const segments = segmentsKnown(known, rules);
  return segments === undefined ? known : { ...known, 'customer.segments': segments };
}

/** Undefined if a segment reads something that is not known of the customer; nothing that reads segments is decided then. */
function segmentsKnown(facts: Facts, rules: LoadedRuleSet): readonly string[] | undefined {
  const set = rules.sets.get('segment');
  const definitions = new Map(rules.document.facts.map((fact) => [fact.name, fact]));
  if (set && factFaults(set, facts, definitions).length > 0) return undefined;
  return customerSegments(facts, rules);
}

/** Things ordered, as rules see them. */
export function itemsOf(stored: readonly StoredItem[]): readonly Item[] {
  return stored.map(({ category, price, currency }) => ({ category, price: micro(price), currency }));
}

/** The day that a date fact stands for. */
export function dayOf(factValue: number): LocalDate {
  return addDays('1970-01-01', factValue);
}

/** Only what the rules declare: what else stands with a customer must not pass for a fact of the books. */
function declaredFacts(customer: CustomerRow, definitions: readonly FactDefinition[]): Record<string, FactValue> {
  const declared = new Set(definitions.map(({ name }) => name));
  for (const { name } of builtInFacts) declared.delete(name);
  return Object.fromEntries(Object.entries(customer.facts).filter(([name]) => declared.has(name)));
}

function customerFacts(customer: CustomerRow): Record<string, FactValue> {
  return {
    'customer.id': customer.id,
    'customer.category': customer.category,
    'customer.country': customer.country,
    'customer.tax_country': customer.taxCountry,
    ...(customer.vatId !== null && { 'customer.vat_id': customer.vatId }),
    'customer.zone': customer.zone,
    'customer.language': customer.language,
    ...(customer.hasAppAccount !== null && { 'customer.app_account': customer.hasAppAccount }),
    'customer.interests': customer.interests,
    'customer.profile': customer.profile,
    'customer.bought': itemsOf(customer.bought),
  };
}

function orderFacts(order: OrderRow, at: EpochMs, zone: string): Record<string, FactValue> {
  return {
    'order.id': order.id,
    'order.value': micro(order.value),
    'order.category': order.category,
    'order.items': itemsOf(order.items.map((item) => ({ ...item, currency: order.currency }))),
    'order.placed_on': dayNumber(localDate(order.placedAt, zone)),
    'order.due_on': dayNumber(order.dueOn),
    'order.age': Math.max(0, at - order.placedAt),
    'order.over': order.over,
  };
}

function subscriptionFacts(subscription: SubscriptionRow, document: RuleSet): Record<string, FactValue> {
  const { renewsOn, paidUntil, suspendedOn, cancellationReason } = subscription;
  return {
    'subscription.id': subscription.id,
    'subscription.plan': currentName(document, subscription.plan),
    'subscription.payment': subscription.payment,
    'subscription.accepted_on': dayNumber(subscription.acceptedOn),
    'subscription.activated_on': dayNumber(subscription.activatedOn),
    ...(renewsOn !== null && { 'subscription.renews_on': dayNumber(renewsOn) }),
    // The coming term begins on the day of renewal: a payment that reaches just up to that day does not cover it.
    'subscription.paid': paidUntil !== null && renewsOn !== null && paidUntil > renewsOn,
    'subscription.suspended': suspendedOn !== null,
    ...(cancellationReason !== null && { 'subscription.cancellation_reason': cancellationReason }),
  };
}

/**
 * Micro-currency; a finer digit than rules can see is a fault of the source. An amount that is too large to be exact is passed on: only a rule
 * that reads it cannot decide (`factFaults`), and money is booked whatever its size.
 */
function micro(amount: string): number {
  const match = /^(-?)(\d+)(?:\.(\d{1,6})0*)?$/.exec(amount);
  if (match === null) throw new Error(`The amount ${amount} is finer than rules can see`);
  return Number(`${match[1]}${match[2]}${(match[3] ?? '').padEnd(6, '0')}`);
}
