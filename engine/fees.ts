/** Recurring fees of one subscription: which days each bill pays for, in advance or in arrears, and what it gives back. */

import type { AgreedPeriod } from './contracts.ts';
import type { AccountCycle, LineKind, Subscription } from './model.ts';
import { multiply, negate, parseDecimal, type Rational, rational } from './money.ts';
import { cycleIndex, cycleStart, daysIn, intersect, later, type Period } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { Fee, Plan, RuleSet } from './rule-set.ts';

export interface FeeCharge {
  readonly kind: Extract<LineKind, 'fee' | 'fee refund'>;
  readonly subscription: Subscription;
  readonly plan: Plan;
  readonly fee: Fee;
  /** The days charged, or given back. */
  readonly days: Period;
  readonly exact: Rational;
  /** The arithmetic in words: "12.00 EUR × 11/31 days". */
  readonly how: string;
}

/**
 * What this bill charges for the fees of a subscription.
 *
 * In advance, a bill charges the fee period that begins when its cycle ends, and whatever of its own cycle no earlier bill
 * charged (the part from activation on). In arrears, it charges a fee period once that is over. A bill knows activations
 * before its cycle's end and cancellations up to it; a cancellation within the cycle gives back the days charged before.
 */
export function feesOf(cycle: AccountCycle, subscription: Subscription, document: RuleSet): readonly FeeCharge[] {
  const { bounds } = cycle;
  const { activatedOn, cancelledOn } = subscription;
  const known = {
    from: activatedOn,
    until: cancelledOn !== undefined && cancelledOn <= bounds.until ? cancelledOn : undefined,
  };
  if (activatedOn >= bounds.until || (known.until !== undefined && known.until <= bounds.from)) return [];

  const charges: FeeCharge[] = [];
  const agreed = agreedPlans(document, subscription, cycle.customer.id);
  for (const stated of statedFees(agreed)) {
    for (const period of feePeriods(cycle, subscription, stated.everyMonths)) {
      const plan = planOn(agreed, later(period.from, activatedOn));
      const fee = plan?.fees.find((one) => isSameFee(one, stated));
      if (plan && fee) charges.push(...chargesFor({ subscription, plan, fee }, period, known, cycle));
    }
  }
  return charges;
}

type Subject = Pick<FeeCharge, 'subscription' | 'plan' | 'fee'>;
type Known = { readonly from: string; readonly until: string | undefined };

function chargesFor(subject: Subject, period: Period, known: Known, { bounds }: AccountCycle): readonly FeeCharge[] {
  const days = intersect(period, known);
  if (subject.fee.due === 'in arrears') {
    const over = known.until !== undefined && known.until < period.until ? known.until : period.until;
    return over > bounds.from && over <= bounds.until ? charge(subject, 'fee', period, days) : [];
  }
  if (period.from > bounds.until) return [];
  const charged = known.from < bounds.from && period.from <= bounds.from;
  if (!charged) return charge(subject, 'fee', period, days);
  const unused = known.until === undefined ? undefined : intersect(period, { from: known.until });
  if (!unused || (subject.fee.prorated === 'never' && daysIn(days) > 0)) return [];
  return charge(subject, 'fee refund', period, unused);
}

function charge(subject: Subject, kind: FeeCharge['kind'], period: Period, days: Period): readonly FeeCharge[] {
  const part = daysIn(days);
  const whole = daysIn(period);
  if (part === 0) return [];
  const { fee, plan } = subject;
  const full = part === whole || fee.prorated === 'never';
  const amount = full ? parseDecimal(fee.amount) : multiply(parseDecimal(fee.amount), rational(part, whole));
  const sign = kind === 'fee refund' ? '−' : '';
  const how = full
    ? `${sign}${fee.amount} ${plan.currency}`
    : `${sign}${fee.amount} ${plan.currency} × ${part}/${whole} days`;
  return [{ ...subject, kind, days, exact: kind === 'fee refund' ? negate(amount) : amount, how }];
}

/** Fee periods are whole cycles counted from the one that holds the activation; those that this bill may touch. */
function feePeriods(
  { account, bounds }: AccountCycle,
  subscription: Subscription,
  everyMonths: number,
): readonly Period[] {
  const current: Period = { from: bounds.from, until: bounds.until };
  if (everyMonths === 1) return [current, { from: bounds.until, until: bounds.nextUntil }];
  const first = cycleIndex(account.cycleDay, subscription.activatedOn);
  const elapsed = cycleIndex(account.cycleDay, bounds.from) - first;
  const periodAt = (number: number): Period => ({
    from: cycleStart(account.cycleDay, first + number * everyMonths),
    until: cycleStart(account.cycleDay, first + (number + 1) * everyMonths),
  });
  const number = Math.floor(Math.max(0, elapsed) / everyMonths);
  const period = periodAt(number);
  return period.until === bounds.until ? [period, periodAt(number + 1)] : [period];
}

/** The fees of a subscription by name and interval, whatever version or contract states them. */
function statedFees(agreed: readonly AgreedPeriod[]): readonly Pick<Fee, 'name' | 'everyMonths'>[] {
  const fees = agreed.flatMap(({ plan }) => plan.fees);
  return fees.filter((fee, index) => fees.findIndex((other) => isSameFee(fee, other)) === index);
}

function isSameFee(a: Pick<Fee, 'name' | 'everyMonths'>, b: Pick<Fee, 'name' | 'everyMonths'>): boolean {
  return a.name === b.name && a.everyMonths === b.everyMonths;
}
