/**
 * Time: local days, billing cycles and the instants at which they begin.
 *
 * Periods are half-open, [from, until). A local date is ISO text and means the day as the account's zone counts it; its
 * midnight is an instant only together with a zone, because days of 23 and 25 hours exist.
 */
import { DateTime, IANAZone } from 'luxon';
import type { EpochMs, LocalDate } from './model.ts';

/** Days, [from, until). */
export interface Period {
  readonly from: LocalDate;
  readonly until: LocalDate;
}

/** The first day of a cycle month (year × 12 + month − 1). A cycle day of 29–31 falls on the month's last day where the month is shorter. */
export function cycleStart(cycleDay: number, month: number): LocalDate {
  const first = firstOfMonth(month);
  return dateOf(first + Math.min(cycleDay, firstOfMonth(month + 1) - first) - 1);
}

/** The month in which the cycle begins that holds a date: counted from the cycle day every time, 31 January, 28 February, 31 March. */
export function cycleMonth(cycleDay: number, date: LocalDate): number {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
  return date < cycleStart(cycleDay, index) ? index - 1 : index;
}

/**
 * The first instant of a local day: usually midnight; where the clock jumps over it, when it goes on; where it comes twice, the
 * first of the two. A day that a zone leaves out (Samoa's 30 December 2011) begins and ends with the day after it.
 */
export function startOfDay(date: LocalDate, zone: string): EpochMs {
  const known = starts.get(`${date} ${zone}`);
  if (known !== undefined) return known;
  if (starts.size > mostStarts) starts.clear();
  const start = findStart(dayNumber(date) * dayMs, IANAZone.create(zone));
  starts.set(`${date} ${zone}`, start);
  return start;
}

/** Thousands of accounts share few days and zones. */
const mostStarts = 10_000;
const starts = new Map<string, EpochMs>();
const dayMs = 86_400_000;

/** luxon resolves a midnight that comes twice by the offset of today, so the offsets of the days around are asked instead. */
function findStart(midnight: EpochMs, zone: IANAZone): EpochMs {
  const offsets = [-dayMs, dayMs].map((side) => zone.offset(midnight + side) * 60_000);
  const shown = offsets.map((offset) => midnight - offset).filter((at) => at + zone.offset(at) * 60_000 === midnight);
  // None: the clock jumps from before midnight to after it, and the offset before the jump tells when.
  return shown.length > 0 ? Math.min(...shown) : midnight - Math.min(...offsets);
}

/**
 * The instant at which a wall clock shows a time (minutes since midnight; 1440 is the next day's start). A time that the
 * clock jumps over moves forward by the jump; a time that comes twice is the first of the two.
 */
export function instantAt(date: LocalDate, minutes: number, zone: string): EpochMs {
  const on = addDays(date, Math.floor(minutes / 1440));
  const minute = minutes % 1440;
  if (minute === 0) return startOfDay(on, zone);
  const { year, month, day: dayOfMonth } = day(on);
  const local = DateTime.fromObject(
    { year, month, day: dayOfMonth, hour: Math.floor(minute / 60), minute: minute % 60 },
    { zone },
  );
  return (local.getPossibleOffsets()[0] ?? local).toMillis();
}

export function localDate(at: EpochMs, zone: string): LocalDate {
  return isoDate(DateTime.fromMillis(at, { zone }));
}

/** Minutes since midnight on the zone's own clocks. */
export function localMinutes(at: EpochMs, zone: string): number {
  const { hour, minute } = DateTime.fromMillis(at, { zone });
  return hour * 60 + minute;
}

/**
 * Days since 1970-01-01 on the zone's own calendar. It is asked for every portion of usage, so the zone's offset is
 * remembered: for a day of UTC where its clocks stay as they are, otherwise for the quarter of an hour, within which no zone moves them.
 */
