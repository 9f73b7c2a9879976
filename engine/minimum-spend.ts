/**
 * Minimum spend: what a line of the account lacks of what its plan says it is charged at least.
 *
 * What counts is what the cycle costs the line, before discounts and tax: the usage that this bill charges, and of the fees
 * those days that lie in the cycle, whichever bill charged them. A rental in advance so counts in the cycle that it pays for,
 * and what is given back counts less.
 */
import { cycleNumber, numberedCycle, shareOf } from './cycles.ts';
import { cyclesReached } from './fee-periods.ts';
import { feesOf } from './fees.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, ChargedLine, Subscription } from './model.ts';
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
import { daysIn, intersect, type Period } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { ChargeBase, MinimumSpend, Plan, RuleSet } from './rule-set.ts';
import { activeDays } from './tenures.ts';

/** A line for each minimum that is not reached. `charges` are the lines of fees and usage. */
export function minimumSpend(
  charges: readonly ChargedLine[],
  cycle: AccountCycle,
  { document }: LoadedRuleSet,
): readonly ChargedLine[] {
  return cycle.subscriptions.flatMap((subscription) => {
    const active = activeDays(subscription, cycle.bounds);
    const [first] = active;
    const plan = first && planOn(agreedPlans(document, subscription, cycle.customer.id), first.from);
    if (!plan?.minimums) return [];
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
  active: readonly Period[],
  { currency, rounding }: Plan,
  subscription: Subscription,
  { account, bounds }: AccountCycle,
): readonly ChargedLine[] {
  const isPart = active.reduce((days, period) => days + daysIn(period), 0) < daysIn(bounds);
  if (isPart && minimum.partCycle === 'waived') return [];
  // A bridging cycle is no whole one for anybody; of an ordinary one only a prorated minimum is lowered by its days.
  const { share, terms } = shareOf(account, bounds, minimum.partCycle === 'prorated' ? active : [bounds]);
  const lack = subtract(multiply(parseDecimal(minimum.amount), share), spent);
  if (compare(lack, zero) <= 0) return [];
  const isWhole = compare(share, rational(1)) === 0;
  const wanted = `${minimum.amount} ${currency}${isWhole ? '' : ` × ${inWords(terms)} days`}`;
  return [
    {
      id: `${subscription.id}/${minimum.id}`,
      kind: 'minimum spend',
      subscriptionId: subscription.id,
      title: minimum.title,
      from: active[0]?.from ?? bounds.from,
      until: active.at(-1)?.until ?? bounds.until,
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
  const cyclesBack = Math.max(1, ...agreed.flatMap(({ plan }) => plan.fees.map(cyclesReached)));
  const bridges = cycle.account.changes?.length ?? 0;
  const number = cycleNumber(cycle.account, cycle.bounds.from);
  const { unbilledFrom, ...billed } = cycle;
  const before = Array.from({ length: cyclesBack + bridges }, (_, back) => ({
    ...billed,
    bounds: numberedCycle(cycle.account, number - back - 1),
  })).filter(({ bounds }) => unbilledFrom === undefined || bounds.from < unbilledFrom);
  const charged = [cycle, ...before].flatMap((bill) => feesOf(bill, subscription, document));
  return sum(
    charged.map(({ exact, days, plan }) => {
      const amount = parseDecimal(roundToMinor(exact, plan.currency, plan.rounding));
      return multiply(amount, rational(daysIn(intersect(cycle.bounds, days)), daysIn(days)));
    }),
  );
}

function inWords(terms: readonly string[]): string {
  return terms.length === 1 ? (terms[0] ?? '') : `(${terms.join(' + ')})`;
}
