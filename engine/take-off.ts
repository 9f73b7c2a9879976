/**
 * What one discount takes, and off which lines. Exact until it is rounded once; where its base bears different taxes, fiscal
 * categories or stands on several subscriptions, it stands on one line for each, whose amounts are cut from the one rounded amount.
 */
import type { DiscountRule } from './discount-order.ts';
import { groupBy } from './group-by.ts';
import type { AccountCycle, Subscription, TaxedLine } from './model.ts';
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
import type { DiscountOutcome, GraduatedReduction, RoundingMode } from './outcomes.ts';
import { coveredPart } from './promotion.ts';
import { decimalInWords } from './words.ts';

/** What each discount has taken from each line: line id → discount → amount. */
export type Ledger = ReadonlyMap<string, Map<string, Rational>>;

/** A discount that is to be taken, with the lines of its base. */
export interface Claim {
  readonly rule: DiscountRule;
  readonly lines: readonly TaxedLine[];
  /** Whose acceptance a promotion counts from; none for the account. */
  readonly subscription?: Subscription;
  /** Discounts whose takings are not there any more when this one is worked out. */
  readonly after: readonly string[];
}

export interface Taking {
  readonly claim: Claim;
  readonly total: Rational;
  readonly parts: readonly { readonly group: Group; readonly exact: Rational; readonly rounded: Rational }[];
  /** What it was worked out on, in words. */
  readonly how: string;
}

/** Lines of the base that make one line of the discount. */
interface Group {
  readonly lines: readonly TaxedLine[];
  /** What is there to be discounted. */
  readonly full: Rational;
  /** The same on the days that the discount covers. */
  readonly covered: Rational;
  /** What other discounts have left of it. */
  readonly room: Rational;
}

export function openLedger(lines: readonly TaxedLine[]): Ledger {
  return new Map(lines.map((line) => [line.id, new Map<string, Rational>()]));
}

/** What a discount takes as the ledger stands; undefined if there is nothing to take. `modeOf` is the rounding of a subscription's plan. */
export function takingOf(
  claim: Claim,
  ledger: Ledger,
  currency: string,
  modeOf: (subscriptionId: string) => RoundingMode,
): Taking | undefined {
  const { outcome } = claim.rule.event.params;
  const groups = groupsOf(claim, ledger);
  const full = sum(groups.map((group) => group.full));
  if (full.n === 0n) return undefined;
  const whole = worthOf(outcome.take, full);
  const exacts = groups.map(({ covered, room }) => smaller(divide(multiply(whole, covered), full), room));
  const worth = sum(exacts);
  const total = outcome.cap ? smaller(worth, parseDecimal(outcome.cap.amount)) : worth;
  if (compare(total, zero) <= 0) return undefined;
  let soFar = zero;
  let roundedSoFar = zero;
  const parts = groups.map((group, index) => {
    const exact = divide(multiply(total, exacts[index] ?? zero), worth);
    if (exact.n === 0n) return { group, exact, rounded: zero };
    soFar = add(soFar, exact);
    const mode = modeOf(group.lines[0]?.subscriptionId ?? '');
    const rounded = subtract(parseDecimal(roundToMinor(soFar, currency, mode)), roundedSoFar);
    roundedSoFar = add(roundedSoFar, rounded);
    return { group, exact, rounded };
  });
  return { claim, total: roundedSoFar, parts, how: howOf(outcome, groups, full, currency) };
}

/** Books a taking: its lines, and in the ledger what is gone, in proportion to what was left of the lines it covers. */
export function book({ claim, parts, how }: Taking, ledger: Ledger, cycle: AccountCycle): readonly TaxedLine[] {
  const { rule } = claim;
  const { title = rule.name, at, outcome } = rule.event.params;
  const labels = parts.map(({ group }) =>
    labelOf(
      group,
      parts.map((part) => part.group),
      outcome.ofAccount === true,
    ),
  );
  return parts.flatMap(({ group, exact, rounded }, index) => {
    const [first] = group.lines;
    if (!first || compare(rounded, zero) === 0) return [];
    const weights = group.lines.map((line) =>
      multiply(left(line, ledger), coveredPart(outcome, line, claim.subscription)),
    );
    const weight = sum(weights);
    for (const [position, line] of group.lines.entries())
      ledger.get(line.id)?.set(rule.name, divide(multiply(rounded, weights[position] ?? zero), weight));
    return [
      {
        id: `${first.subscriptionId}/${rule.name}${labels[index] ?? ''}`,
        kind: 'discount' as const,
        subscriptionId: first.subscriptionId,
        title,
        from: cycle.bounds.from,
        until: cycle.bounds.until,
        amount: roundToMinor(negate(rounded), cycle.account.currency, 'down'),
        exact: formatExact(negate(exact)),
        ...(first.fiscalCategory !== undefined && { fiscalCategory: first.fiscalCategory }),
        taxCategory: first.taxCategory,
        taxPercent: first.taxPercent,
        taxRule: first.taxRule,
        because: { rule: rule.name, at, how },
      },
    ];
  });
}

