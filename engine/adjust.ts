/**
 * Adjust: discounts, on the rounded amounts that the customer sees, before tax.
 *
 * `after X` takes its share of what X and all that X comes after left, everything else of the original amounts. All discounts together never take more
 * than a line has. A discount is rounded once; where its base bears different taxes it stands on one line for each, whose
 * amounts are cut from the one rounded amount.
 *
 * A fee that is given back had its discounts when it was charged, by the bill before: of those in percent, the part that
 * belongs to it is taken back, so that nobody is given back more than was paid.
 */
import { decide } from './decide/decide.ts';
import { type ClosedCycle, factsOfBillBefore } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Decision, Subscription, TaxedLine } from './model.ts';
import {
  add,
  compare,
  divide,
  formatExact,
  larger,
  multiply,
  negate,
  parseDecimal,
  type Rational,
  rational,
  roundToMinor,
  smaller,
  subtract,
  sum,
  zero,
} from './money.ts';
import type { DiscountOutcome, RoundingMode } from './outcomes.ts';
import { cycleIndex } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { Facts, StockRule } from './rule-set.ts';
import { decimalInWords } from './words.ts';

/** The discount lines of one subscription, in the order in which they are taken. */
export function adjust(
  lines: readonly TaxedLine[],
  cycle: AccountCycle,
  subscription: Subscription,
  sheets: ClosedCycle,
  rules: LoadedRuleSet,
  decisions: Decision[],
): readonly TaxedLine[] {
  const facts = sheets.subscriptions.get(subscription.id) ?? sheets.account;
  const number = cycleIndex(cycle.account.cycleDay, cycle.bounds.from);
  const firedOn = (sheet: Facts, cycleNumber: number) =>
    (decide<DiscountOutcome>(rules, 'discount', sheet, decisions, subscription.id)?.rules ?? []).filter((rule) =>
      isInTime(rule.event.params.outcome, cycleNumber, cycle, subscription),
    );
  const charged = lines.filter((line) => line.kind !== 'fee refund');
  const refunds = lines.filter((line) => line.kind === 'fee refund').map(mirrored);
  const discounts = takeAll(firedOn(facts, number), charged, cycle, subscription, rules);
  if (refunds.length === 0) return discounts;
  const then = firedOn(factsOfBillBefore(facts, cycle, subscription, rules.document.services), number - 1);
  const ofPercent = then.filter((rule) => rule.event.params.outcome.take.kind === 'percent');
  return [...discounts, ...takeAll(ofPercent, refunds, cycle, subscription, rules).map(takenBack)];
}

/** A refund as the charge that it gives back. */
function mirrored(line: TaxedLine): TaxedLine {
  return { ...line, amount: negated(line.amount) };
}

function takenBack(line: TaxedLine): TaxedLine {
  const { id, amount, exact, because } = line;
  const how = `${because.how} given back`;
  return { ...line, id: `${id}/refund`, amount: negated(amount), exact: negated(exact), because: { ...because, how } };
}

