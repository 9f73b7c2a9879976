import type { Knex } from 'knex';
import { exceptionOf } from '../../engine/exceptions.ts';
import type { Exception, LocalDate } from '../../engine/model.ts';
import { addDays, daysIn } from '../../engine/period.ts';
import { median, robustSpread } from '../../engine/usual.ts';

/** Days before that a day is compared with; with fewer it is not. */
const daysBefore = 28;

interface Day {
  readonly on: LocalDate;
  readonly value: number;
}

/**
 * Days of the cycles about to be billed of which a source told nothing, or less than half of the least it told of any of the 28
 * days before: its last file may be lost, which leaves no gap in the numbers.
 *
 * @param window the days that are billed, half-open.
 */
export async function silentDays(
  db: Knex,
  window: { readonly from: LocalDate; readonly until: LocalDate },
): Promise<readonly Exception[]> {
  const rows: { source: string; day: LocalDate; events: number }[] = await db('usage_profile as p')
    .join('usage_file as f', 'f.file_id', 'p.file_id')
    .whereNull('f.withdrawn_at')
    .whereNot('p.service', '*')
    .where('p.day', '>=', addDays(window.from, -daysBefore))
    .where('p.day', '<', window.until)
    .groupBy('p.source', 'p.day')
    .select('p.source', 'p.day', db.raw('sum(p.events)::int as events'))
    .orderBy(['p.source', 'p.day']);
  return [...new Set(rows.map((row) => row.source))].flatMap((source) =>
    silent(source, new Map(rows.filter((row) => row.source === source).map((row) => [row.day, row.events])), window),
  );
}

function silent(
  source: string,
  events: ReadonlyMap<LocalDate, number>,
  window: { readonly from: LocalDate; readonly until: LocalDate },
): readonly Exception[] {
  const days = Array.from({ length: daysIn(window) }, (_, index) => addDays(window.from, index));
  return days.flatMap((day) => {
    const before = Array.from({ length: daysBefore }, (_, index): Day => {
      const on = addDays(day, index - daysBefore);
      return { on, value: events.get(on) ?? 0 };
    });
    const least = Math.min(...before.map(({ value }) => value));
    const found = events.get(day) ?? 0;
    return found < least / 2 ? [lacking(source, { on: day, value: found }, before)] : [];
  });
}

function lacking(source: string, day: Day, before: readonly Day[]): Exception {
  const values = before.map(({ value }) => value);
  const usual = median(values) ?? 0;
  const evidence = `${source} told of ${day.value} uses on ${day.on}; on each of the ${daysBefore} days before it was at least ${Math.min(...values)}, usually ${Math.round(usual)}.`;
  return {
    ...exceptionOf('source-silent', `${source} ${day.on}`, evidence),
    figures: [
      {
        measure: 'uses a day',
        unit: 'records',
        found: String(day.value),
        usual: String(Math.round(usual)),
        spread: String(Math.round(robustSpread(values, usual))),
        past: before.map(({ on, value }) => ({ on, value: String(value) })),
      },
    ],
  };
}
