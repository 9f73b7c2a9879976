/** Fees of one subscription: which days each bill pays for, in advance or in arrears, and what it gives back. */

import type { AgreedPeriod } from './contracts.ts';
import type { AccountCycle, LineKind, Subscription } from './model.ts';
import { multiply, negate, parseDecimal, type Rational, rational } from './money.ts';
import { addDays, cycleIndex, cycleStart, daysIn, intersect, later, type Period, startOfDay } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { Fee, FeeInterval, Plan, RuleSet } from './rule-set.ts';

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
 * In advance, a bill charges the fee periods that begin in the cycle after its own, and of its own cycle whatever no earlier
 * bill charged (from activation on). In arrears, it charges a fee period once that is over. What is due once comes with the
 * bill of the cycle in which service begins. A bill knows activations before its cycle's end and cancellations up to it; a
 * cancellation within the cycle gives back the days charged before.
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
    for (const period of periodsOf[stated.interval](cycle, subscription)) {
      const plan = planOn(agreed, later(period.from, activatedOn));
      const fee = plan?.fees.find((one) => isSameFee(one, stated));
      if (plan && fee) charges.push(...chargesFor({ subscription, plan, fee }, period, known, cycle));
    }
  }
  return charges;
}

type Subject = Pick<FeeCharge, 'subscription' | 'plan' | 'fee'>;
type Known = { readonly from: string; readonly until: string | undefined };

function chargesFor(subject: Subject, period: Period, known: Known, cycle: AccountCycle): readonly FeeCharge[] {
  const { bounds, account } = cycle;
  const { fee } = subject;
  const days = intersect(period, known);
  const charge = (kind: FeeCharge['kind'], part: Period) => chargeFor(subject, kind, period, part, account.zone);
  if (fee.due === undefined) return charge('fee', days);
  switch (fee.due) {
    case 'in arrears': {
      const over = known.until !== undefined && known.until < period.until ? known.until : period.until;
      return over > bounds.from && over <= bounds.until ? charge('fee', days) : [];
    }
    case 'in advance': {
      const isCharged = known.from < bounds.from && period.from < bounds.until;
      if (!isCharged) return charge('fee', days);
      const unused = known.until === undefined ? undefined : intersect(period, { from: known.until });
      if (!unused || (fee.prorated === 'never' && daysIn(days) > 0)) return [];
      return charge('fee refund', unused);
    }
  }
}

function chargeFor(
  subject: Subject,
  kind: FeeCharge['kind'],
  period: Period,
  days: Period,
  zone: string,
): readonly FeeCharge[] {
  if (daysIn(days) === 0) return [];
  const { fee, plan } = subject;
  const { part, whole, unit } = shareOf(fee, days, period, zone);
  const full = part === whole;
  const amount = full ? parseDecimal(fee.amount) : multiply(parseDecimal(fee.amount), rational(part, whole));
  const sign = kind === 'fee refund' ? '−' : '';
  const how = `${sign}${fee.amount} ${plan.currency}${full ? '' : ` × ${part}/${whole} ${unit}`}`;
  return [{ ...subject, kind, days, exact: kind === 'fee refund' ? negate(amount) : amount, how }];
}

/** How much of a fee's period is charged. Seconds are those that pass: a day on which the clock changes has 23 or 25 hours. */
function shareOf({ prorated }: Fee, days: Period, period: Period, zone: string) {
  switch (prorated) {
    case 'never':
      return { part: 1, whole: 1, unit: '' };
    case 'by day':
      return { part: daysIn(days), whole: daysIn(period), unit: 'days' };
    case 'by second': {
      const seconds = ({ from, until }: Period) => (startOfDay(until, zone) - startOfDay(from, zone)) / 1000;
      return { part: seconds(days), whole: seconds(period), unit: 's' };
    }
  }
}

/** The fee periods that this bill or the next cycle touches, in order. */
type PeriodsOf = (cycle: AccountCycle, subscription: Subscription) => readonly Period[];

const periodsOf: Readonly<Record<FeeInterval, PeriodsOf>> = {
  once: ({ bounds }, { activatedOn }) =>
    activatedOn >= bounds.from ? [{ from: activatedOn, until: addDays(activatedOn, 1) }] : [],
  weekly: weeks,
  monthly: ({ bounds }) => [
    { from: bounds.from, until: bounds.until },
    { from: bounds.until, until: bounds.nextUntil },
  ],
  quarterly: (cycle, subscription) => cyclesOf(3, cycle, subscription),
  yearly: (cycle, subscription) => cyclesOf(12, cycle, subscription),
};

/** Seven days each, counted from the activation, across the ends of cycles: no week is cut or paid twice. */
function weeks({ bounds }: AccountCycle, { activatedOn }: Subscription): readonly Period[] {
  const elapsed = daysIn({ from: activatedOn, until: bounds.from });
  const found: Period[] = [];
  let from = addDays(activatedOn, Math.floor(elapsed / 7) * 7);
  while (from < bounds.nextUntil) {
    const until = addDays(from, 7);
    found.push({ from, until });
    from = until;
  }
  return found;
}

/** Whole cycles, several together, counted from the one that holds the activation. */
function cyclesOf(length: number, { account, bounds }: AccountCycle, { activatedOn }: Subscription): readonly Period[] {
  const { cycleDay } = account;
  const first = cycleIndex(cycleDay, activatedOn);
  const elapsed = cycleIndex(cycleDay, bounds.from) - first;
  const periodAt = (number: number): Period => ({
    from: cycleStart(cycleDay, first + number * length),
    until: cycleStart(cycleDay, first + (number + 1) * length),
  });
  const number = Math.floor(Math.max(0, elapsed) / length);
  const period = periodAt(number);
  return period.until === bounds.until ? [period, periodAt(number + 1)] : [period];
}

/** The fees of a subscription by name and interval, whatever version or contract states them. */
function statedFees(agreed: readonly AgreedPeriod[]): readonly Pick<Fee, 'name' | 'interval'>[] {
  const fees = agreed.flatMap(({ plan }) => plan.fees);
  return fees.filter((fee, index) => fees.findIndex((other) => isSameFee(fee, other)) === index);
}

function isSameFee(a: Pick<Fee, 'name' | 'interval'>, b: Pick<Fee, 'name' | 'interval'>): boolean {
  return a.name === b.name && a.interval === b.interval;
}