/** Of a decimal or a fraction in text. */
function negated(amount: string): string {
  if (/^[0./]+$/.test(amount)) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

function takeAll(
  fired: readonly StockRule<DiscountOutcome>[],
  lines: readonly TaxedLine[],
  cycle: AccountCycle,
  subscription: Subscription,
  rules: LoadedRuleSet,
): readonly TaxedLine[] {
  const before = predecessors((rules.sets.get('discount')?.set.rules ?? []) as readonly StockRule<DiscountOutcome>[]);
  const ledger: Ledger = { taken: new Map(lines.map((line) => [line.id, new Map<string, Rational>()])) };
  const plan =
    planOn(agreedPlans(rules.document, subscription, cycle.customer.id), cycle.bounds.from) ?? rules.document.plans[0];
  const mode = plan?.rounding ?? 'half even';
  return inOrderOfTaking(fired, before).flatMap((rule) => {
    const base = lines.filter((line) => isInBase(line, rule.event.params.outcome));
    return takeOff(rule, base, ledger, { cycle, subscription, mode, after: before.get(rule.name) ?? [] });
  });
}

/** What each discount has taken from each line: line id → discount → amount. */
interface Ledger {
  readonly taken: ReadonlyMap<string, Map<string, Rational>>;
}

interface Circumstances {
  readonly cycle: AccountCycle;
  readonly subscription: Subscription;
  readonly mode: RoundingMode;
  /** Discounts whose takings are not there any more when this one is worked out. */
  readonly after: readonly string[];
}

function isInTime(
  outcome: DiscountOutcome,
  cycleNumber: number,
  { account }: AccountCycle,
  { acceptedOn }: Subscription,
): boolean {
  if (outcome.cyclesFromAcceptance === undefined) return true;
  const number = cycleNumber - cycleIndex(account.cycleDay, acceptedOn);
  return 0 <= number && number < outcome.cyclesFromAcceptance;
}

/**
 * All that a discount comes after, directly or through others, also through one that does not fire: `c after b`, `b after a`
 * means that `c` comes after `a`.
 */
function predecessors(all: readonly StockRule<DiscountOutcome>[]): ReadonlyMap<string, readonly string[]> {
  const outcomes = new Map(all.map(({ name, event }) => [name, event.params.outcome]));
  const reach = (name: string, found: Set<string>): Set<string> => {
    for (const earlier of outcomes.get(name)?.after ?? []) {
      if (!found.has(earlier)) reach(earlier, found.add(earlier));
    }
    return found;
  };
  return new Map([...outcomes.keys()].map((name) => [name, [...reach(name, new Set())]]));
}

/** Rank order, but a discount comes behind those it works after. */
function inOrderOfTaking(
  fired: readonly StockRule<DiscountOutcome>[],
  before: ReadonlyMap<string, readonly string[]>,
): readonly StockRule<DiscountOutcome>[] {
  const ordered: StockRule<DiscountOutcome>[] = [];
  const place = (rule: StockRule<DiscountOutcome>, waiting: readonly string[]) => {
    if (ordered.includes(rule) || waiting.includes(rule.name)) return;
    for (const earlier of fired) {
      if (before.get(rule.name)?.includes(earlier.name)) place(earlier, [...waiting, rule.name]);
    }
    ordered.push(rule);
  };
  for (const rule of fired) place(rule, []);
  return ordered;
}

function isInBase(line: TaxedLine, { off }: DiscountOutcome): boolean {
  switch (off.kind) {
    case 'fee':
      return line.service === undefined && line.title === off.name;
    case 'service':
      return line.service === off.service;
    case 'all charges':
      return true;
  }
}

/** Lines of the base that bear one tax. */
interface TaxGroup {
  readonly lines: readonly TaxedLine[];
  /** What the discount is worked out on. */
  readonly base: Rational;
  readonly exact: Rational;
}

function takeOff(
  rule: StockRule<DiscountOutcome>,
  lines: readonly TaxedLine[],
  ledger: Ledger,
  { cycle, subscription, mode, after }: Circumstances,
): readonly TaxedLine[] {
  const { outcome, title = rule.name, at } = rule.event.params;
  const { currency } = cycle.account;
  const groups = groupsOf(lines, outcome, after, ledger);
  const base = sum(groups.map((group) => group.base));
  const worth = sum(groups.map((group) => group.exact));
  const total = outcome.cap ? smaller(worth, parseDecimal(outcome.cap.amount)) : worth;
  if (compare(total, zero) <= 0) return [];

  let soFar = zero;
  let roundedSoFar = zero;
  return groups.flatMap((group) => {
    const exact = divide(multiply(total, group.exact), worth);
    soFar = add(soFar, exact);
    const rounded = subtract(parseDecimal(roundToMinor(soFar, currency, mode)), roundedSoFar);
    roundedSoFar = add(roundedSoFar, rounded);
    const [first] = group.lines;
    if (!first || compare(rounded, zero) === 0) return [];
    shareOut(rule.name, rounded, group, ledger);
    const suffix = groups.length > 1 ? `/${first.taxCategory}-${decimalInWords(first.taxPercent)}` : '';
    return [
      {
        id: `${subscription.id}/${rule.name}${suffix}`,
        kind: 'discount' as const,
        subscriptionId: subscription.id,
        title,
        from: cycle.bounds.from,
        until: cycle.bounds.until,
        amount: roundToMinor(negate(rounded), currency, 'down'),
        exact: formatExact(negate(exact)),
        taxCategory: first.taxCategory,
        taxPercent: first.taxPercent,
        taxRule: first.taxRule,
        because: { rule: rule.name, at, how: howOf(outcome, roundToMinor(base, currency, 'down'), currency) },
      },
    ];
  });
}

function groupsOf(
  lines: readonly TaxedLine[],
  outcome: DiscountOutcome,
  after: readonly string[],
  ledger: Ledger,
): readonly TaxGroup[] {
  const byTax = new Map<string, TaxedLine[]>();
  for (const line of lines) {
    const key = `${line.taxCategory} ${line.taxPercent}`;
    byTax.set(key, [...(byTax.get(key) ?? []), line]);
  }
  const open = [...byTax.values()].map((group) => ({
    lines: group,
    base: positive(sum(group.map((line) => left(line, ledger, after)))),
    room: positive(sum(group.map((line) => left(line, ledger)))),
  }));
  const base = sum(open.map((group) => group.base));
  if (base.n === 0n) return [];
  return open.map((group) => ({ ...group, exact: smaller(worthOf(outcome.take, group.base, base), group.room) }));
}

function worthOf(take: DiscountOutcome['take'], base: Rational, allBases: Rational): Rational {
  if (take.kind === 'percent') return multiply(base, multiply(parseDecimal(take.percent), rational(1, 100)));
  const amount = smaller(parseDecimal(take.amount), allBases);
  return divide(multiply(amount, base), allBases);
}

/** What is left of a line after the named discounts, or after all so far. */
function left(line: TaxedLine, { taken }: Ledger, after?: readonly string[]): Rational {
  const takes = [...(taken.get(line.id) ?? [])].filter(([discount]) => after === undefined || after.includes(discount));
  return subtract(parseDecimal(line.amount), sum(takes.map(([, amount]) => amount)));
}

/** Books what was taken from a group on its lines, in proportion to what was left of them. */
function shareOut(discount: string, amount: Rational, { lines }: TaxGroup, ledger: Ledger): void {
  const room = sum(lines.map((line) => left(line, ledger)));
  for (const line of lines) {
    ledger.taken.get(line.id)?.set(discount, divide(multiply(amount, left(line, ledger)), room));
  }
}

function positive(amount: Rational): Rational {
  return larger(amount, zero);
}

function howOf({ take, cap }: DiscountOutcome, base: string, currency: string): string {
  const atMost = cap ? `, at most ${cap.amount} ${cap.currency}` : '';
  const off = take.kind === 'percent' ? `${decimalInWords(take.percent)} %` : `${take.amount} ${take.currency}`;
  return `${off} off ${base} ${currency}${atMost}`;
}
