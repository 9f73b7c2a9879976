/**
 * What a change of the rules does to the money: each account's cycle billed under both rule sets by the one
 * `evaluateCycle`, and the differences summed. What is kept does not grow with the number of accounts.
 */
import { evaluateCycle } from './cycle.ts';
import { customerDecisions } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Amount, CycleEvaluation } from './model.ts';
import { add, compare, formatAmount, parseDecimal, type Rational, rational, subtract, zero } from './money.ts';

/** One account's bill under both rule sets. */
export interface AccountImpact {
  readonly accountId: string;
  readonly customerId: string;
  readonly customer: string;
  readonly category: string;
  /** Those of the customer by the new rules. */
  readonly segments: readonly string[];
  readonly currency: string;
  readonly before: AccountMoney;
  readonly after: AccountMoney;
}

export interface AccountMoney {
  readonly net: Amount;
  readonly tax: Amount;
  readonly total: Amount;
  /** Net by plan. */
  readonly plans: readonly { readonly plan: string; readonly net: Amount }[];
  /** Why a person must look before the invoice goes out; empty if it goes out. */
  readonly heldBy: readonly string[];
}

/** Amounts of one side, the other, and what is more (or, with a minus, less). */
export interface Change {
  readonly before: Amount;
  readonly after: Amount;
  readonly change: Amount;
}

export interface GroupChange extends Change {
  readonly key: string;
  readonly accounts: number;
}

/** Of one currency. */
export interface Impact {
  readonly currency: string;
  readonly accounts: number;
  readonly net: Change;
  readonly tax: Change;
  readonly total: Change;
  /** Net by plan, by customer category and by segment, by name; a customer may be in several segments, or in none. */
  readonly plans: readonly GroupChange[];
  readonly categories: readonly GroupChange[];
  readonly segments: readonly GroupChange[];
  /** How many accounts' totals change by how much. */
  readonly distribution: readonly { readonly change: string; readonly accounts: number }[];
  /** The accounts whose totals change most. */
  readonly movers: readonly AccountImpact[];
  readonly newlyHeld: HeldInvoices;
  readonly noLongerHeld: HeldInvoices;
}

export interface HeldInvoices {
  readonly accounts: number;
  /** The first of them by id. */
  readonly first: readonly AccountImpact[];
}

export function accountImpact(cycle: AccountCycle, before: LoadedRuleSet, after: LoadedRuleSet): AccountImpact {
  const evaluated = evaluateCycle(cycle, after, 'results');
  return {
    accountId: cycle.account.id,
    customerId: cycle.customer.id,
    customer: cycle.customer.name,
    category: cycle.customer.category,
    segments: segmentsOf(cycle, after),
    currency: cycle.account.currency,
    before: moneyOf(evaluateCycle(cycle, before, 'results'), cycle),
    after: moneyOf(evaluated, cycle),
  };
}

/** By how much an account's total changes. */
export function totalChange({ before, after }: AccountImpact): Rational {
  return subtract(parseDecimal(after.total), parseDecimal(before.total));
}

export interface ImpactSum {
  readonly add: (one: AccountImpact) => void;
  /** One entry for each currency, by its code; the same whatever order the accounts came in. */
  readonly result: () => readonly Impact[];
}

export function startImpact(): ImpactSum {
  const byCurrency = new Map<string, ReturnType<typeof sumOf>>();
  return {
    add: (one) => {
      const own = byCurrency.get(one.currency) ?? sumOf(one.currency);
      byCurrency.set(one.currency, own);
      own.add(one);
    },
    result: () => [...byCurrency].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own.result()),
  };
}

const mostMovers = 10;
const mostHeld = 20;

function sumOf(currency: string) {
  const [net, tax, total] = [pair(currency), pair(currency), pair(currency)];
  const [plans, categories, segments] = [groups(currency), groups(currency), groups(currency)];
  const distribution = new Map(bands.map(({ change }) => [change, 0]));
  const movers = firstFew(mostMovers, byChange);
  const newlyHeld = heldList();
  const noLongerHeld = heldList();
  let accounts = 0;
  const addOne = (one: AccountImpact) => {
    const { before, after } = one;
    accounts++;
    net.add(before.net, after.net);
    tax.add(before.tax, after.tax);
    total.add(before.total, after.total);
    categories.add(one.category, before.net, after.net);
    for (const segment of one.segments) segments.add(segment, before.net, after.net);
    for (const plan of new Set([...before.plans, ...after.plans].map((line) => line.plan)))
      plans.add(plan, netOf(before, plan), netOf(after, plan));
    const change = totalChange(one);
    const band = bands.find(({ upTo }) => upTo === undefined || compare(change, upTo) <= 0);
    if (band) distribution.set(band.change, (distribution.get(band.change) ?? 0) + 1);
    if (change.n !== 0n) movers.add(one);
    if (before.heldBy.length === 0 && after.heldBy.length > 0) newlyHeld.add(one);
    if (before.heldBy.length > 0 && after.heldBy.length === 0) noLongerHeld.add(one);
  };
  return {
    add: addOne,
    result: (): Impact => ({
      currency,
      accounts,
      net: net.result(),
      tax: tax.result(),
      total: total.result(),
      plans: plans.result(),
      categories: categories.result(),
      segments: segments.result(),
      distribution: [...distribution].map(([change, count]) => ({ change, accounts: count })),
      movers: movers.result(),
      newlyHeld: newlyHeld.result(),
      noLongerHeld: noLongerHeld.result(),
    }),
  };
}