export function localDayNumber(at: EpochMs, zone: string): number {
  let known = offsets.get(zone);
  if (!known || known.size > mostOffsets) {
    known = new Map();
    offsets.set(zone, known);
  }
  const day = Math.floor(at / dayMs);
  let offset = known.get(day);
  if (offset === undefined) {
    const [first, last] = [offsetAt(day * dayMs, zone), offsetAt((day + 1) * dayMs - 1, zone)];
    offset = first === last ? first : Number.NaN;
    known.set(day, offset);
  }
  return Math.floor((at + (Number.isNaN(offset) ? offsetInQuarter(at, zone, known) : offset)) / dayMs);
}

/** Quarters are kept under numbers that no day has. */
function offsetInQuarter(at: EpochMs, zone: string, known: Map<number, number>): number {
  const quarter = Math.floor(at / quarterHour) + 0.5;
  const offset = known.get(quarter) ?? offsetAt(at, zone);
  known.set(quarter, offset);
  return offset;
}

function offsetAt(at: EpochMs, zone: string): number {
  return DateTime.fromMillis(at, { zone }).offset * 60_000;
}

const quarterHour = 900_000;
/** Many years of one zone. */
const mostOffsets = 36_000;
const offsets = new Map<string, Map<number, number>>();

/** "2026-01-12 22:30:00" as the zone's clocks show it, for people. */
export function localTime(at: EpochMs, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm:ss');
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOf(dayNumber(date) + days);
}

/** Whether a text is the name of an IANA time zone. Those that are, are remembered: to ask costs as much as rating a hundred events. */
export function isZone(name: string): boolean {
  if (zones.has(name)) return true;
  if (!IANAZone.isValidZone(name)) return false;
  zones.add(name);
  return true;
}

/** There are some hundred. */
const zones = new Set<string>();

/** Calendar months: 31 January plus one month is the last day of February. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  return isoDate(day(date).plus({ months }));
}

/** Calendar months where the days that a shorter month lacks roll over: 31 January plus one month is 2 or 3 March. */
export function rollMonths(date: LocalDate, months: number): LocalDate {
  const { day: dayOfMonth } = day(date);
  return addDays(isoDate(day(date).startOf('month').plus({ months })), dayOfMonth - 1);
}

/** 1 is Monday, 7 is Sunday. */
export function weekday(date: LocalDate): number {
  return new Date(dayNumber(date) * dayMs).getUTCDay() || 7;
}

/** Days since 1970-01-01: how rules see a date. */
export function dayNumber(date: LocalDate): number {
  const known = dayNumbers.get(date);
  if (known !== undefined) return known;
  if (dayNumbers.size > mostDays) dayNumbers.clear();
  const number = day(date).toMillis() / dayMs;
  dayNumbers.set(date, number);
  return number;
}

/** The date of a day number. */
function dateOf(number: number): LocalDate {
  const known = dates.get(number);
  if (known !== undefined) return known;
  if (dates.size > mostDays) dates.clear();
  const date = isoDate(DateTime.fromMillis(number * dayMs, { zone: 'utc' }));
  dates.set(number, date);
  return date;
}

/** Day number of the first day of a month (year × 12 + month − 1). */
function firstOfMonth(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12) / dayMs;
}

/** Accounts share most of their days. */
const mostDays = 10_000;
const dayNumbers = new Map<LocalDate, number>();
const dates = new Map<number, LocalDate>();

export function daysIn({ from, until }: Period): number {
  return Math.max(0, dayNumber(until) - dayNumber(from));
}

/** What two periods share; an empty period (from = until) if nothing. An absent end is open. */
export function intersect(a: Period, b: { readonly from: LocalDate; readonly until?: LocalDate | undefined }): Period {
  const from = later(a.from, b.from);
  const until = b.until !== undefined && b.until < a.until ? b.until : a.until;
  return from < until ? { from, until } : { from, until: from };
}

/** The later of two days; ISO dates sort as texts. */
export function later(a: LocalDate, b: LocalDate): LocalDate {
  if (a > b) return a;
  return b;
}

function day(date: LocalDate): DateTime {
  const value = DateTime.fromISO(date, { zone: 'utc' });
  if (!value.isValid) throw new RangeError(`"${date}" is not a date.`);
  return value;
}

function isoDate(value: DateTime): LocalDate {
  const text = value.toISODate();
  if (text === null) throw new RangeError('No such date or time zone.');
  return text;
}
