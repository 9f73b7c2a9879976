/**
 * Calendars: named bands of local time (`offpeak`), as sorted intervals of instants.
 *
 * The bands of a calendar are joined by `or`: an instant is in the calendar if it lies in any band. `weekdays` are Monday
 * to Friday, a holiday on a Wednesday included; `holidays` are the listed dates, whatever their weekday. A band that
 * passes midnight belongs to the day it began: Friday 20:00 to 08:00 reaches into Saturday.
 */
import type { EpochMs, LocalDate } from './model.ts';
import { addDays, instantAt, weekday } from './period.ts';
import type { Calendar, CalendarBand } from './rule-set.ts';

/** A calendar in one zone. Years are expanded when first asked for, and only once. */
export interface CalendarTimes {
  /** Whether the instant lies in one of the calendar's bands. */
  includes(at: EpochMs): boolean;
  /** Instants strictly inside (from, until) at which a band begins or ends, ascending. */
  boundaries(from: EpochMs, until: EpochMs): readonly EpochMs[];
}

interface Interval {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** A calendar year as UTC counts it, with the intervals clipped to it: their starts and their ends, in order. */
interface Year extends Interval {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** What each quarter of an hour is, so that most questions need no search: bands seldom begin or end within one. */
  readonly quarters: Uint8Array;
}

const outside = 0;
const inside = 1;
const divided = 2;
const quarterMs = 900_000;

export function calendarTimes(calendar: Calendar, zone: string): CalendarTimes {
  const years = new Map<number, Year>();
  const holidays = new Set(calendar.holidays);
  let recent: Year = {
    from: 0,
    until: 0,
    starts: new Float64Array(),
    ends: new Float64Array(),
    quarters: new Uint8Array(),
  };

  /** Usage comes in order of time, so the year asked for is nearly always the one asked for before. */
  function yearOf(at: EpochMs): Year {
    if (recent.from <= at && at < recent.until) return recent;
    const number = new Date(at).getUTCFullYear();
    recent = years.get(number) ?? expandYear(calendar.bands, holidays, zone, number);
    years.set(number, recent);
    return recent;
  }

  function includes(at: EpochMs): boolean {
    const { from, starts, ends, quarters } = yearOf(at);
    const quarter = quarters[Math.floor((at - from) / quarterMs)];
    if (quarter !== divided) return quarter === inside;
    return at < (ends[lastStartingBy(starts, at)] ?? -Infinity);
  }

  function boundaries(from: EpochMs, until: EpochMs): readonly EpochMs[] {
    const found: EpochMs[] = [];
    for (let start = from; start <= until; start = yearOf(start).until) {
      const { starts, ends } = yearOf(start);
      for (let i = Math.max(0, lastStartingBy(starts, from)); i < starts.length; i++) {
        const [opens, closes] = [starts[i] as EpochMs, ends[i] as EpochMs];
        if (opens >= until) break;
        // The ends of a year cut intervals in two; such a seam is not a change.
        if (opens > from && includes(opens - 1) !== includes(opens)) found.push(opens);
        if (closes > from && closes < until && includes(closes - 1) !== includes(closes)) found.push(closes);
      }
    }
    return found;
  }

  return { includes, boundaries };
}

/** Bands of the neighbouring days reach in. */
function expandYear(
  bands: readonly CalendarBand[],
  holidays: ReadonlySet<LocalDate>,
  zone: string,
  year: number,
): Year {
  const clip = { from: Date.UTC(year), until: Date.UTC(year + 1) };
  const intervals: Interval[] = [];
  const last = `${year + 1}-01-02`;
  for (let date = `${year - 1}-12-29`; date <= last; date = addDays(date, 1)) {
    for (const band of bands) {
      if (!happensOn(band, date, holidays)) continue;
      const until = band.until <= band.from ? band.until + 1440 : band.until;
      const interval = {
        from: Math.max(clip.from, instantAt(date, band.from, zone)),
        until: Math.min(clip.until, instantAt(date, until, zone)),
      };
      if (interval.from < interval.until) intervals.push(interval);
    }
  }
  const merged = merge(intervals);
  const quarters = new Uint8Array((clip.until - clip.from) / quarterMs).fill(outside);
  for (const { from, until } of merged) {
    const [first, end] = [(from - clip.from) / quarterMs, (until - clip.from) / quarterMs];
    quarters.fill(inside, Math.ceil(first), Math.floor(end));
    for (const at of [first, end]) if (!Number.isInteger(at)) quarters[Math.floor(at)] = divided;
  }
  return {
    ...clip,
    quarters,
    starts: Float64Array.from(merged, ({ from }) => from),
    ends: Float64Array.from(merged, ({ until }) => until),
  };
}

function happensOn(band: CalendarBand, date: LocalDate, holidays: ReadonlySet<LocalDate>): boolean {
  switch (band.days) {
    case 'every day':
      return true;
    case 'weekdays':
      return weekday(date) <= 5;
    case 'weekends':
      return weekday(date) > 5;
    case 'holidays':
      return holidays.has(date);
  }
}

function merge(intervals: Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const interval of intervals.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && interval.from <= last.until) {
      merged[merged.length - 1] = { from: last.from, until: Math.max(last.until, interval.until) };
    } else {
      merged.push(interval);
    }
  }
  return merged;
}

/** Index of the last start at or before the instant; −1 if none. Binary search. */
function lastStartingBy(starts: Float64Array, at: EpochMs): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as EpochMs) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
