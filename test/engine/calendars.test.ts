import { describe, expect, test } from 'vitest';
import { calendarTimes } from '../../engine/calendars.ts';
import type { Calendar } from '../../engine/rule-set.ts';

const at = (text: string) => Date.parse(text);
const calendar = (bands: Calendar['bands'], holidays: readonly string[] = []): Calendar => ({
  name: 'offpeak',
  zone: { kind: 'customer' },
  bands,
  holidays,
  at: { file: 'test.rules', line: 1 },
});
const offpeak = calendar(
  [
    { days: 'weekdays', from: 1200, until: 480 },
    { days: 'weekends', from: 0, until: 0 },
    { days: 'holidays', from: 0, until: 0 },
  ],
  ['2026-05-01', '2026-05-25'],
);

describe('calendars', () => {
  const berlin = calendarTimes(offpeak, 'Europe/Berlin');

  test('a band is half-open: 20:00 is in, 08:00 is out', () => {
    const times = [
      '2026-05-05T19:59:59.999+02:00',
      '2026-05-05T20:00+02:00',
      '2026-05-06T07:59:59.999+02:00',
      '2026-05-06T08:00+02:00',
    ];
    expect(times.map((time) => berlin.includes(at(time)))).toEqual([false, true, true, false]);
  });

  test('a band that passes midnight belongs to the day it began', () => {
    const nights = calendarTimes(calendar([{ days: 'weekdays', from: 1200, until: 480 }]), 'Europe/Berlin');
    expect(nights.includes(at('2026-05-09T03:00+02:00'))).toBe(true); // Saturday: Friday's night.
    expect(nights.includes(at('2026-05-10T03:00+02:00'))).toBe(false); // Sunday: Saturday has none.
    expect(nights.includes(at('2026-05-11T03:00+02:00'))).toBe(false); // Monday: Sunday has none.
  });

  test('the bands of a calendar are joined by or, and touching ones have no bound between them', () => {
    expect(berlin.includes(at('2026-05-01T12:00+02:00'))).toBe(true); // A holiday on a Friday.
    expect(
      berlin
        .boundaries(at('2026-04-30T12:00+02:00'), at('2026-05-05T12:00+02:00'))
        .map((edge) => new Date(edge).toISOString()),
    ).toEqual([
      '2026-04-30T18:00:00.000Z',
      '2026-05-03T22:00:00.000Z',
      '2026-05-04T18:00:00.000Z',
      '2026-05-05T06:00:00.000Z',
    ]);
    // Friday night, the weekend and Whit Monday are one stretch.
    expect(berlin.boundaries(at('2026-05-22T18:00:00Z'), at('2026-05-25T22:00:00Z'))).toEqual([]);
  });

  test('the same wall clock is another instant in another zone', () => {
    const helsinki = calendarTimes(offpeak, 'Europe/Helsinki');
    const instant = at('2026-05-05T17:30:00Z');
    expect([helsinki.includes(instant), berlin.includes(instant)]).toEqual([true, false]);
  });

  test('bands follow the clock on the days it changes', () => {
    const early = calendarTimes(calendar([{ days: 'every day', from: 0, until: 360 }]), 'Europe/Berlin');
    const lengthOn = (from: string) => {
      const start = at(from);
      const [end] = early.boundaries(start, start + 12 * 3_600_000);
      return ((end ?? start) - start) / 3_600_000;
    };
    expect([
      lengthOn('2026-03-29T00:00+01:00'),
      lengthOn('2026-05-05T00:00+02:00'),
      lengthOn('2026-10-25T00:00+02:00'),
    ]).toEqual([5, 6, 7]);
  });

  test('a year ends without a seam', () => {
    expect(berlin.includes(at('2026-12-31T23:59:59.999Z'))).toBe(true);
    expect(berlin.boundaries(at('2026-12-31T20:00:00Z'), at('2027-01-01T06:00:00Z'))).toEqual([]);
  });

  test('membership is what the boundaries say, minute by minute through a change of the clock', () => {
    const from = at('2026-03-28T00:00:00Z');
    const until = at('2026-03-31T00:00:00Z');
    const edges = new Set(berlin.boundaries(from, until));
    for (let minute = from + 60_000; minute < until; minute += 60_000) {
      expect(berlin.includes(minute) !== berlin.includes(minute - 60_000)).toBe(edges.has(minute));
    }
  });
});
