/** Fees of one subscription: which days each bill pays for, in advance or in arrears, and what it gives back. */
import { startOfAccountDay } from './account-days.ts';
import type { AgreedPeriod } from './contracts.ts';
import { cycleNumber, numberedCycle } from './cycles.ts';
import type { Fee } from './fee.ts';
import { type FeePeriod, feePeriods } from './fee-periods.ts';
import { type FeeStay, feeStays } from './fee-stays.ts';
import type { AccountCycle, LineKind, Subscription } from './model.ts';
import { multiply, negate, parseDecimal, type Rational, rational } from './money.ts';
import { daysIn, intersect, later, type Period } from './period.ts';
import { planOn } from './plans.ts';
import type { Plan, RuleSet } from './rule-set.ts';

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
 * bill of the cycle in which service begins. A bill knows activations before its cycle's end, and plan changes, pauses and
 * cancellations up to it; what ends within the cycle gives back the days charged before. Where bills before were rejected, this one
 * charges what they would have charged in advance, and gives back what they would have given back.
 */
export function feesOf(cycle: AccountCycle, subscription: Subscription, document: RuleSet): readonly FeeCharge[] {
  const refunds = skipped(cycle).flatMap((before) =>
    feesOfBill(before, subscription, document).filter(({ kind }) => kind === 'fee refund'),
  );
  return [...refunds, ...feesOfBill(cycle, subscription, document)];
}

/** The cycles whose bills were rejected right before this one, each as it would have been billed. */
function skipped({ unbilledFrom, ...cycle }: AccountCycle): readonly AccountCycle[] {
  if (unbilledFrom === undefined) return [];
  const { account, bounds } = cycle;
  const first = cycleNumber(account, unbilledFrom);
  return Array.from({ length: cycleNumber(account, bounds.from) - first }, (_, index) => ({
    ...cycle,
    bounds: numberedCycle(account, first + index),
    ...(index > 0 && { unbilledFrom }),
  }));
}

function feesOfBill(cycle: AccountCycle, subscription: Subscription, document: RuleSet): readonly FeeCharge[] {
  const stays = feeStays(subscription, cycle.customer.id, document);
  const begin = stays[0]?.from ?? subscription.activatedOn;
  return stays.flatMap((stay, index) => {
    if (!concerns(stay, cycle)) return [];
    const before = stays.slice(0, index);
    return statedFees(stay.agreed).flatMap((stated) =>
      feePeriods(stated, cycle, begin).flatMap((period) => {
        const plan = planOn(stay.agreed, later(period.from, stay.from));
        const fee = plan?.fees.find((one) => isSameFee(one, stated));
        if (!plan || !fee || isPaidWith(before, fee, period)) return [];
        return chargesFor({ subscription, plan, fee: priced(fee, period, begin, cycle) }, period, stay, cycle);
      }),
    );
  });
}

type Subject = Pick<FeeCharge, 'subscription' | 'plan' | 'fee'>;

/** Whether the bill knows of the stay, and has anything to do with it. */
function concerns(stay: FeeStay, { bounds }: AccountCycle): boolean {
  const hasBegun = stay.isFirst ? stay.from < bounds.until : stay.startsOn <= bounds.until;
  return hasBegun && (stay.until === undefined || stay.until > bounds.from);
}

/** What is not prorated is due once for its period, from the plan that has it first. */
function isPaidWith(before: readonly FeeStay[], fee: Fee, period: FeePeriod): boolean {
  if (fee.due === undefined) return before.length > 0;
  if (fee.prorated !== 'never' || period.isBridge) return false;
  return before.some(
    (stay) =>
      daysIn(intersect(period, stay)) > 0 &&
      planOn(stay.agreed, later(period.from, stay.from))?.fees.some((one) => isSameFee(one, fee)),
  );
}

function priced(fee: Fee, period: FeePeriod, begin: string, { account }: AccountCycle): Fee {
  const { promotion } = fee;
  if (!promotion) return fee;
  const cycles = cycleNumber(account, later(period.from, begin)) - cycleNumber(account, begin);
  return cycles < promotion.cycles ? { ...fee, amount: promotion.amount } : fee;
}

function chargesFor(subject: Subject, period: FeePeriod, stay: FeeStay, cycle: AccountCycle): readonly FeeCharge[] {
  const { bounds } = cycle;
  const { fee } = subject;
  const isOver = stay.endsOn !== undefined && stay.endsOn <= bounds.until;
  const until = isOver ? stay.until : undefined;
  const days = intersect(period, { from: stay.from, until });
  const charge = (kind: FeeCharge['kind'], part: Period) => chargeFor(subject, kind, period, part, cycle);
  if (fee.due === undefined) return charge('fee', days);
  switch (fee.due) {
    case 'in arrears': {
      const over = until !== undefined && until < period.until ? until : period.until;
      return over > bounds.from && over <= bounds.until ? charge('fee', days) : [];
    }
    case 'in advance': {
      const wasKnown = stay.isFirst ? stay.from < bounds.from : stay.startsOn <= bounds.from;
      const wasLeftOut = cycle.unbilledFrom !== undefined && period.from >= bounds.from;
      if (!wasKnown || wasLeftOut || period.from >= bounds.until) return charge('fee', days);
      // Without an end, or with one that the bill before knew, there is nothing to give back.
      if (until === undefined || (stay.endsOn ?? '') <= bounds.from) return [];
      if (fee.prorated === 'never' && !period.isBridge && daysIn(days) > 0) return [];
      return charge('fee refund', intersect(period, { from: until }));
    }
  }
}

function chargeFor(
  subject: Subject,
  kind: FeeCharge['kind'],
  period: FeePeriod,
  days: Period,
  cycle: AccountCycle,
): readonly FeeCharge[] {
  if (daysIn(days) === 0) return [];
  const { fee, plan } = subject;
  const { part, whole, unit } = shareOf(fee, days, period, cycle);
  const full = part === whole;
  const amount = full ? parseDecimal(fee.amount) : multiply(parseDecimal(fee.amount), rational(part, whole));
  const sign = kind === 'fee refund' ? '−' : '';
  const how = `${sign}${fee.amount} ${plan.currency}${full ? '' : ` × ${part}/${whole} ${unit}`}`;
  return [{ ...subject, kind, days, exact: kind === 'fee refund' ? negate(amount) : amount, how }];
}

/**
 * How much of a fee's period is charged. Seconds are those that pass: a day on which the clock changes has 23 or 25 hours. A
 * bridging cycle is nobody's wish to use less, so what is not prorated otherwise is prorated in it by day.
 */
function shareOf({ prorated }: Fee, days: Period, period: FeePeriod, { account }: AccountCycle) {
  if (prorated === 'never' && !period.isBridge) return { part: 1, whole: 1, unit: '' };
  if (prorated !== 'by second') return { part: daysIn(days), whole: daysIn(period.whole), unit: 'days' };
  const seconds = ({ from, until }: Period) =>
    (startOfAccountDay(account, until) - startOfAccountDay(account, from)) / 1000;
  return { part: seconds(days), whole: seconds(period.whole), unit: 's' };
}

/** The fees of a subscription by name and interval, whatever version or contract states them. */
function statedFees(agreed: readonly AgreedPeriod[]): readonly Fee[] {
  const fees = agreed.flatMap(({ plan }) => plan.fees);
  return fees.filter((fee, index) => fees.findIndex((other) => isSameFee(fee, other)) === index);
}

function isSameFee(a: Fee, b: Fee): boolean {
  return a.name === b.name && a.interval === b.interval && (a.every ?? 1) === (b.every ?? 1);
}
