/**
 * Minimum spend: what a line of the account lacks of what its plan says it is charged at least.
 *
 * What counts is what the cycle costs the line, before discounts and tax: the usage that this bill charges, and of the fees
 * those days that lie in the cycle, whichever bill charged them. A rental in advance so counts in the cycle that it pays for,
 * and what is given back counts less.
 */
import { feesOf } from './fees.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, ChargedLine, CycleBounds, Subscription } from './model.ts';
import {
  add,
  compare,
  formatExact,
  multiply,
  parseDecimal,
  type Rational,
  rational,
  roundToMinor,
  subtract,
  sum,
  zero,
} from './money.ts';
import { cycleIndex, cycleStart, daysIn, intersect, type Period } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { ChargeBase, FeeInterval, MinimumSpend, Plan, RuleSet } from './rule-set.ts';

/** A line for each minimum that is not reached. `charges` are the lines of fees and usage. */
export function minimumSpend(
  charges: readonly ChargedLine[],
  cycle: AccountCycle,
  { document }: LoadedRuleSet,
): readonly ChargedLine[] {
  return cycle.subscriptions.flatMap((subscription) => {
    const active = intersect(cycle.bounds, { from: subscription.activatedOn, until: subscription.cancelledOn });
    const plan = planOn(agreedPlans(document, subscription, cycle.customer.id), active.from);
    if (!plan?.minimums || daysIn(active) === 0) return [];
    const own = charges.filter((line) => line.subscriptionId === subscription.id);
    return plan.minimums.flatMap((minimum) => {
      const spent = add(usageIn(minimum.of, own), feesIn(minimum.of, cycle, subscription, document));
      return lacking(minimum, spent, active, plan, subscription, cycle);
    });
  });
}

function lacking(
  minimum: MinimumSpend,
  spent: Rational,
  active: Period,
  { currency, rounding }: Plan,
  subscription: Subscription,
  { bounds }: AccountCycle,
): readonly ChargedLine[] {
  const [part, whole] = [daysIn(active), daysIn(bounds)];
  const isWhole = part === whole || minimum.prorated === 'never';
  const amount = isWhole ? parseDecimal(minimum.amount) : multiply(parseDecimal(minimum.amount), rational(part, whole));
  const lack = subtract(amount, spent);
  if (compare(lack, zero) <= 0) return [];
  const wanted = `${minimum.amount} ${currency}${isWhole ? '' : ` × ${part}/${whole} days`}`;
  return [
    {
      id: `${subscription.id}/${minimum.id}`,
      kind: 'minimum spend',
      subscriptionId: subscription.id,
      title: minimum.title,
      from: active.from,
      until: active.until,
      amount: roundToMinor(lack, currency, rounding),
      exact: formatExact(lack),
      because: {
        rule: minimum.id,
        at: minimum.at,
        how: `${wanted} − ${roundToMinor(spent, currency, rounding)} ${currency} charged`,
      },
    },
  ];
}

function usageIn(of: ChargeBase, own: readonly ChargedLine[]): Rational {
  const counted = own.filter(
    ({ kind, service }) =>
      (kind === 'usage' || kind === 'included usage') && (of.kind === 'all charges' || service === of.service),
  );
  return sum(counted.map((line) => parseDecimal(line.amount)));
}

/** What fees charge for the days of this cycle, by this bill or by an earlier one. */
function feesIn(of: ChargeBase, cycle: AccountCycle, subscription: Subscription, document: RuleSet): Rational {
  if (of.kind === 'service') return zero;
  const agreed = agreedPlans(document, subscription, cycle.customer.id);
  const cyclesBack = Math.max(1, ...agreed.flatMap(({ plan }) => plan.fees.map((fee) => cyclesLong[fee.interval])));
  const bills = Array.from({ length: cyclesBack + 1 }, (_, back) => ({ ...cycle, bounds: boundsBefore(cycle, back) }));
  const charged = bills.flatMap((bill) => feesOf(bill, subscription, document));
  return sum(
    charged.map(({ exact, days, plan }) => {
      const amount = parseDecimal(roundToMinor(exact, plan.currency, plan.rounding));
      return multiply(amount, rational(daysIn(intersect(cycle.bounds, days)), daysIn(days)));
    }),
  );
}

/** How long before it is over a fee in advance can have been charged. */
const cyclesLong: Readonly<Record<FeeInterval, number>> = { once: 1, weekly: 1, monthly: 1, quarterly: 3, yearly: 12 };

function boundsBefore({ account: { cycleDay }, bounds }: AccountCycle, back: number): CycleBounds {
  if (back === 0) return bounds;
  const index = cycleIndex(cycleDay, bounds.from) - back;
  return {
    from: cycleStart(cycleDay, index),
    until: cycleStart(cycleDay, index + 1),
    nextUntil: cycleStart(cycleDay, index + 2),
  };
}
