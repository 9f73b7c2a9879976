/** Builders of rule sets and cycles, so that a test says only what it is about. */
import type { BillingAccount } from '../../engine/billing-account.ts';
import { cycleBounds } from '../../engine/cycles.ts';
import type { Fee } from '../../engine/fee.ts';
import type { AccountCycle, Customer, Subscription, UsageEvent } from '../../engine/model.ts';
import type { Outcome, RateOutcome, UsagePrice } from '../../engine/outcomes.ts';
import type {
  Allowance,
  Condition,
  DecisionSet,
  FactDefinition,
  Family,
  LeafCondition,
  Plan,
  Policy,
  RuleSet,
  Scope,
  StockRule,
} from '../../engine/rule-set.ts';
import { serviceFacts } from '../../engine/service-facts.ts';
import { builtInFacts, builtInServices } from '../../engine/vocabulary.ts';

const at = { file: 'test.rules', line: 1 };

export const is = (
  fact: string,
  value: LeafCondition['value'],
  operator: LeafCondition['operator'] = 'equal',
): LeafCondition => ({
  fact,
  operator,
  value,
});

export const otherwise = 'otherwise';

/** Rules in the author's order; a condition `otherwise` makes the set's fallback. */
export function decisionSet<O extends Outcome>(
  id: string,
  family: Family,
  policy: Policy,
  scope: Scope,
  rules: readonly (readonly [name: string, when: Condition | typeof otherwise, outcome: O, title?: string])[],
): DecisionSet<O> {
  const stock = rules.map(([name, when, outcome, title], rank): StockRule<O> => {
    const condition = when === otherwise ? is('always', true) : when;
    return {
      name,
      priority: 1,
      conditions: 'fact' in condition ? { all: [condition] } : condition,
      event: {
        type: family,
        params: {
          rank,
          at,
          outcome,
          ...(when === otherwise && { otherwise: true as const }),
          ...(title !== undefined && { title }),
        },
      },
    };
  });
  const facts = [...new Set(stock.flatMap((rule) => factsIn(rule.conditions)))].sort();
  return { id, family, policy, scope, facts, rules: stock };
}

export function factsIn(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(factsIn);
  if ('any' in condition) return condition.any.flatMap(factsIn);
  if ('not' in condition) return factsIn(condition.not);
  return [condition.fact];
}

export function ruleSet(parts: Partial<RuleSet>): RuleSet {
  const services = parts.services ?? builtInServices;
  const facts: readonly FactDefinition[] = [...builtInFacts, ...services.flatMap(serviceFacts), ...(parts.facts ?? [])];
  return {
    format: 'ratebook/rule-set/1',
    hash: 'test',
    sources: [],
    derived: [],
    tables: [],
    calendars: [],
    roles: [],
    messages: [],
    plans: [],
    contracts: [],
    decisions: [],
    ...parts,
    services,
    facts,
  };
}

export function plan(parts: Partial<Plan>): Plan {
  return {
    id: 'flex',
    title: 'Mobile Flex',
    currency: 'EUR',
    rounding: 'half even',
    split: 'at boundaries',
    from: '2026-01-01',
    fees: [],
    allowances: [],
    rates: {},
    allowanceDecisions: {},
    calendars: [],
    at,
    ...parts,
  };
}

export function fee(parts: Partial<Fee> = {}): Fee {
  return {
    id: 'flex.fee.line-rental',
    name: 'Line rental',
    amount: '12.00',
    interval: 'monthly',
    due: 'in advance',
    prorated: 'by day',
    at,
    ...parts,
  };
}

export function allowance(parts: Partial<Allowance> & Pick<Allowance, 'service' | 'quantity'>): Allowance {
  return {
    id: `flex.allowance.${parts.service}`,
    rolloverCycles: 0,
    prorated: 'by day',
    title: `${parts.quantity} of ${parts.service}`,
    at,
    ...parts,
  };
}

export function rateOutcome(price: UsagePrice, more: Partial<RateOutcome> = {}): RateOutcome {
  return { kind: 'rate', currency: 'EUR', price, ...more };
}

