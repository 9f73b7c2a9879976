/** Reminders and dunning: steps before or after a date, until something stops them. */
import type { ScheduleAction } from '../../engine/outcomes.ts';
import type { Condition, Scope } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { noteFact } from '../check/facts-read.ts';
import { isKnown } from '../check/guards.ts';
import { endTimeToBase, timeToBase } from '../check/quantities.ts';
import { type Scene, seeFact } from '../check/scene.ts';
import { checkZone } from '../check/zones.ts';
import type { BetweenClause, StepsClause } from '../syntax/clauses.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import { eventScene } from './engagement.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { lowerSteps } from './schedule-steps.ts';
import { lowerSends } from './send.ts';
import { clauseOf, clausesOf } from './shapes.ts';

/** The rule that plans the steps and, with `stop when`, the rule that ends them. */
export function compileSchedule(placed: Placed<RuleSentence>, book: Book): readonly RuleDraft[] {
  const { clauses } = placed.sentence;
  const kind = placed.sentence.kind === 'dunning' ? 'dunning' : 'remind';
  const written = clausesOf(clauses, 'steps');
  const scope = scheduledScope(kind, written, placed, book);
  const also = circumstances(clauses, placed, book);
  if (!scope || !also || !plansFit(scope, placed)) return [];
  const scene = eventScene(scope, placed, book);
  const sends = lowerSends(clausesOf(clauses, 'send'), scope, placed, book);
  const schedule = lowerSteps(written, { kind, scene, placed, bare: sends?.length === 0 });
  const hours = lowerHours(clauseOf(clauses, 'between'), scene);
  // A schedule whose date is missing has nothing to count from.
  const dated = schedule && book.facts.get(schedule.date)?.optional ? [isKnown(schedule.date)] : [];
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, [...dated, ...also]);
  const stop = clausesOf(clauses, 'stop when');
  const stopped = stop.length > 0 ? lowerRule(stop, scene) : undefined;
  if (!schedule || !hours || !sends || !conditions || (stop.length > 0 && !stopped)) return [];
  const own = inItsCurrency(
    schedule.steps.flatMap(({ actions = [] }) => actions),
    scene,
  );
  const draft = { ...draftOf(placed), policy: 'all' as const, scope };
  const rule: RuleDraft = {
    ...draft,
    set: `${kind}:${scope}`,
    family: kind,
    conditions: 'all' in conditions ? { all: [...conditions.all, ...own] } : conditions,
    outcome: { kind, ...schedule, ...hours, sends },
  };
  if (!stopped) return [rule];
  const { name } = draft;
  return [
    rule,
    {
      ...draft,
      set: `stop:${name}`,
      family: 'stop',
      name: `${name}.stop`,
      conditions: stopped,
      outcome: { kind: 'stop' },
    },
  ];
}

/** What steps can be counted for: the books find these by their dates. */
const scheduled: readonly Scope[] = ['subscription', 'order', 'invoice', 'customer'];

function scheduledScope(
  kind: 'remind' | 'dunning',
  [first]: readonly StepsClause[],
  placed: Placed,
  book: Book,
): Scope | undefined {
  if (!first) return undefined;
  const { text, span } = first.date;
  const definition = book.facts.get(text);
  const wanted: readonly Scope[] = kind === 'dunning' ? ['invoice'] : scheduled;
  if (!definition) {
    seeFact({ kind: 'fact', name: text, span }, eventScene(wanted[0] ?? 'customer', placed, book));
    return undefined;
  }
  if (definition.type.kind !== 'date') {
    placed.report(
      'wrong-type',
      span,
      `\`${text}\` is not a date`,
      `count from a fact that is a date, such as ${kind === 'dunning' ? 'invoice.due_on' : 'subscription.renews_on'}`,
    );
    return undefined;
  }
  if (wanted.includes(definition.scope)) return definition.scope;
  placed.report(
    'out-of-scope',
    span,
    kind === 'dunning' ? 'dunning counts from a date of the invoice' : `nothing can be counted from \`${text}\``,
    kind === 'dunning' ? 'write `invoice.due_on`' : `count from a date of: ${scheduled.join(', ')}`,
  );
  return undefined;
}

/** Only a subscription has a plan. */
function plansFit(scope: Scope, { sentence, report }: Placed): boolean {
  const plans = clauseOf(sentence.clauses, 'for plans');
  if (!plans || scope === 'subscription') return true;
  report(
    'misplaced-clause',
    plans.span,
    `these steps are for an ${scope}, which has no plan`,
    'remove `for plan`, or count from a date of the subscription',
  );
  return false;
}

/** A fee can only be charged on a bill in its own currency: the rule is for invoices in it. */
function inItsCurrency(actions: readonly ScheduleAction[], scene: Scene): readonly Condition[] {
  const fee = actions.find((action) => action.kind === 'fee');
  if (!fee) return [];
  noteFact('invoice.currency', scene);
  return [{ fact: 'invoice.currency', operator: 'equal', value: fee.currency }];
}

interface Hours {
  readonly between: { readonly from: number; readonly until: number };
  readonly zone: string;
  readonly onWorkingDays: boolean;
}

/** Without `between` a step happens as its day begins for the customer. */
function lowerHours(clause: BetweenClause | undefined, scene: Scene): Hours | undefined {
  if (!clause) return { between: { from: 0, until: 1440 }, zone: 'customer', onWorkingDays: false };
  const zone = clause.zone ? checkZone(clause.zone, scene.report) : 'customer';
  const from = timeToBase(clause.from, scene.report);
  const until = endTimeToBase(clause.until, scene.report);
  if (zone === undefined || from === undefined || until === undefined) return undefined;
  if (from < until) return { between: { from, until }, zone, onWorkingDays: clause.onWorkingDays };
  scene.report(
    'empty-period',
    clause.until.span,
    `between ${clause.from.text} and ${clause.until.text} there is no time of one day`,
    'write the earlier time first',
  );
  return undefined;
}
