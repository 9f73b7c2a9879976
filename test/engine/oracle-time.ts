/** Days, cycles and off-peak hours for the oracle: luxon is asked about each day and each minute, nothing is computed ahead. */
import { DateTime } from 'luxon';

/** Epoch milliseconds at which a local date begins. */
export function midnight(date: string, zone: string): number {
  return DateTime.fromISO(date, { zone }).toMillis();
}

export function dayAfter(date: string): string {
  return shifted(date, 1);
}

export function shifted(date: string, days: number): string {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate() ?? '';
}

/** The days of a half-open range, one by one. */
export function daysOf(from: string, until: string): readonly string[] {
  const days: string[] = [];
  for (let day = from; day < until; day = dayAfter(day)) days.push(day);
  return days;
}

/** The first day of the cycle that begins in a month; `month` counts from January of year 0. */
export function cycleStart(month: number, cycleDay: number): string {
  const first = DateTime.utc(Math.floor(month / 12), (month % 12) + 1, 1);
  return first.set({ day: Math.min(cycleDay, first.daysInMonth ?? 28) }).toISODate() ?? '';
}

/** Month in which the cycle that holds a date begins. */
export function cycleMonth(date: string, cycleDay: number): number {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
  return cycleStart(month, cycleDay) <= date ? month : month - 1;
}

const asked = new Map<string, Map<number, boolean>>();

/** Weekdays 20:00 to 08:00, weekends, holidays of Germany, by the customer's clock. */
export function isOffpeak(at: number, zone: string): boolean {
  const minute = Math.floor(at / 60_000);
  const minutes = asked.get(zone) ?? new Map<number, boolean>();
  asked.set(zone, minutes);
  const known = minutes.get(minute);
  if (known !== undefined) return known;
  const local = DateTime.fromMillis(minute * 60_000, { zone });
  const isWeekday = (time: DateTime) => time.weekday <= 5;
  const answer =
    !isWeekday(local) ||
    local.hour >= 20 ||
    // A band that passes midnight belongs to the day it began, so Monday's early hours belong to Sunday, which has none.
    (local.hour < 8 && isWeekday(local.minus({ days: 1 }))) ||
    germanHolidays(local.year).includes(local.toISODate() ?? '');
  minutes.set(minute, answer);
  return answer;
}

function germanHolidays(year: number): readonly string[] {
  const easter = DateTime.utc(year, ...easterSunday(year));
  const moveable = [-2, 1, 39, 50].map((days) => easter.plus({ days }).toISODate() ?? '');
  return [...moveable, ...['01-01', '05-01', '10-03', '12-25', '12-26'].map((day) => `${year}-${day}`)];
}

/** Month and day, after Gauss with the exceptions of Lichtenberg. */
function easterSunday(year: number): readonly [number, number] {
  const century = Math.floor(year / 100);
  const m = 15 + Math.floor((3 * century + 3) / 4) - Math.floor((8 * century + 13) / 25);
  const s = 2 - Math.floor((3 * century + 3) / 4);
  const moon = year % 19;
  const d = (19 * moon + m) % 30;
  const r = Math.floor((d + Math.floor(moon / 11)) / 29);
  const limit = 21 + d - r;
  const sunday = 7 - ((year + Math.floor(year / 4) + s) % 7);
  const day = limit + 7 - ((limit - sunday) % 7);
  return day > 31 ? [4, day - 31] : [3, day];
}
