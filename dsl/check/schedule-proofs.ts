/** What the compiler proves of reminders and dunning: their steps can be due, and are not stopped before they begin. */
import type { DunningOutcome, RemindOutcome, ScheduleStep } from '../../engine/outcomes.ts';
import type { RuleDraft } from '../families/rule.ts';
import { type Case, casesOf, type View } from './cases.ts';
import { describeCase } from './examples.ts';
import { coverageOf } from './gaps.ts';
import type { Limit } from './limits.ts';

export type ScheduleDraft = RuleDraft & { readonly outcome: RemindOutcome | DunningOutcome };

export function isSchedule(rule: RuleDraft): rule is ScheduleDraft {
  return rule.outcome.kind === 'remind' || rule.outcome.kind === 'dunning';
}

/** `stop` is what its `stop when` became, if it has one. */
export function proveSchedule(rule: ScheduleDraft, stop: RuleDraft | undefined, view: View): void {
  const cases = casesOf(rule.conditions, view);
  const [example] = cases;
  if (!example) return;
  const { report, node } = rule.origin;
  const stopped = stop ? casesOf(stop.conditions, view) : [];
  if (stopped.length > 0 && cases.every((one) => coverageOf(stopped, view, one).kind === 'covered')) {
    report(
      'never-due',
      node.span,
      `\`stop when\` holds wherever this rule applies, for example where ${describeCase(example, view)}`,
      'stop at something that is not so from the beginning',
    );
    return;
  }
  const { steps, date } = rule.outcome;
  const farthest = Math.max(...steps.map((step) => daysFrom(step).latest));
  const idle = steps.find((step) => !cases.some((one) => canBeDue(step, date, one, farthest)));
  if (!idle) return;
  report(
    'never-due',
    node.span,
    `the step ${idle.count} ${idle.unit}${idle.count === 1 ? '' : 's'} ${idle.side} \`${date}\` falls on no day on which this rule applies`,
    'correct the step, or the days in `from`, `until` and `when`',
  );
}

/** A step that falls on days off moves, by a week of holidays at most, and may wait for its hours. */
const slackDays = 14;

/** Whether some day on which the rule applies may be the step's, or one on which it is still useful. */
function canBeDue(step: ScheduleStep, date: string, { limits }: Case, farthest: number): boolean {
  const counted = rangeOf(limits.get(date));
  const applies = rangeOf(limits.get('date'));
  const { earliest } = daysFrom(step);
  const first = counted.low + earliest - slackDays;
  const last = counted.high + Math.max(0, farthest) + (step.uselessAfterDays ?? 0) + slackDays;
  return first <= applies.high && applies.low <= last;
}

/** Days from the date to the step, negative before it; months have 28 to 31. */
function daysFrom({ count, unit, side }: ScheduleStep): { readonly earliest: number; readonly latest: number } {
  const [short, long] = unit === 'month' ? [28, 31] : unit === 'week' ? [7, 7] : [1, 1];
  return side === 'before'
    ? { earliest: -count * long, latest: -count * short }
    : { earliest: count * short, latest: count * long };
}

function rangeOf(limit: Limit | undefined): { readonly low: number; readonly high: number } {
  return limit?.kind === 'range' ? limit : { low: -Infinity, high: Infinity };
}
