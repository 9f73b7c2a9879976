/** Interim: which amounts the usage of an open cycle has come to, and the lines that are invoiced for it. */
import type { PassedThreshold } from './interim-invoice.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, ChargedLine, LocalDate, TaxedLine } from './model.ts';
import {
  add,
  compare,
  divide,
  floor,
  formatAmount,
  larger,
  multiply,
  parseDecimal,
  type Rational,
  rational,
  subtract,
  sum,
  zero,
} from './money.ts';
import type { UsageThresholds } from './outcomes.ts';
import { addDays } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import { sumTaxes } from './tax.ts';
import { groupsOf, netOf } from './tax-groups.ts';
import { total } from './total.ts';

/** What is charged for use, but for levels of services in units, which are known when the cycle is over. */
export function isInterim({ kind, service }: ChargedLine, { document }: LoadedRuleSet): boolean {
  const isUsage = kind === 'usage' || kind === 'included usage';
  return isUsage && document.services.find(({ name }) => name === service)?.measure !== 'units';
}

/** The highest amount that each subscription has come to, if no invoice has been issued for it or a higher one. */
export function passedThresholds(
  used: readonly TaxedLine[],
  { subscriptions, customer, account, interim = [] }: AccountCycle,
  today: LocalDate,
  { document }: LoadedRuleSet,
): readonly PassedThreshold[] {
  return subscriptions.flatMap((subscription) => {
    const terms = planOn(agreedPlans(document, subscription, customer.id), today)?.invoiceAt;
    if (!terms) return [];
    const isOwn = ({ subscriptionId }: { readonly subscriptionId: string }) => subscriptionId === subscription.id;
    const amount = sum(used.filter(isOwn).map((line) => parseDecimal(line.amount)));
    const reached = highestReached(terms, amount);
    const before = interim
      .flatMap(({ passed }) => passed.filter(isOwn))
      .map(({ threshold }) => parseDecimal(threshold));
    if (compare(reached, before.reduce(larger, zero)) <= 0) return [];
    return [{ subscriptionId: subscription.id, threshold: formatAmount(reached, account.currency) }];
  });
}

/** Zero if none is. */
function highestReached({ first, thenEvery }: UsageThresholds, amount: Rational): Rational {
  const start = parseDecimal(first);
  if (compare(amount, start) < 0) return zero;
  if (thenEvery === undefined) return start;
  const every = parseDecimal(thenEvery);
  return add(start, multiply(rational(floor(divide(subtract(amount, start), every))), every));
}

/**
 * The invoice of those subscriptions; undefined where it would charge nothing, or give something back under some tax: that is
 * left to the bill of the cycle. An account with prepaid credit has paid its usage before.
 */
export function interimBill(
  lines: readonly TaxedLine[],
  passed: readonly PassedThreshold[],
  cycle: AccountCycle,
  today: LocalDate,
  rules: LoadedRuleSet,
): Bill | undefined {
  if (passed.length === 0 || (cycle.prepaid ?? []).length > 0) return undefined;
  const until = addDays(today, 1);
  const own = lines
    .filter(({ subscriptionId }) => passed.some((one) => one.subscriptionId === subscriptionId))
    .map((line) => ({ ...line, until }));
  const bill = total(cycle, own, sumTaxes(own, cycle.account.currency), rules);
  const groups = [...groupsOf(bill).values()];
  const charges = groups.every((group) =>
    netOf(group).n > 0n ? group.tax.n >= 0n : isNothing(group.tax, netOf(group)),
  );
  return charges && parseDecimal(bill.total).n > 0n ? { ...bill, until } : undefined;
}

function isNothing(...amounts: readonly Rational[]): boolean {
  return amounts.every(({ n }) => n === 0n);
}
