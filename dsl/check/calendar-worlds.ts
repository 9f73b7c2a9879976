/**
 * The worlds of an instant that is looked up in several calendars of one zone: which of them it can be in at once.
 *
 * Membership depends on the local time and on what kind of day it is and was the day before, since a band that passes
 * midnight belongs to the day it began. `engine/calendars.ts` says what the bands mean.
 */
import type { Calendar, CalendarBand } from '../../engine/rule-set.ts';
import type { World } from './world.ts';

const dayMs = 86_400_000;

/** `names` are the facts by calendar. */
export function calendarWorlds(calendars: readonly Calendar[], names: ReadonlyMap<string, string>): readonly World[] {
  const bands = calendars.flatMap((calendar) => {
    const holidays = new Set(calendar.holidays);
    return calendar.bands.map((band) => ({ calendar, band, holidays }));
  });
  const starts = [...new Set([0, ...bands.flatMap(({ band }) => [band.from % 1440, band.until % 1440])])].sort(
    (a, b) => a - b,
  );
  const worlds = new Map<string, World>();
  const seen = new Set<string>();
  let before: readonly boolean[] | undefined;
  for (const day of daysOf(calendars)) {
    const happens = bands.map(({ band, holidays }) => happensOn(band, day, holidays));
    const previous = before;
    before = happens;
    const kind = JSON.stringify([previous, happens]);
    if (!previous || seen.has(kind)) continue;
    seen.add(kind);
    for (const minute of starts) {
      const inside = new Set(
        bands
          .filter(({ band }, index) => covers(band, minute, happens[index], previous[index]))
          .map(({ calendar }) => calendar.name),
      );
      const values = new Map(calendars.map(({ name }) => [names.get(name) ?? name, inside.has(name)] as const));
      const id = JSON.stringify([...values]);
      if (!worlds.has(id)) worlds.set(id, { example: exampleOf(day, minute, values), values });
    }
  }
  return [...worlds.values()];
}

/** Every day of the years whose holidays are known; two weeks if there are none. */
function daysOf(calendars: readonly Calendar[]): readonly number[] {
  const holidays = calendars.flatMap((calendar) => calendar.holidays).map(dayOf);
  const monday = dayOf('2026-01-05');
  const first = holidays.reduce((low, day) => Math.min(low, day), monday) - 1;
  const last = holidays.reduce((high, day) => Math.max(high, day), monday + 14) + 1;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / dayMs;
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

function happensOn({ days }: CalendarBand, day: number, holidays: ReadonlySet<string>): boolean {
  const weekend = [0, 6].includes(new Date(day * dayMs).getUTCDay());
  switch (days) {
    case 'every day':
      return true;
    case 'weekdays':
      return !weekend;
    case 'weekends':
      return weekend;
    case 'holidays':
      return holidays.has(dateOf(day));
  }
}

function covers({ from, until }: CalendarBand, minute: number, today = false, yesterday = false): boolean {
  const passesMidnight = until <= from;
  if (today && minute >= from && (passesMidnight || minute < until)) return true;
  return yesterday && passesMidnight && minute < until;
}

function exampleOf(day: number, minute: number, values: World['values']): string {
  const weekday = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'][
    new Date(day * dayMs).getUTCDay()
  ];
  const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const said = [...values].map(([name, inside]) => (inside ? name : `not ${name}`));
  return `it is ${weekday} ${dateOf(day)} ${time} (${said.join(', ')})`;
}
