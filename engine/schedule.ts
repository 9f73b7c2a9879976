/** Plans the steps of a schedule: when each is due in local time, and after which instant it is useless. */
import type { EpochMs, LocalDate } from './model.ts';
import type { DunningOutcome, Outcome, RemindOutcome, Schedule, ScheduleAction, ScheduleStep } from './outcomes.ts';
import { addDays, addMonths, instantAt, later, localDate, rollMonths, weekday } from './period.ts';

export interface PlannedStep {
  /** Position in the rule, from 0. */
  readonly step: number;
  readonly dueAt: EpochMs;
  /** Absent: good for as long as the rule holds. */
  readonly uselessAfter?: EpochMs;
}

export type ScheduleOutcome = RemindOutcome | DunningOutcome;

export function isSchedule(outcome: Outcome): outcome is ScheduleOutcome {
  return outcome.kind === 'remind' || outcome.kind === 'dunning';
}

/**
 * Steps in time order. A step that falls on a day off moves earlier before the date and later after it; steps that fall
 * together become the latest of them. Unless it says otherwise, a step is useless once the next is due. The last
 * reminder is useless when its own day or the date is over, whichever is later; the last step of a dunning never is.
 *
 * @param date the date that the rule counts from, ISO.
 * @param zone of the customer, for a schedule in customer time.
 * @param holidays ISO dates that are no working days.
 */
export function planSteps(
  outcome: ScheduleOutcome,
  date: LocalDate,
  zone: string,
  holidays: readonly LocalDate[],
): readonly PlannedStep[] {
  const { between, onWorkingDays } = outcome;
  const here = zoneOf(outcome, zone);
  const steps = outcome.steps
    .map((step, index) => ({ step: index, wanted: stepDate(step, date), day: '' }))
    .sort((a, b) => (a.wanted < b.wanted ? -1 : a.wanted > b.wanted ? 1 : a.step - b.step))
    .map((one) => ({ ...one, day: onWorkingDays ? workingDay(one.wanted, date, holidays) : one.wanted }));
  // In the order of the wanted dates: the last of those that fall on one day stays.
  const kept = steps.filter((one, index) => steps[index + 1]?.day !== one.day);
  return kept.map(({ step, day }, index) => {
    const next = kept[index + 1];
    const days = outcome.steps[step]?.uselessAfterDays;
    const dueAt = instantAt(day, between.from, here);
    if (days !== undefined) return { step, dueAt, uselessAfter: instantAt(addDays(day, days), between.from, here) };
    if (next) return { step, dueAt, uselessAfter: instantAt(next.day, between.from, here) };
    if (outcome.kind === 'dunning') return { step, dueAt };
    return { step, dueAt, uselessAfter: instantAt(addDays(later(day, date), 1), 0, here) };
  });
}

/**
 * The first moment, not before `now`, at which a step may happen: in the rule's local hours, and on a working day if it
 * says so. Planned steps lie there already; one that is caught up on at night or on a Sunday does not.
 *
 * @param zone of the customer, for a schedule in customer time.
 * @param holidays ISO dates that are no working days.
 */
export function nextOpenMoment(
  schedule: Schedule,
  now: EpochMs,
  zone: string,
  holidays: readonly LocalDate[],
): EpochMs {
  const { between, onWorkingDays } = schedule;
  const here = zoneOf(schedule, zone);
  for (let day = localDate(now, here); ; day = addDays(day, 1)) {
    if (onWorkingDays && (weekday(day) > 5 || holidays.includes(day))) continue;
    if (now < instantAt(day, between.until, here)) return Math.max(now, instantAt(day, between.from, here));
  }
}

/** Whose days and hours the schedule goes by. */
export function zoneOf({ zone }: Pick<Schedule, 'zone'>, customerZone: string): string {
  return zone === 'customer' ? customerZone : zone;
}

/** What happens at a step: what the rule sends at each, and what the step does itself. */
export function actionsAt({ sends, steps }: Schedule, step: number): readonly ScheduleAction[] {
  return [...sends.map((send) => ({ kind: 'send' as const, send })), ...(steps[step]?.actions ?? [])];
}

/** `7 days after`, as an invoice or a log says it. */
export function stepInWords({ count, unit, side }: ScheduleStep): string {
  return `${count} ${unit}${count === 1 ? '' : 's'} ${side}`;
}

function stepDate({ count, unit, side, monthEnd }: ScheduleStep, date: LocalDate): LocalDate {
  const signed = side === 'before' ? -count : count;
  switch (unit) {
    case 'day':
      return addDays(date, signed);
    case 'week':
      return addDays(date, 7 * signed);
    case 'month':
      return monthEnd === 'rolling over' ? rollMonths(date, signed) : addMonths(date, signed);
  }
}

function workingDay(wanted: LocalDate, date: LocalDate, holidays: readonly LocalDate[]): LocalDate {
  const direction = wanted < date ? -1 : 1;
  let day = wanted;
  while (weekday(day) > 5 || holidays.includes(day)) day = addDays(day, direction);
  return day;
}
