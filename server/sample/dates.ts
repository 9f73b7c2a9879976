/** Local dates as day numbers (days since 1970-01-01), and the cycles of the billed run and before. */

export type DayNumber = number;

/** Half-open. */
export interface Period {
  readonly from: DayNumber;
  readonly until: DayNumber;
}

/** The sample's billed run closes every cycle that ends from 2026-05-31 on; this is the day its invoices are issued. */
export const runIssuedOn: DayNumber = dayNumber(2026, 6, 16);

/**
 * The cycle that the sample's run bills for a cycle day (1–31), or the one `back` cycles before. A cycle day past the
 * end of a month falls on its last day.
 */
export function cycleOf(cycleDay: number, back = 0): Period {
  const month = (cycleDay > 15 ? 4 : 5) - back;
  return { from: anchored(month, cycleDay), until: anchored(month + 1, cycleDay) };
}

export function dayNumber(year: number, month: number, day: number): DayNumber {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** ISO date, `2026-05-01`. */
export function isoDate(day: DayNumber): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The same day of the month, `months` later; never past the month's end. */
export function addMonths(day: DayNumber, months: number): DayNumber {
  const date = new Date(day * 86_400_000);
  const first = dayNumber(date.getUTCFullYear(), date.getUTCMonth() + 1 + months, 1);
  return Math.min(
    first + date.getUTCDate() - 1,
    dayNumber(date.getUTCFullYear(), date.getUTCMonth() + 2 + months, 1) - 1,
  );
}

/** True on Saturday and Sunday; 1970-01-01 was a Thursday. */
export function isWeekend(day: DayNumber): boolean {
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6;
}

function anchored(month: number, cycleDay: number): DayNumber {
  return addMonths(dayNumber(2026, 1, cycleDay), month - 1);
}
