/**
 * Cycles of an account: on which days they begin, whatever its cycle day was changed to meanwhile.
 *
 * Cycles have numbers, so that they can be counted; each begins where the one before ends. A new cycle day waits for the end
 * of the cycle that is running. From there one bridging cycle leads to the new day, and is charged for the part of a month that it is.
 */
import type { AccountChange, AccountTimes } from './billing-account.ts';
import type { CycleBounds, LocalDate } from './model.ts';
import { add, type Rational, rational, zero } from './money.ts';
import { onceOfEach } from './once-of.ts';
import { cycleMonth, cycleStart, daysIn, intersect, type Period } from './period.ts';

type Cycles = Pick<AccountTimes, 'cycleDay' | 'changes'>;

/** The cycle that holds a date. */
export function cycleBounds(account: Cycles, date: LocalDate): CycleBounds {
  const number = cycleNumber(account, date);
  return numberedCycle(account, number);
}

export function numberedCycle(account: Cycles, number: number): CycleBounds {
  return {
    from: startOfCycle(account, number),
    until: startOfCycle(account, number + 1),
    nextUntil: startOfCycle(account, number + 2),
  };
}

/** The number of the cycle that holds a date. */
export function cycleNumber(account: Cycles, date: LocalDate): number {
  const stretch = stretchesOf(account).findLast(({ begin }) => begin <= date) as Stretch;
  return Math.max(stretch.after, cycleMonth(stretch.cycleDay, date) - stretch.month);
}

export function startOfCycle(account: Cycles, number: number): LocalDate {
  return startIn(stretchesOf(account), number);
}

/** A month that is charged in a cycle: all of it, or in a bridging cycle what falls into that. */
export interface ChargedMonth extends Period {
  readonly whole: Period;
  /** Part of a bridging cycle: prorated also where part months are otherwise charged like whole ones. */
  readonly isBridge: boolean;
}

/** The months that make up a cycle: itself, or what the months between new cycle days share with a bridging cycle. */
export function monthsOf(account: Cycles, cycle: Period): readonly ChargedMonth[] {
  const bridge = stretchesOf(account).find(({ begin }) => begin === cycle.from);
  if (!bridge) return [{ ...periodOf(cycle), whole: periodOf(cycle), isBridge: false }];
  const months: ChargedMonth[] = [];
  for (let month = cycleMonth(bridge.cycleDay, cycle.from); ; month += 1) {
    const whole = { from: cycleStart(bridge.cycleDay, month), until: cycleStart(bridge.cycleDay, month + 1) };
    if (whole.from >= cycle.until) return months;
    const days = intersect(whole, cycle);
    months.push({ ...days, whole, isBridge: daysIn(days) < daysIn(whole) });
  }
}

/**
 * How many whole cycles days of a cycle are worth, with the fractions as texts: 1 for all of an ordinary cycle ("31/31"), less for a
 * part or for a short bridging cycle. The days must lie in the cycle and not overlap.
 */
export function shareOf(
  account: Cycles,
  cycle: Period,
  active: readonly Period[],
): { readonly share: Rational; readonly terms: readonly string[] } {
  let share = zero;
  const terms: string[] = [];
  for (const { whole, ...month } of monthsOf(account, cycle)) {
    const days = active.reduce((sum, period) => sum + daysIn(intersect(month, period)), 0);
    if (days === 0) continue;
    share = add(share, rational(days, daysIn(whole)));
    terms.push(`${days}/${daysIn(whole)}`);
  }
  return { share, terms };
}

/** The cycle day by which the months of a date are counted: in a bridging cycle already the new one. */
export function cycleDayOn(account: Cycles, date: LocalDate): number {
  return (stretchesOf(account).findLast(({ begin }) => begin <= date) as Stretch).cycleDay;
}

/** Cycles that begin on one cycle day, from the bridging cycle that leads to it on. */
interface Stretch {
  /** Number of the bridging cycle. */
  readonly after: number;
  /** The day on which that begins. */
  readonly begin: LocalDate;
  readonly cycleDay: number;
  /** A later cycle begins in the month of this plus its number. */
  readonly month: number;
}

function stretchesOf({ cycleDay, changes }: Cycles): readonly Stretch[] {
  return changes ? stretchesBy(changes, cycleDay) : [firstStretch(cycleDay)];
}

const stretchesBy = onceOfEach((changes: readonly AccountChange[], cycleDay: number): readonly Stretch[] =>
  changes.reduce(changed, [firstStretch(cycleDay)]),
);

function firstStretch(cycleDay: number): Stretch {
  return { after: Number.NEGATIVE_INFINITY, begin: '', cycleDay, month: 0 };
}

function changed(before: readonly Stretch[], { from, cycleDay, bridge }: AccountChange): readonly Stretch[] {
  if (cycleDay === undefined) return before;
  const last = before.at(-1) as Stretch;
  const running = Math.max(last.after, cycleMonth(last.cycleDay, from) - last.month);
  const after = startIn(before, running) >= from ? running : running + 1;
  // Of two changes that wait for the end of one cycle, the later one counts.
  const kept = after === last.after ? before.slice(0, -1) : before;
  if ((kept.at(-1) as Stretch).cycleDay === cycleDay) return kept;
  const begin = startIn(kept, after);
  const earliest = bridge === 'longer' ? startIn(kept, after + 1) : begin;
  let month = cycleMonth(cycleDay, begin) + 1;
  while (cycleStart(cycleDay, month) < earliest) month += 1;
  return [...kept, { after, begin, cycleDay, month: month - after - 1 }];
}

function startIn(all: readonly Stretch[], number: number): LocalDate {
  const stretch = all.findLast(({ after }) => after <= number) as Stretch;
  return stretch.after === number ? stretch.begin : cycleStart(stretch.cycleDay, stretch.month + number);
}

function periodOf({ from, until }: Period): Period {
  return { from, until };
}
