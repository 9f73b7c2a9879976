/** Which bad records are delivered on which day, drawn before the first day so that their numbers are exact. */
import type { DayNumber } from './dates.ts';
import { type MalformedReason, malformedReasons } from './malformed.ts';
import { pick, type Random, randomStream, topic, whole } from './random.ts';
import type { UsagePlan } from './usage-plan.ts';

export type Fault =
  | { readonly kind: 'late'; readonly plan: UsagePlan; readonly random: Random; readonly startedOn: DayNumber }
  | { readonly kind: 'malformed'; readonly plan: UsagePlan; readonly random: Random; readonly reason: MalformedReason };

export interface FaultCounts {
  readonly late: number;
  readonly malformed: number;
  readonly duplicates: number;
}

/** Of so many lines: 0.3 % late, 0.2 % malformed (each kind at least twice), 0.5 % duplicates. */
export function faultCounts(lines: number): FaultCounts {
  return {
    late: Math.max(4, Math.round(lines * 0.003)),
    malformed: Math.max(2 * malformedReasons.length, Math.round(lines * 0.002)),
    duplicates: Math.max(4, Math.round(lines * 0.005)),
  };
}

/** Only subscribers of long standing with a normal month carry faults, so that no record has two. */
export function planFaults(
  seed: number,
  plans: readonly UsagePlan[],
  counts: FaultCounts,
): ReadonlyMap<DayNumber, readonly Fault[]> {
  const carriers = plans.filter(
    ({ account, subscription }) =>
      account.abnormal === null && subscription.pastCycles === 3 && subscription.cancelledOn === null,
  );
  const byDay = new Map<DayNumber, Fault[]>();
  for (let i = 0; i < counts.late + counts.malformed; i++) {
    const random = randomStream(seed, topic.fault, i);
    const plan = pick(random, carriers);
    const { cycle } = plan.account;
    const day = whole(random, cycle.from, cycle.until - 1);
    const fault: Fault =
      i < counts.late
        ? { kind: 'late', plan, random, startedOn: cycle.from - whole(random, 1, 28) }
        : { kind: 'malformed', plan, random, reason: malformedReasons[i % malformedReasons.length] as MalformedReason };
    const faults = byDay.get(day);
    if (faults === undefined) byDay.set(day, [fault]);
    else faults.push(fault);
  }
  return byDay;
}

/** A day on which most sources have delivered files, for faults of whole files. */
export function middleDay(firstDay: DayNumber, lastDay: DayNumber, share: number): DayNumber {
  return firstDay + Math.round((lastDay - firstDay) * share);
}
