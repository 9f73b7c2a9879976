/** Local time by the platform's own tables, and calendars as they are described. */
import type { CalendarSentence } from '../../../dsl/syntax/sentences.ts';

const dayMs = 86_400_000;

/**
 * When the clocks of a zone show this time. One that they jump over moves on by the jump; of one that they show twice it
 * is the first.
 */
export function instantOf(date: string, minutes: number, zone: string): number {
  const shown = Date.parse(date) + minutes * 60_000;
  const candidates = [offsetAt(shown - dayMs, zone), offsetAt(shown + dayMs, zone)].map((offset) => shown - offset);
  const [first] = candidates.filter((at) => at + offsetAt(at, zone) === shown).sort((a, b) => a - b);
  return first ?? shown - offsetAt(shown - dayMs, zone);
}

/** Whether an instant lies in one of the bands; a band that passes midnight belongs to the day it began. */
export function isInCalendar(
  { bands }: CalendarSentence,
  at: number,
  zone: string,
  holidays: (region: string, year: number) => readonly string[],
): boolean {
  const today = Date.parse(new Date(at + offsetAt(at, zone)).toISOString().slice(0, 10));
  return [today - dayMs, today].some((day) => {
    const date = new Date(day).toISOString().slice(0, 10);
    const weekday = new Date(day).getUTCDay();
    const isWeekend = weekday === 0 || weekday === 6;
    return bands.some(({ days, region, from, until }) => {
      const isDay =
        days === 'every day' ||
        (days === 'weekdays' && !isWeekend) ||
        (days === 'weekends' && isWeekend) ||
        (days === 'holidays' && holidays(region?.text ?? '', Number(date.slice(0, 4))).includes(date));
      const [start, end] = [minutesOf(from?.text ?? '00:00'), minutesOf(until?.text ?? '24:00')];
      const last = end <= start ? end + 24 * 60 : end;
      return isDay && instantOf(date, start, zone) <= at && at < endOf(date, last, zone);
    });
  });
}

function endOf(date: string, minutes: number, zone: string): number {
  const next = new Date(Date.parse(date) + dayMs).toISOString().slice(0, 10);
  return minutes < 24 * 60 ? instantOf(date, minutes, zone) : instantOf(next, minutes - 24 * 60, zone);
}

function offsetAt(at: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour % 24, minute, second) - Math.floor(at / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const whole = 'numeric' as const;
  const shown = { year: whole, month: whole, day: whole, hour: whole, minute: whole, second: whole, hour12: false };
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...shown });
  formats.set(zone, format);
  return format;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

export function dayNumberOf(date: string): number {
  return Date.parse(date) / 86_400_000;
}
