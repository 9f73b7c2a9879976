import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarWorlds } from '../../dsl/check/calendar-worlds.ts';
import { keyWorlds } from '../../dsl/check/key-worlds.ts';
import { calendarTimes } from '../../engine/calendars.ts';
import type { Calendar, CalendarBand, DerivedFact, LookupTable } from '../../engine/rule-set.ts';

describe('Worlds', () => {
  const digits = fc.string({ unit: fc.constantFrom('1', '2'), maxLength: 3 });
  const prefixes = fc.uniqueArray(fc.tuple(digits, fc.constantFrom('a', 'b')), {
    selector: ([key]) => key,
    maxLength: 6,
  });
  const lookUp = (table: string): DerivedFact => ({
    name: table,
    type: { kind: 'text' },
    expression: { op: 'look-up', table, key: 'number', column: 'value' },
  });
  const tableOf = (name: string, rows: readonly (readonly string[])[]): LookupTable => ({
    name,
    match: 'longest prefix',
    key: 'number',
    columns: ['key', 'value'],
    column: 'value',
    otherwise: 'none',
    type: { kind: 'text' },
    file: '',
    hash: '',
    rows,
  });

  it('list everything that a number can be in two tables and to a prefix', () => {
    fc.assert(
      fc.property(prefixes, prefixes, digits, digits, (first, second, prefix, number) => {
        const tables = new Map([
          ['one', tableOf('one', first)],
          ['two', tableOf('two', second)],
        ]);
        const starts: DerivedFact = {
          name: 'starts',
          type: { kind: 'boolean' },
          expression: { op: 'starts with', fact: 'number', prefix },
        };
        const facts = [lookUp('one'), lookUp('two'), starts];
        const worlds = keyWorlds('number', facts, [], { tables, facts: new Map() });
        const longest = (rows: readonly (readonly string[])[]) =>
          rows
            .filter(([key = '']) => number.startsWith(key))
            .sort(([a = ''], [b = '']) => b.length - a.length)[0]?.[1] ?? 'none';
        const actual = [longest(first), longest(second), number.startsWith(prefix)];
        expect(worlds.map(({ values }) => ['one', 'two', 'starts'].map((name) => values.get(name)))).toContainEqual(
          actual,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('list everything that an instant can be in two calendars, and nothing else', () => {
    const minute = fc.integer({ min: 0, max: 23 }).map((hour) => hour * 60);
    const band = fc.record({
      days: fc.constantFrom('every day', 'weekdays', 'weekends', 'holidays') as fc.Arbitrary<CalendarBand['days']>,
      from: minute,
      until: minute,
    });
    const bands = fc.array(band, { minLength: 1, maxLength: 2 });
    const calendarOf = (name: string, own: readonly CalendarBand[]): Calendar => ({
      name,
      zone: { kind: 'named', zone: 'UTC' },
      bands: own,
      holidays: ['2026-01-01', '2026-01-06', '2026-01-10'],
      at: { file: '', line: 1 },
    });
    fc.assert(
      fc.property(bands, bands, (first, second) => {
        const calendars = [calendarOf('one', first), calendarOf('two', second)];
        const worlds = calendarWorlds(calendars, new Map());
        const times = calendars.map((calendar) => calendarTimes(calendar, 'UTC'));
        const hours = Array.from({ length: 24 * 16 }, (_, hour) => Date.UTC(2025, 11, 31) + hour * 3_600_000);
        const real = new Set(hours.map((at) => JSON.stringify(times.map((one) => one.includes(at)))));
        const listed = new Set(worlds.map(({ values }) => JSON.stringify([values.get('one'), values.get('two')])));
        expect([...listed].sort()).toEqual([...real].sort());
      }),
      { numRuns: 15 },
    );
  });
});
