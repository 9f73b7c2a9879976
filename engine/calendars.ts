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

/** A calendar year as UTC counts it, with the intervals clipped to it. */
interface Year extends Interval {
  readonly intervals: readonly Interval[];
}

export function calendarTimes(calendar: Calendar, zone: string): CalendarTimes {
  const years = new Map<number, Year>();
  const holidays = new Set(calendar.holidays);
  let recent: Year = { from: 0, until: 0, intervals: [] };

  /** Usage comes in order of time, so the year asked for is nearly always the one asked for before. */
  function yearOf(at: EpochMs): Year {
    if (recent.from <= at && at < recent.until) return recent;
    const number = new Date(at).getUTCFullYear();
    recent = years.get(number) ?? expandYear(calendar.bands, holidays, zone, number);
    years.set(number, recent);
    return recent;
  }

  function includes(at: EpochMs): boolean {
    const { intervals } = yearOf(at);
    const interval = intervals[lastStartingBy(intervals, at)];
    return interval !== undefined && at < interval.until;
  }

  function boundaries(from: EpochMs, until: EpochMs): readonly EpochMs[] {
    const found: EpochMs[] = [];
    for (let start = from; start <= until; start = yearOf(start).until) {
      const { intervals } = yearOf(start);
      for (let i = Math.max(0, lastStartingBy(intervals, from)); i < intervals.length; i++) {
        const interval = intervals[i];
        if (!interval || interval.from >= until) break;
        // The ends of a year cut intervals in two; such a seam is not a change.
        for (const edge of [interval.from, interval.until]) {
          if (edge > from && edge < until && includes(edge - 1) !== includes(edge)) found.push(edge);
        }
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
  return { ...clip, intervals: merge(intervals) };
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

/** Index of the last interval that starts at or before the instant; −1 if none. Binary search. */
function lastStartingBy(intervals: readonly Interval[], at: EpochMs): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle] as Interval).from <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