/** Bounds of the distribution in the major unit of the currency: from much less to much more. */
const edges = [100, 20, 5, 1] as const;
const bands: readonly { readonly change: string; readonly upTo?: Rational }[] = [
  { change: `over ${edges[0]} less`, upTo: justBelow(-edges[0]) },
  ...edges.slice(1).map((edge, i) => ({ change: `${edge} to ${edges[i]} less`, upTo: justBelow(-edge) })),
  { change: `up to ${edges[3]} less`, upTo: justBelow(0) },
  { change: 'the same', upTo: zero },
  { change: `up to ${edges[3]} more`, upTo: rational(edges[3]) },
  ...edges.slice(0, -1).map((_, i) => {
    const [from, to] = [edges[edges.length - 1 - i], edges[edges.length - 2 - i]];
    return { change: `${from} to ${to} more`, upTo: rational(to ?? 0) };
  }),
  { change: `over ${edges[0]} more` },
];

/** An account that pays 5.00 less is in "1 to 5 less", as one that pays 5.00 more is in "1 to 5 more". */
function justBelow(edge: number): Rational {
  return subtract(rational(edge), rational(1, 1_000_000));
}

function moneyOf({ bill, exceptions }: CycleEvaluation, cycle: AccountCycle): AccountMoney {
  const plans = new Map<string, Rational>();
  for (const line of bill.lines) {
    const plan = cycle.subscriptions.find(({ id }) => id === line.subscriptionId)?.plan ?? 'none';
    plans.set(plan, add(plans.get(plan) ?? zero, parseDecimal(line.amount)));
  }
  const held = exceptions.filter(({ action }) => action === 'hold');
  return {
    net: bill.net,
    tax: bill.tax,
    total: bill.total,
    plans: [...plans].map(([plan, net]) => ({ plan, net: formatAmount(net, bill.currency) })),
    heldBy: [...new Set(held.map(({ rule, code }) => rule ?? code))].sort(),
  };
}

/** None where no rule of the bill reads them. */
function segmentsOf(cycle: AccountCycle, rules: LoadedRuleSet): readonly string[] {
  const decision = customerDecisions(cycle, rules).find(({ set }) => set === 'segment');
  return (rules.sets.get('segment')?.set.rules ?? []).flatMap(({ name, event: { params } }) =>
    decision?.matches.includes(name) && params.outcome.kind === 'segment' ? [params.outcome.segment] : [],
  );
}

function netOf({ plans }: AccountMoney, plan: string): Amount | undefined {
  return plans.find((one) => one.plan === plan)?.net;
}

function pair(currency: string) {
  let [before, after] = [zero, zero];
  return {
    add: (was: Amount | undefined, is: Amount | undefined) => {
      if (was !== undefined) before = add(before, parseDecimal(was));
      if (is !== undefined) after = add(after, parseDecimal(is));
    },
    result: (): Change => ({
      before: formatAmount(before, currency),
      after: formatAmount(after, currency),
      change: formatAmount(subtract(after, before), currency),
    }),
  };
}

function groups(currency: string) {
  const byKey = new Map<string, { readonly money: ReturnType<typeof pair>; accounts: number }>();
  return {
    add: (key: string, was: Amount | undefined, is: Amount | undefined) => {
      const own = byKey.get(key) ?? { money: pair(currency), accounts: 0 };
      byKey.set(key, own);
      own.accounts++;
      own.money.add(was, is);
    },
    result: (): readonly GroupChange[] =>
      [...byKey]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { money, accounts }]) => ({ key, accounts, ...money.result() })),
  };
}

function heldList() {
  const first = firstFew(mostHeld, byId);
  let accounts = 0;
  return {
    add: (one: AccountImpact) => {
      accounts++;
      first.add(one);
    },
    result: (): HeldInvoices => ({ accounts, first: first.result() }),
  };
}

/** The first of all that are added, in an order of their own; never more than these are kept. */
function firstFew(most: number, order: (a: AccountImpact, b: AccountImpact) => number) {
  const kept: AccountImpact[] = [];
  return {
    add: (one: AccountImpact) => {
      const place = kept.findIndex((other) => order(one, other) < 0);
      kept.splice(place < 0 ? kept.length : place, 0, one);
      kept.length = Math.min(kept.length, most);
    },
    result: (): readonly AccountImpact[] => [...kept],
  };
}

function byChange(a: AccountImpact, b: AccountImpact): number {
  const size = (one: AccountImpact) => {
    const change = totalChange(one);
    return change.n < 0n ? { n: -change.n, d: change.d } : change;
  };
  return compare(size(b), size(a)) || byId(a, b);
}

function byId(a: AccountImpact, b: AccountImpact): number {
  return a.accountId < b.accountId ? -1 : a.accountId > b.accountId ? 1 : 0;
}