export const perMinute = (amount: string): UsagePrice => ({ kind: 'flat', price: { amount, per: 60_000 } });
export const perMessage = (amount: string): UsagePrice => ({ kind: 'flat', price: { amount, per: 1 } });
export const bySecond = { first: 1000, next: 1000 };

/** A rate of one rule, always. */
export function flatRate(service: string, price: UsagePrice, more: Partial<RateOutcome> = {}): DecisionSet {
  const name = `flex.${service}.otherwise`;
  return decisionSet(`rate:flex.${service}`, 'rate', 'exactly one', 'portion', [
    [name, otherwise, rateOutcome(price, more)],
  ]);
}

/** Every portion of a service may use its allowance. */
export function allowanceFor(service: string): DecisionSet {
  const id = `flex.allowance.${service}`;
  return decisionSet(`allowance:flex.${service}`, 'allowance', 'all', 'portion', [
    [id, is('always', true), { kind: 'allowance', allowance: id }],
  ]);
}

export const standardTax = decisionSet('tax', 'tax', 'exactly one', 'line', [
  ['tax.standard', otherwise, { kind: 'tax', percent: '19', category: 'S' }],
]);

const account: BillingAccount = {
  id: 'A-1',
  currency: 'EUR',
  zone: 'Europe/Berlin',
  cycleDay: 1,
  openedOn: '2020-01-01',
};

const customer: Customer = {
  id: 'C-1',
  name: 'Erika Mustermann',
  category: 'consumer',
  country: 'DE',
  taxCountry: 'DE',
  language: 'de',
  zone: 'Europe/Berlin',
  interests: [],
  profile: '',
};

export function subscription(parts: Partial<Subscription> = {}): Subscription {
  return {
    id: 'S-1',
    plan: 'flex',
    msisdn: '+491701234567',
    payment: 'manual',
    acceptedOn: '2026-01-01',
    activatedOn: '2026-01-01',
    ...parts,
  };
}

export interface CycleParts extends Partial<Omit<AccountCycle, 'account' | 'customer'>> {
  readonly account?: Partial<BillingAccount>;
  readonly customer?: Partial<Customer>;
  /** The cycle that holds this date. */
  readonly on?: string;
}

/** May 2026 of a Berlin consumer who has had plan `flex` since January. */
export function accountCycle({ on = '2026-05-01', account: a, customer: c, ...parts }: CycleParts = {}): AccountCycle {
  const billed = { ...account, ...a };
  return {
    account: billed,
    customer: { ...customer, ...c },
    subscriptions: [subscription()],
    usage: [],
    balances: [],
    history: [],
    bounds: cycleBounds(billed, on),
    ...parts,
  };
}

let count = 0;

/** An event at an instant with zone, e.g. `2026-05-04T20:00+02:00`. */
export function usage(start: string, parts: Partial<UsageEvent>): UsageEvent {
  count += 1;
  return {
    id: `e${count}`,
    source: 'msc',
    sequence: count,
    msisdn: '+491701234567',
    service: 'voice',
    startAt: Date.parse(start),
    durationMs: 0,
    bytes: 0,
    messages: 0,
    direction: 'outgoing',
    calledNumber: '+493012345678',
    callingNumber: '+491701234567',
    visitedNetwork: '26299',
    ...parts,
  };
}

export const call = (start: string, seconds: number, parts: Partial<UsageEvent> = {}): UsageEvent =>
  usage(start, { service: 'voice', durationMs: seconds * 1000, ...parts });

export const session = (start: string, bytes: number, parts: Partial<UsageEvent> = {}): UsageEvent =>
  usage(start, { service: 'data', bytes, calledNumber: '', callingNumber: '', ...parts });

export const text = (start: string, parts: Partial<UsageEvent> = {}): UsageEvent =>
  usage(start, { service: 'sms', messages: 1, ...parts });

export const GB = 1_000_000_000;
export const MIN = 60_000;
