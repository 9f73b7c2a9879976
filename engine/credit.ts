/**
 * Credit: no invoice is ever negative. What a bill would give back beyond what it charges is carried to the next one, tax
 * group by tax group, so that the tax on it is given back with it; the next bill uses it first.
 */
import type { CreditBalance } from './carried.ts';
import { groupBy } from './group-by.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, BillTax, TaxedLine } from './model.ts';
import {
  add,
  divide,
  formatAmount,
  formatExact,
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
import type { TaxOutcome } from './outcomes.ts';
import type { StockRule } from './rule-set.ts';
import { groupKey } from './tax-groups.ts';
import { fixedTitles } from './titles.ts';
import { compareText } from './usage.ts';

/** The bill's lines with the credit of earlier invoices used and what is left over carried forward. */
export function settleCredit(
  lines: readonly TaxedLine[],
  cycle: AccountCycle,
  rules: LoadedRuleSet,
  taxesOf: (lines: readonly TaxedLine[]) => readonly BillTax[],
): readonly TaxedLine[] {
  const used = [...lines, ...(cycle.credits ?? []).map((credit) => creditUsed(credit, cycle, rules))];
  const totalOf = (all: readonly TaxedLine[]) =>
    add(netOf(all), sum(taxesOf(all).map((tax) => parseDecimal(tax.amount))));
  return carryForward(used, cycle, totalOf);
}

/** What the next cycle of the account starts with: the lines that a bill carries forward. */
export function creditsOf(bill: { readonly lines: readonly Omit<TaxedLine, 'taxRule'>[] }): readonly CreditBalance[] {
  return bill.lines
    .filter((line) => line.kind === 'credit carried forward')
    .map(({ subscriptionId, taxCategory, taxPercent, amount }) => ({
      subscriptionId,
      taxCategory,
      taxPercent,
      amount,
    }));
}

/** What is left of credit once some of it was paid out, tax group by tax group; never less than nothing. */
export function creditsLeft(
  credits: readonly CreditBalance[],
  paidOut: readonly CreditBalance[],
  currency: string,
): readonly CreditBalance[] {
  if (paidOut.length === 0) return credits;
  return credits.flatMap((credit) => {
    const gone = sum(paidOut.filter((one) => isOfGroup(one, credit)).map(({ amount }) => parseDecimal(amount)));
    const left = subtract(parseDecimal(credit.amount), gone);
    return left.n > 0n ? [{ ...credit, amount: formatAmount(left, currency) }] : [];
  });
}

/** Of credit that was paid out, what `credits` do not cover: the bill that left it owes less by now. */
export function creditOverpaid(
  credits: readonly CreditBalance[],
  paidOut: readonly CreditBalance[],
  currency: string,
): readonly CreditBalance[] {
  return creditsLeft(paidOut, credits, currency);
}

function isOfGroup(a: CreditBalance, b: CreditBalance): boolean {
  return groupKey(a.taxCategory, a.taxPercent) === groupKey(b.taxCategory, b.taxPercent);
}

function creditUsed(credit: CreditBalance, cycle: AccountCycle, rules: LoadedRuleSet): TaxedLine {
  const taxRule = taxRuleOf(credit, rules);
  const how = `${credit.amount} ${cycle.account.currency} that the previous invoice owed`;
  return creditLine(
    'credit brought forward',
    fixedTitles.creditBroughtForward,
    credit,
    negate(parseDecimal(credit.amount)),
    taxRule,
    how,
    cycle,
  );
}

/**
 * Tax groups that give back more than they charge, one after the other, until the invoice is no longer negative. A group is
 * brought to nothing at most; where other groups still owe something, only what exceeds that is carried on.
 */
function carryForward(
  lines: readonly TaxedLine[],
  cycle: AccountCycle,
  totalOf: (lines: readonly TaxedLine[]) => Rational,
): readonly TaxedLine[] {
  if (totalOf(lines).n >= 0n) return lines;
  const groups = groupsOf(lines);
  const carried = new Map<Group, Rational>();
  const settled = () => [...lines, ...[...carried].map(([group, amount]) => carriedLine(group, amount, cycle))];
  const missing = () => negate(totalOf(settled()));
  const { currency } = cycle.account;
  for (const group of groups) {
    const [lack, owed] = [missing(), negate(netOf(group))];
    if (lack.n > 0n && owed.n > 0n) carried.set(group, smaller(owed, beforeTax(lack, group[0].taxPercent, currency)));
  }
  // Taxes that were stated, or are rounded line by line, may leave a cent less than nothing.
  const [cents, last] = [missing(), [...carried.keys()].at(-1) ?? groups[0]];
  if (cents.n > 0n && last)
    carried.set(last, add(carried.get(last) ?? zero, beforeTax(cents, last[0].taxPercent, currency)));
  return settled();
}

type Group = readonly [TaxedLine, ...TaxedLine[]];

/** By category and percentage, in their order. */
function groupsOf(lines: readonly TaxedLine[]): readonly Group[] {
  const taxed = lines.filter(({ taxRule }) => taxRule);
  const groups = groupBy(taxed, ({ taxCategory, taxPercent }) => groupKey(taxCategory, taxPercent));
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
}

function carriedLine(group: Group, amount: Rational, cycle: AccountCycle): TaxedLine {
  const { currency } = cycle.account;
  const [{ taxCategory, taxPercent, taxRule }] = group;
  const subject = { subscriptionId: mostOwed(group), taxCategory, taxPercent };
  const how = `the invoice would be negative: ${formatAmount(amount, currency)} ${currency} are left for the next one`;
  return creditLine('credit carried forward', fixedTitles.creditCarriedForward, subject, amount, taxRule, how, cycle);
}

/** The least amount that is at least `total` with its tax. */
function beforeTax(total: Rational, percent: string, currency: string): Rational {
  const factor = add(rational(1), multiply(parseDecimal(percent), rational(1, 100)));
  return parseDecimal(roundToMinor(divide(total, factor), currency, 'up'));
}

function creditLine(
  kind: 'credit brought forward' | 'credit carried forward',
  title: string,
  { subscriptionId, taxCategory, taxPercent }: Omit<CreditBalance, 'amount'>,
  amount: Rational,
  taxRule: StockRule<TaxOutcome> | undefined,
  how: string,
  { account, bounds }: AccountCycle,
): TaxedLine {
  return {
    id: `${subscriptionId}/${kind}/${taxCategory}-${taxPercent}`,
    kind,
    subscriptionId,
    title,
    from: bounds.from,
    until: bounds.until,
    amount: formatAmount(amount, account.currency),
    exact: formatExact(amount),
    taxCategory,
    taxPercent,
    taxRule,
    because: { rule: taxRule?.name ?? 'credit', at: taxRule?.event.params.at ?? { file: '', line: 0 }, how },
  };
}

/** Credit keeps the tax it was given with, and a correction that of what it corrects, also when the rules have another one by now. */
export function taxRuleOf(
  { taxCategory, taxPercent }: Pick<CreditBalance, 'taxCategory' | 'taxPercent'>,
  rules: LoadedRuleSet,
): StockRule<TaxOutcome> {
  const taxes = (rules.sets.get('tax')?.set.rules ?? []) as readonly StockRule<TaxOutcome>[];
  const wanted = groupKey(taxCategory, taxPercent);
  const found = taxes.find(
    ({ event: { params } }) => groupKey(params.outcome.category, params.outcome.percent) === wanted,
  );
  return found ?? formerTax(taxCategory, taxPercent);
}

function formerTax(category: string, percent: string): StockRule<TaxOutcome> {
  return {
    name: 'credit',
    priority: 1,
    conditions: { all: [{ fact: 'always', operator: 'equal', value: true }] },
    event: {
      type: 'tax',
      params: { rank: 0, at: { file: '', line: 0 }, outcome: { kind: 'tax', category, percent } },
    },
  };
}

function mostOwed(group: readonly TaxedLine[]): string {
  const ids = [...new Set(group.map((line) => line.subscriptionId))];
  const owedBy = (id: string) => netOf(group.filter((line) => line.subscriptionId === id));
  return ids.reduce((most, id) => (add(owedBy(id), negate(owedBy(most))).n < 0n ? id : most));
}

function netOf(lines: readonly Pick<TaxedLine, 'amount'>[]): Rational {
  return sum(lines.map((line) => parseDecimal(line.amount)));
}
