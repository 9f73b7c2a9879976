/** The steps of a schedule: when each is due, and what is done at it. */
import type { Schedule, ScheduleAction, ScheduleStep } from '../../engine/outcomes.ts';
import type { Placed } from '../check/book.ts';
import { moneyToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { StepAction, StepsClause } from '../syntax/clauses.ts';
import type { Quantity } from '../syntax/tree.ts';
import { lowerSends, wholeDays } from './send.ts';

export interface StepPlace {
  readonly kind: 'remind' | 'dunning';
  readonly scene: Scene;
  readonly placed: Placed;
  /** No message goes out at every step: each must do something of its own. */
  readonly bare: boolean;
}

/** All steps of a rule, in the order of the text. Undefined if something has been reported. */
export function lowerSteps(
  written: readonly StepsClause[],
  place: StepPlace,
): Pick<Schedule, 'date' | 'steps'> | undefined {
  const { report } = place.scene;
  const [first] = written;
  const other = written.find(({ date }) => date.text !== first?.date.text);
  if (!first) return undefined;
  if (other) {
    report(
      'repeated-clause',
      other.date.span,
      `the steps of this rule count from \`${first.date.text}\` already`,
      'write a rule of its own for the other date',
    );
    return undefined;
  }
  const steps: ScheduleStep[] = [];
  for (const clause of written) {
    const own = lowerClause(clause, place);
    if (!own) return undefined;
    for (const [index, step] of own.entries()) {
      if (steps.some((known) => known.count === step.count && known.unit === step.unit && known.side === step.side)) {
        report(
          'repeated-clause',
          clause.steps[index]?.span ?? clause.span,
          'this step stands here a second time',
          'keep one of the two',
        );
        return undefined;
      }
      steps.push(step);
    }
  }
  return { date: first.date.text, steps };
}

function lowerClause(clause: StepsClause, place: StepPlace): readonly ScheduleStep[] | undefined {
  const { report } = place.scene;
  const actions = lowerActions(clause.actions, place);
  const uselessAfterDays =
    clause.uselessAfter && wholeDays(clause.uselessAfter, 'the time until it is useless', report);
  const steps = clause.steps.map((step) => lowerStep(step, clause, place.scene));
  if (!actions || steps.includes(undefined) || (clause.uselessAfter && uselessAfterDays === undefined))
    return undefined;
  if (place.bare && actions.length === 0) {
    report(
      'missing-clause',
      clause.span,
      'nothing happens at this step',
      'write what happens behind the date: `send "…" to customer`',
    );
    return undefined;
  }
  return (steps as ScheduleStep[]).map((step) => ({
    ...step,
    ...(uselessAfterDays !== undefined && { uselessAfterDays }),
    ...(actions.length > 0 && { actions }),
  }));
}

const stepUnits = {
  day: ['day', 1],
  days: ['day', 1],
  week: ['week', 1],
  weeks: ['week', 1],
  month: ['month', 1],
  months: ['month', 1],
  year: ['month', 12],
  years: ['month', 12],
} as const;

function lowerStep(step: Quantity, { side, monthEnd }: StepsClause, { report }: Scene): ScheduleStep | undefined {
  const found = Object.entries(stepUnits).find(([name]) => name === step.unit?.text)?.[1];
  const count = Number(step.number) * (found?.[1] ?? 1);
  if (!found || !Number.isSafeInteger(count)) {
    report(
      'wrong-unit',
      step.span,
      'a step is counted in whole days, weeks or months',
      'write `7 days`, `2 weeks` or `1 month`',
    );
    return undefined;
  }
  const [unit] = found;
  if (count > mostDays) {
    report('too-large', step.span, 'no step lies that far from its date', `write at most ${mostDays} days`);
    return undefined;
  }
  if (unit !== 'month') return { count, unit, side };
  if (monthEnd) return { count, unit, side, monthEnd };
  report(
    'ambiguous-month',
    step.span,
    `a shorter month does not have every day: ${side === 'before' ? '31 March less one month' : '31 January and one month'} could be two days`,
    'add `, clamped to month end` (the last day of February) or `, rolling over` (a day in March)',
  );
  return undefined;
}

/** Ten years. */
const mostDays = 3650;

function lowerActions(written: readonly StepAction[], place: StepPlace): readonly ScheduleAction[] | undefined {
  const actions = written.map((action) => lowerAction(action, place));
  return actions.includes(undefined) ? undefined : (actions as ScheduleAction[]);
}

function lowerAction(action: StepAction, { kind, scene, placed }: StepPlace): ScheduleAction | undefined {
  if (action.kind === 'send') {
    const [send] = lowerSends([action], scene.scope, placed, scene.book) ?? [];
    return send && { kind: 'send', send };
  }
  if (kind === 'remind') {
    scene.report('misplaced-clause', action.span, 'a reminder only sends messages', 'write this step in a `dunning`');
    return undefined;
  }
  if (action.kind === 'suspend') return { kind: 'suspend' };
  const { amount, title, fiscalCategory } = action;
  const micro = moneyToBase(amount, scene.report);
  if (micro === undefined) return undefined;
  if (micro === 0) {
    scene.report('not-positive', amount.span, 'a fee cannot be nothing', 'write an amount above zero');
    return undefined;
  }
  return {
    kind: 'fee',
    amount: amount.amount,
    currency: amount.currency.text,
    title: title.text,
    ...(fiscalCategory && { fiscalCategory: fiscalCategory.text }),
  };
}