/** What tells the lines of one discount on one subscription apart: nothing where there is one. */
function labelOf(group: Group, all: readonly Group[], ofAccount: boolean): string {
  const owner = group.lines[0]?.subscriptionId;
  const own = ofAccount ? all.filter(({ lines }) => lines[0]?.subscriptionId === owner) : all;
  const [first] = group.lines;
  if (own.length <= 1 || !first) return '';
  const tax = `/${first.taxCategory}-${decimalInWords(first.taxPercent)}`;
  const categories = new Set(own.map(({ lines }) => lines[0]?.fiscalCategory));
  return categories.size > 1 && first.fiscalCategory !== undefined ? `${tax}/${first.fiscalCategory}` : tax;
}

function groupsOf({ rule, lines, subscription, after }: Claim, ledger: Ledger): readonly Group[] {
  const alike = groupBy(lines, ({ subscriptionId, taxCategory, taxPercent, fiscalCategory }) =>
    JSON.stringify([subscriptionId, taxCategory, taxPercent, fiscalCategory]),
  );
  const { outcome } = rule.event.params;
  const over = (group: readonly TaxedLine[], amount: (line: TaxedLine) => Rational) =>
    larger(sum(group.map(amount)), zero);
  return [...alike.values()].map((group) => {
    const part = (line: TaxedLine) => coveredPart(outcome, line, subscription);
    return {
      lines: group,
      full: over(group, (line) => left(line, ledger, after)),
      covered: over(group, (line) => multiply(left(line, ledger, after), part(line))),
      room: over(group, (line) => multiply(left(line, ledger), part(line))),
    };
  });
}

function worthOf(take: DiscountOutcome['take'], base: Rational): Rational {
  switch (take.kind) {
    case 'percent':
      return percentOf(take.percent, base);
    case 'amount':
      return smaller(parseDecimal(take.amount), base);
    case 'graduated':
      return graduatedOf(take.tiers, base);
  }
}

function percentOf(percent: string, base: Rational): Rational {
  return multiply(base, multiply(parseDecimal(percent), rational(1, 100)));
}

function graduatedOf(tiers: GraduatedReduction['tiers'], base: Rational): Rational {
  let open = base;
  let worth = zero;
  for (const { size, percent } of tiers) {
    const part = size === undefined ? open : smaller(open, parseDecimal(size));
    worth = add(worth, percentOf(percent, part));
    open = subtract(open, part);
  }
  return worth;
}

/** What is left of a line after the named discounts, or after all so far. */
function left(line: TaxedLine, ledger: Ledger, after?: readonly string[]): Rational {
  const takes = [...(ledger.get(line.id) ?? [])].filter(
    ([discount]) => after === undefined || after.includes(discount),
  );
  return subtract(parseDecimal(line.amount), sum(takes.map(([, amount]) => amount)));
}

function howOf(outcome: DiscountOutcome, groups: readonly Group[], full: Rational, currency: string): string {
  const { take, cap, ofAccount } = outcome;
  const money = (amount: Rational) => `${roundToMinor(amount, currency, 'down')} ${currency}`;
  const covered = sum(groups.map((group) => group.covered));
  const off = compare(covered, full) === 0 ? money(full) : `the days it covers, ${money(covered)} of ${money(full)}`;
  const atMost = cap ? `, at most ${cap.amount} ${cap.currency}` : '';
  return `${takeInWords(take)} off ${off}${ofAccount ? ' of the account' : ''}${atMost}`;
}

function takeInWords(take: DiscountOutcome['take']): string {
  switch (take.kind) {
    case 'percent':
      return `${decimalInWords(take.percent)} %`;
    case 'amount':
      return `${take.amount} ${take.currency}`;
    case 'graduated':
      return take.tiers
        .map(({ size, percent }, index) => {
          const part =
            size === undefined ? 'beyond' : `of the ${index === 0 ? 'first' : 'next'} ${size} ${take.currency}`;
          return `${decimalInWords(percent)} % ${part}`;
        })
        .join(', ');
  }
}
