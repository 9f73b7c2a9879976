/** Plans the steps of a reminder: when each is due in the customer's own time, and after which instant it is useless. */
import type { EpochMs, LocalDate } from './model.ts';
import type { RemindOutcome } from './outcomes.ts';
import { addDays, addMonths, instantAt, later, weekday } from './period.ts';

export interface PlannedReminder {
  /** Position in the rule, from 0. */
  readonly step: number;
  readonly dueAt: EpochMs;
  readonly uselessAfter: EpochMs;
}

/**
 * Steps in time order. Months are calendar months, clamped to the month's last day. A step that falls on a day off moves
 * earlier before the date and later after it; steps that fall together become the latest of them. A step is useless once
 * the next is due; the last one, when its own day or the date is over, whichever is later.
 *
 * @param date the date that the rule counts from, ISO.
 * @param holidays ISO dates on which nothing is sent if the rule says `on working days`.
 */
export function planReminders(
  outcome: RemindOutcome,
  date: LocalDate,
  zone: string,
  holidays: readonly LocalDate[],
): readonly PlannedReminder[] {
  const steps = outcome.steps
    .map((step, index) => ({ step: index, wanted: stepDate(step, date), day: '' }))
    .sort((a, b) => (a.wanted < b.wanted ? -1 : a.wanted > b.wanted ? 1 : a.step - b.step))
    .map((one) => ({ ...one, day: outcome.onWorkingDays ? workingDay(one.wanted, date, holidays) : one.wanted }));
  // In the order of the wanted dates: the last of those that fall on one day stays.
  const kept = steps.filter((one, index) => steps[index + 1]?.day !== one.day);
  return kept.map(({ step, day }, index) => {
    const next = kept[index + 1];
    return {
      step,
      dueAt: instantAt(day, outcome.between.from, zone),
      uselessAfter: next
        ? instantAt(next.day, outcome.between.from, zone)
        : instantAt(addDays(later(day, date), 1), 0, zone),
    };
  });
}

function stepDate({ count, unit, side }: RemindOutcome['steps'][number], date: LocalDate): LocalDate {
  const signed = side === 'before' ? -count : count;
  switch (unit) {
    case 'day':
      return addDays(date, signed);
    case 'week':
      return addDays(date, 7 * signed);
    case 'month':
      return addMonths(date, signed);
  }
}

function workingDay(wanted: LocalDate, date: LocalDate, holidays: readonly LocalDate[]): LocalDate {
  const direction = wanted < date ? -1 : 1;
  let day = wanted;
  while (weekday(day) > 5 || holidays.includes(day)) day = addDays(day, direction);
  return day;
}
