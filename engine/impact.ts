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
  /** Takes in what was summed elsewhere of other accounts. */
  readonly merge: (others: ImpactSums) => void;
  /** What is summed so far, as data that a thread can send. */
  readonly sums: () => ImpactSums;
  /** One entry for each currency, by its code; the same whatever order the accounts came in, and in whatever parts they were summed. */
  readonly result: () => readonly Impact[];
}

/** Sums of some accounts by currency, exact and not yet written as amounts. */
export type ImpactSums = ReadonlyMap<string, Sums>;

interface Sums {
  readonly accounts: number;
  readonly net: Pair;
  readonly tax: Pair;
  readonly total: Pair;
  readonly plans: Groups;
  readonly categories: Groups;
  readonly segments: Groups;
  /** Accounts by band, in the order of `bands`. */
  readonly distribution: readonly number[];
  readonly movers: readonly AccountImpact[];
  readonly newlyHeld: HeldInvoices;
  readonly noLongerHeld: HeldInvoices;
}

interface Pair {
  readonly before: Rational;
  readonly after: Rational;
}

type Groups = ReadonlyMap<string, Pair & { readonly accounts: number }>;

/** An account is summed as a part of one account, so that there is one way to sum: joining parts. */
export function startImpact(): ImpactSum {
  const byCurrency = new Map<string, Sums>();
  const take = (currency: string, sums: Sums) => {
    const own = byCurrency.get(currency);
    byCurrency.set(currency, own ? joined(own, sums) : sums);
  };
  return {
    add: (one) => take(one.currency, sumsOfOne(one)),
    merge: (others) => {
      for (const [currency, sums] of others) take(currency, sums);
    },
    sums: () => byCurrency,
    result: () => [...byCurrency].sort(byKey).map(([currency, sums]) => impactOf(sums, currency)),
  };
}

const mostMovers = 10;
const mostHeld = 20;

function sumsOfOne(one: AccountImpact): Sums {
  const { before, after } = one;
  const net = pairOf(before.net, after.net);
  const change = totalChange(one);
  const plans = new Set([...before.plans, ...after.plans].map(({ plan }) => plan));
  return {
    accounts: 1,
    net,
    tax: pairOf(before.tax, after.tax),
    total: pairOf(before.total, after.total),
    plans: new Map(
      [...plans].map((plan) => [plan, { ...pairOf(netOf(before, plan), netOf(after, plan)), accounts: 1 }]),
    ),
    categories: new Map([[one.category, { ...net, accounts: 1 }]]),
    segments: new Map(one.segments.map((segment) => [segment, { ...net, accounts: 1 }])),
    distribution: inBand(change),
    movers: change.n === 0n ? [] : [one],
    newlyHeld: heldIf(before.heldBy.length === 0 && after.heldBy.length > 0, one),
    noLongerHeld: heldIf(before.heldBy.length > 0 && after.heldBy.length === 0, one),
  };
}

function joined(a: Sums, b: Sums): Sums {
  return {
    accounts: a.accounts + b.accounts,
    net: joinedPair(a.net, b.net),
    tax: joinedPair(a.tax, b.tax),
    total: joinedPair(a.total, b.total),
    plans: joinedGroups(a.plans, b.plans),
    categories: joinedGroups(a.categories, b.categories),
    segments: joinedGroups(a.segments, b.segments),
    distribution: a.distribution.map((accounts, band) => accounts + (b.distribution[band] ?? 0)),
    movers: firstFew(a.movers, b.movers, mostMovers, byChange),
    newlyHeld: joinedHeld(a.newlyHeld, b.newlyHeld),
    noLongerHeld: joinedHeld(a.noLongerHeld, b.noLongerHeld),
  };
}

function impactOf(sums: Sums, currency: string): Impact {
  const inWords = ({ before, after }: Pair): Change => ({
    before: formatAmount(before, currency),
    after: formatAmount(after, currency),
    change: formatAmount(subtract(after, before), currency),
  });
  const byName = (groups: Groups): readonly GroupChange[] =>
    [...groups].sort(byKey).map(([key, group]) => ({ key, accounts: group.accounts, ...inWords(group) }));
  return {
    currency,
    accounts: sums.accounts,
    net: inWords(sums.net),
    tax: inWords(sums.tax),
    total: inWords(sums.total),
    plans: byName(sums.plans),
    categories: byName(sums.categories),
    segments: byName(sums.segments),
    distribution: bands.map(({ change }, band) => ({ change, accounts: sums.distribution[band] ?? 0 })),
    movers: sums.movers,
    newlyHeld: sums.newlyHeld,
    noLongerHeld: sums.noLongerHeld,
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

function pairOf(was: Amount | undefined, is: Amount | undefined): Pair {
  return {
    before: was === undefined ? zero : parseDecimal(was),
    after: is === undefined ? zero : parseDecimal(is),
  };
}

function joinedPair(a: Pair, b: Pair): Pair {
  return { before: add(a.before, b.before), after: add(a.after, b.after) };
}

function joinedGroups(a: Groups, b: Groups): Groups {
  const groups = new Map(a);
  for (const [key, group] of b) {
    const own = groups.get(key);
    groups.set(key, own ? { ...joinedPair(own, group), accounts: own.accounts + group.accounts } : group);
  }
  return groups;
}

function inBand(change: Rational): readonly number[] {
  const own = bands.findIndex(({ upTo }) => upTo === undefined || compare(change, upTo) <= 0);
  return bands.map((_, band) => (band === own ? 1 : 0));
}

function heldIf(isSo: boolean, one: AccountImpact): HeldInvoices {
  return isSo ? { accounts: 1, first: [one] } : { accounts: 0, first: [] };
}

function joinedHeld(a: HeldInvoices, b: HeldInvoices): HeldInvoices {
  return { accounts: a.accounts + b.accounts, first: firstFew(a.first, b.first, mostHeld, byId) };
}

/** The first of both; each of them is in order. Most accounts are not among them, which one comparison tells. */
function firstFew(
  a: readonly AccountImpact[],
  b: readonly AccountImpact[],
  most: number,
  order: (a: AccountImpact, b: AccountImpact) => number,
): readonly AccountImpact[] {
  const last = a[most - 1];
  const found = last === undefined ? b : b.filter((one) => order(one, last) < 0);
  return found.length === 0 ? a : [...a, ...found].sort(order).slice(0, most);
}

function byChange(a: AccountImpact, b: AccountImpact): number {
  const size = (one: AccountImpact) => {
    const change = totalChange(one);
    return change.n < 0n ? { n: -change.n, d: change.d } : change;
  };
  return compare(size(b), size(a)) || byId(a, b);
}

/** Two cycles of one account stand in an order of their own too: which came first depends on the threads. */
function byId(a: AccountImpact, b: AccountImpact): number {
  return inOrder(a.accountId, b.accountId) || inOrder(JSON.stringify(a), JSON.stringify(b));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return inOrder(a, b);
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
