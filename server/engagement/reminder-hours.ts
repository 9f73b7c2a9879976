import type { EpochMs } from '../../engine/model.ts';
import type { Schedule } from '../../engine/outcomes.ts';
import { addDays, instantAt, localDate, weekday } from '../../engine/period.ts';
import { holidaysAround } from '../rules/holidays.ts';

/**
 * The first moment, not before `now`, at which the rule lets a reminder leave: in its local hours, and on a working day
 * if it says so. Planned steps lie there already; one that is caught up on at night or on a Sunday does not.
 *
 * @param zone whose hours they are.
 * @param country ISO 3166 alpha-2, whose holidays are no working days.
 */
export function nextOpenMoment(outcome: Schedule, now: EpochMs, zone: string, country: string): EpochMs {
  const today = localDate(now, zone);
  const holidays = outcome.onWorkingDays ? holidaysAround(country, Number(today.slice(0, 4))) : [];
  for (let day = today; ; day = addDays(day, 1)) {
    if (outcome.onWorkingDays && (weekday(day) > 5 || holidays.includes(day))) continue;
    if (now < instantAt(day, outcome.between.until, zone))
      return Math.max(now, instantAt(day, outcome.between.from, zone));
  }
}
