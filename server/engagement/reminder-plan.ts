import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import type { RemindOutcome } from '../../engine/outcomes.ts';
import { addDays, localDate, startOfDay } from '../../engine/period.ts';
import { planReminders } from '../../engine/reminder.ts';
import { holidaysAround } from '../rules/holidays.ts';
import { matchesIn } from './decide-set.ts';
import { toTimestamp } from './engagement-deps.ts';
import { eventFacts } from './event-facts.ts';
import { dateFact, type RemindRule, remindRules } from './remind-rules.ts';
import { loadSubscriptions, type Subject } from './subjects.ts';

/** How far planning came; `failures` says whom it could not plan for, and why. */
export interface PlanReport {
  readonly planned: number;
  readonly failures: readonly string[];
}

/**
 * Plans the reminders of every subscription whose date comes into sight: before its first step, with days to spare for
 * steps that working days move. What is planned once is not planned again, and one subscription that cannot be planned
 * does not keep the others from it.
 */
export async function planAhead(db: Knex, rules: LoadedRuleSet, now: EpochMs): Promise<PlanReport> {
  let planned = 0;
  const failures: string[] = [];
  for (const rule of remindRules(rules)) {
    const column = dateColumns.get(rule.outcome.date);
    if (column === undefined) {
      failures.push(
        `${rule.name} counts from ${rule.outcome.date}; reminders can count from ${[...dateColumns.keys()].join(', ')}`,
      );
      continue;
    }
    const ids = await comingIntoSight(db, rule, column, now);
    for (let start = 0; start < ids.length; start += batch) {
      for (const subject of await loadSubscriptions(db, ids.slice(start, start + batch))) {
        try {
          planned += await planOne(db, rules, rule, subject, now);
        } catch (error) {
          failures.push(
            `${rule.name} for ${subject.subscription?.id}: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
      }
    }
  }
  return { planned, failures };
}

const batch = 500;

/** When the next date comes into sight of a rule; absent if none will. */
export async function nextPlanning(db: Knex, rules: LoadedRuleSet, after: EpochMs): Promise<EpochMs | undefined> {
  const today = localDate(after, 'UTC');
  const instants: EpochMs[] = [];
  for (const rule of remindRules(rules)) {
    const column = dateColumns.get(rule.outcome.date);
    if (column === undefined) continue;
    const sight = daysOfSight(rule.outcome, 'before');
    const { rows } = await db.raw<{ rows: { day: string | null }[] }>(
      `select min(${column}) as day from subscription where cancelled_on is null and ${column} > ?::date`,
      [addDays(today, sight)],
    );
    const day = rows[0]?.day;
    if (day) instants.push(startOfDay(addDays(day, -sight), 'UTC'));
  }
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** The dates of a subscription that reminders can count from: what the schema can find subscriptions by. */
const dateColumns: ReadonlyMap<string, string> = new Map([
  ['subscription.renews_on', 'renews_on'],
  ['subscription.accepted_on', 'accepted_on'],
  ['subscription.activated_on', 'activated_on'],
]);

/** A chain of holidays and weekends moves a step by a few days; zones and the planner's own day by one. */
const spareDays = 10;
const longestUnit = { day: 1, week: 7, month: 31 } as const;

function daysOfSight(outcome: RemindOutcome, side: 'before' | 'after'): number {
  const steps = outcome.steps.filter((step) => step.side === side);
  return steps.length === 0 ? 1 : Math.max(...steps.map((step) => step.count * longestUnit[step.unit])) + spareDays;
}

async function comingIntoSight(db: Knex, rule: RemindRule, column: string, now: EpochMs): Promise<readonly string[]> {
  const today = localDate(now, 'UTC');
  const first = addDays(today, -daysOfSight(rule.outcome, 'after'));
  const last = addDays(today, daysOfSight(rule.outcome, 'before'));
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select s.subscription_id as id from subscription s
     where s.cancelled_on is null and s.${column} between ?::date and ?::date
       and not exists (select from reminder r where r.rule = ? and r.subscription_id = s.subscription_id and r.for_date = s.${column})
     order by s.subscription_id`,
    [first, last, rule.name],
  );
  return rows.map((row) => row.id);
}

async function planOne(
  db: Knex,
  rules: LoadedRuleSet,
  rule: RemindRule,
  subject: Subject,
  now: EpochMs,
): Promise<number> {
  const facts = eventFacts(subject, now, rules);
  const date = dateFact(facts, rule.outcome.date);
  const subscriptionId = subject.subscription?.id;
  if (date === undefined || subscriptionId === undefined) return 0;
  if (!(await matchesIn(rules, rule.set.id, facts)).includes(rule.name)) return 0;
  const { zone, country } = subject.customer;
  const steps = planReminders(rule.outcome, date, zone, holidaysAround(country, Number(date.slice(0, 4))));
  if (steps.length === 0) return 0;
  const rows = steps.map((step) => ({
    key: [rule.name, subscriptionId, date, step.step].join('|'),
    rule: rule.name,
    subscription_id: subscriptionId,
    step: step.step,
    for_date: date,
    due_at: toTimestamp(step.dueAt),
    useless_after: toTimestamp(step.uselessAfter),
    state: 'planned',
  }));
  const planned = await db('reminder').insert(rows).onConflict('key').ignore().returning('key');
  return planned.length;
}
