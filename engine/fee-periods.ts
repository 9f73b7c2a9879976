/** The periods that a fee is due for: days and weeks counted from activation, and months of the account's cycles. */
import { cycleDayOn, monthsOf } from './cycles.ts';
import type { Fee } from './fee.ts';
import type { AccountCycle, LocalDate } from './model.ts';
import { addDays, cycleMonth, cycleStart, daysIn, type Period } from './period.ts';

export interface FeePeriod extends Period {
  /** What the whole amount is for: longer than the period where that belongs to a bridging cycle. */
  readonly whole: Period;
  readonly isBridge: boolean;
}

type Interval = Pick<Fee, 'interval' | 'every'>;

/** The fee periods that this bill or the next cycle touches, in order; `begin` is the first day of service. */
export function feePeriods(fee: Interval, { account, bounds }: AccountCycle, begin: LocalDate): readonly FeePeriod[] {
  const length = lengthOf(fee);
  if (length === undefined) return begin >= bounds.from ? [whole({ from: begin, until: addDays(begin, 1) })] : [];
  if (length.unit === 'day') return daysTogether(length.count, bounds, begin).map(whole);
  if (length.count > 1) return monthsTogether(length.count, { account, bounds }, begin).map(whole);
  return [bounds, { from: bounds.until, until: bounds.nextUntil }].flatMap((cycle) => monthsOf(account, cycle));
}

/** How many cycles, bridging ones apart, a period can reach over. */
export function cyclesReached(fee: Interval): number {
  const length = lengthOf(fee);
  if (length === undefined) return 1;
  return length.unit === 'month' ? length.count : Math.ceil(length.count / 28);
}

/** Undefined for what is due once. */
function lengthOf({
  interval,
  every = 1,
}: Interval): { readonly unit: 'day' | 'month'; readonly count: number } | undefined {
  switch (interval) {
    case 'once':
      return undefined;
    case 'daily':
      return { unit: 'day', count: every };
    case 'weekly':
      return { unit: 'day', count: 7 * every };
    case 'monthly':
      return { unit: 'month', count: every };
    case 'quarterly':
      return { unit: 'month', count: 3 * every };
    case 'yearly':
      return { unit: 'month', count: 12 * every };
  }
}

function whole(period: Period): FeePeriod {
  return { ...period, whole: period, isBridge: false };
}

/** Counted from the activation, across the ends of cycles: no week is cut or paid twice. */
function daysTogether(count: number, bounds: AccountCycle['bounds'], begin: LocalDate): readonly Period[] {
  const elapsed = daysIn({ from: begin, until: bounds.from });
  const found: Period[] = [];
  let from = addDays(begin, Math.floor(elapsed / count) * count);
  while (from < bounds.nextUntil) {
    const until = addDays(from, count);
    found.push({ from, until });
    from = until;
  }
  return found;
}

/**
 * Several months together, counted from the one that holds the activation, by the cycle day of then. A later change of the cycle day
 * leaves them where they are: what was paid in advance stays paid.
 */
function monthsTogether(
  count: number,
  { account, bounds }: Pick<AccountCycle, 'account' | 'bounds'>,
  begin: LocalDate,
): readonly Period[] {
  const cycleDay = cycleDayOn(account, begin);
  const first = cycleMonth(cycleDay, begin);
  const elapsed = Math.max(0, cycleMonth(cycleDay, bounds.from) - first);
  const found: Period[] = [];
  for (let month = first + Math.floor(elapsed / count) * count; ; month += count) {
    const from = cycleStart(cycleDay, month);
    if (from >= bounds.nextUntil) return found;
    found.push({ from, until: cycleStart(cycleDay, month + count) });
  }
}
