import { describe, expect, test } from 'vitest';
import { cycleBounds } from '../../engine/cycles.ts';
import { addMonths, dayNumber, daysIn, instantAt, intersect, localDate, startOfDay } from '../../engine/period.ts';

const hours = (from: number, until: number) => (until - from) / 3_600_000;

describe('billing cycles', () => {
  test('a cycle that starts on the 31st is clamped to the end of shorter months, always from its anchor', () => {
    const starts = ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'];
    expect(starts.map((date) => cycleBounds({ cycleDay: 31 }, date).from)).toEqual(starts);
    expect(cycleBounds({ cycleDay: 31 }, '2026-05-15')).toEqual({
      from: '2026-04-30',
      until: '2026-05-31',
      nextUntil: '2026-06-30',
    });
  });

  test('cycle days 29 and 30 meet February, also in a leap year', () => {
    expect(cycleBounds({ cycleDay: 29 }, '2026-02-28').from).toBe('2026-02-28');
    expect(cycleBounds({ cycleDay: 29 }, '2028-02-28').from).toBe('2028-01-29');
    expect(cycleBounds({ cycleDay: 30 }, '2028-02-29')).toEqual({
      from: '2028-02-29',
      until: '2028-03-30',
      nextUntil: '2028-04-30',
    });
  });

  test('the day before a cycle starts belongs to the one before', () => {
    expect(cycleBounds({ cycleDay: 8 }, '2026-01-07')).toEqual({
      from: '2025-12-08',
      until: '2026-01-08',
      nextUntil: '2026-02-08',
    });
  });

  test('days are counted as calendar days, a leap day and changes of the clock included', () => {
    expect(daysIn({ from: '2028-02-01', until: '2028-03-01' })).toBe(29);
    expect(daysIn({ from: '2026-03-01', until: '2026-04-01' })).toBe(31);
    expect(dayNumber('1970-01-02')).toBe(1);
  });

  test('periods that do not meet share no day', () => {
    expect(daysIn(intersect({ from: '2026-05-01', until: '2026-06-01' }, { from: '2026-06-01' }))).toBe(0);
    expect(intersect({ from: '2026-05-01', until: '2026-06-01' }, { from: '2026-05-10', until: '2026-05-20' })).toEqual(
      { from: '2026-05-10', until: '2026-05-20' },
    );
  });

  test('a month after 31 January is the last day of February', () => {
    expect([addMonths('2026-01-31', 1), addMonths('2026-03-31', -1)]).toEqual(['2026-02-28', '2026-02-28']);
  });
});

describe('local time', () => {
  test('the day of the spring change has 23 hours and that of the autumn change 25, in every zone of Europe at once', () => {
    for (const zone of ['Europe/Berlin', 'Europe/Lisbon', 'Europe/Helsinki']) {
      expect(hours(startOfDay('2026-03-29', zone), startOfDay('2026-03-30', zone))).toBe(23);
      expect(hours(startOfDay('2026-10-25', zone), startOfDay('2026-10-26', zone))).toBe(25);
    }
    expect(new Date(startOfDay('2026-05-01', 'Europe/Lisbon')).toISOString()).toBe('2026-04-30T23:00:00.000Z');
    expect(new Date(startOfDay('2026-05-01', 'Europe/Helsinki')).toISOString()).toBe('2026-04-30T21:00:00.000Z');
  });

  test('a time that the clock jumps over moves forward; one that comes twice is the first', () => {
    expect(new Date(instantAt('2026-03-29', 150, 'Europe/Berlin')).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(new Date(instantAt('2026-10-25', 150, 'Europe/Berlin')).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  test('where midnight does not exist, the day starts later', () => {
    expect(new Date(startOfDay('2024-04-26', 'Africa/Cairo')).toISOString()).toBe('2024-04-25T22:00:00.000Z');
  });

  test('an instant belongs to the day that its own zone counts', () => {
    const instant = Date.parse('2026-05-31T22:30:00Z');
    expect([localDate(instant, 'Europe/Lisbon'), localDate(instant, 'Europe/Berlin')]).toEqual([
      '2026-05-31',
      '2026-06-01',
    ]);
  });
});
