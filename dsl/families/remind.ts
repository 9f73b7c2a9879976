/** Reminders: messages before or after a date, until something stops them. */
import type { RemindOutcome } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { isKnown } from '../check/guards.ts';
import { endTimeToBase, timeToBase } from '../check/quantities.ts';
import { type Scene, seeFact } from '../check/scene.ts';
import type { BetweenClause, StepsClause } from '../syntax/clauses.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import type { Quantity } from '../syntax/tree.ts';
import { eventScene, lowerSends } from './engagement.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';

/** The rule that plans the steps and, with `stop when`, the rule that ends them. */
export function compileRemind(placed: Placed<RuleSentence>, book: Book): readonly RuleDraft[] {
  const { clauses } = placed.sentence;
  const steps = clauseOf(clauses, 'steps');
  const between = clauseOf(clauses, 'between');
  const also = circumstances(clauses, placed, book);
  if (!steps || !between || !also) return [];
  const scene = eventScene('subscription', placed, book);
  const schedule = lowerSteps(steps, scene);
  const hours = lowerHours(between, scene);
  const sends = lowerSends(clausesOf(clauses, 'send'), scene.scope, placed, book);
  // A reminder whose date is missing has nothing to remind of.
  const dated = book.facts.get(steps.date.text)?.optional ? [isKnown(steps.date.text)] : [];
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, [...dated, ...also]);
  const stop = clausesOf(clauses, 'stop when');
  const stopped = stop.length > 0 ? lowerRule(stop, scene) : undefined;
  if (!schedule || !hours || !sends || !conditions || (stop.length > 0 && !stopped)) return [];
  const draft = draftOf(placed);
  const outcome: RemindOutcome = {
    kind: 'remind',
    ...schedule,
    between: hours,
    zone: 'customer',
    onWorkingDays: between.onWorkingDays,
    sends,
  };
  const rule: RuleDraft = {
    ...draft,
    set: 'remind',
    family: 'remind',
    policy: 'all',
    scope: 'subscription',
    conditions,
    outcome,
  };
  if (!stopped) return [rule];
  const name = `${draft.name}.stop`;
  return [
    rule,
    {
      ...draft,
      set: `stop:${draft.name}`,
      family: 'stop',
      policy: 'all',
      scope: 'subscription',
      name,
      conditions: stopped,
      outcome: { kind: 'stop' },
    },
  ];
}

function lowerSteps(
  { steps, side, date }: StepsClause,
  scene: Scene,
): Pick<RemindOutcome, 'date' | 'steps'> | undefined {
  const definition = seeFact({ kind: 'fact', name: date.text, span: date.span }, scene);
  if (!definition) return undefined;
  if (definition.type.kind !== 'date') {
    scene.report(
      'wrong-type',
      date.span,
      `\`${date.text}\` is not a date`,
      'count from a fact that is a date, such as subscription.renews_on',
    );
    return undefined;
  }
  const lowered = steps.map((step) => lowerStep(step, side, scene));
  const twin = lowered.findIndex((step, index) =>
    lowered.slice(0, index).some((other) => step && other?.count === step.count && other.unit === step.unit),
  );
  if (twin >= 0) {
    scene.report('repeated-clause', steps[twin]!.span, 'this step stands here a second time', 'keep one of the two');
    return undefined;
  }
  return lowered.includes(undefined) ? undefined : { date: date.text, steps: lowered as RemindOutcome['steps'] };
}

const stepUnits = { day: 'day', days: 'day', week: 'week', weeks: 'week', month: 'month', months: 'month' } as const;

function lowerStep(step: Quantity, side: 'before' | 'after', scene: Scene): RemindOutcome['steps'][number] | undefined {
  const unit = Object.entries(stepUnits).find(([name]) => name === step.unit?.text)?.[1];
  const count = Number(step.number);
  if (unit && Number.isSafeInteger(count)) return { count, unit, side };
  scene.report(
    'wrong-unit',
    step.span,
    'a reminder is counted in whole days, weeks or months',
    'write `7 days`, `2 weeks` or `1 month`',
  );
  return undefined;
}

function lowerHours({ from, until }: BetweenClause, scene: Scene): RemindOutcome['between'] | undefined {
  const start = timeToBase(from, scene.report);
  const end = endTimeToBase(until, scene.report);
  if (start === undefined || end === undefined) return undefined;
  if (start < end) return { from: start, until: end };
  scene.report(
    'empty-period',
    until.span,
    `between ${from.text} and ${until.text} there is no time of one day`,
    'write the earlier time first',
  );
  return undefined;
}
