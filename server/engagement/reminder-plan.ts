import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { addDays, localDate, startOfDay } from '../../engine/period.ts';
import { planSteps, type ScheduleOutcome } from '../../engine/schedule.ts';
import { holidaysAround } from '../rules/holidays.ts';
import { matchesIn } from './decide-set.ts';
import { toTimestamp } from './engagement-deps.ts';
import { eventFacts } from './event-facts.ts';
import { failureOf } from './failure-of.ts';
import { dateFact, type RemindRule, remindRules } from './remind-rules.ts';
import { datedSubjects } from './reminder-dates.ts';
import { loadSubjects, type Subject } from './subjects.ts';

/** How far planning came; `failures` says whom it could not plan for, and why. */
export interface PlanReport {
  readonly planned: number;
  readonly failures: readonly string[];
}

/**
 * Plans the steps of everything whose date comes into sight: before its first step, with days to spare for steps that
 * working days move. What is planned once is not planned again, and one subject that cannot be planned does not keep the
 * others from it.
 */
export async function planAhead(db: Knex, rules: LoadedRuleSet, now: EpochMs): Promise<PlanReport> {
  let planned = 0;
  const failures: string[] = [];
  for (const rule of remindRules(rules)) {
    const ids = await comingIntoSight(db, rule, now);
    for (let start = 0; start < ids.length; start += batch) {
      for (const [id, subject] of await loadSubjects(db, rule.scope, ids.slice(start, start + batch))) {
        try {
          planned += await planOne(db, rules, rule, id, subject, now);
        } catch (error) {
          failures.push(failureOf(`${rule.name} for ${id}`, error));
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
    const sight = daysOfSight(rule.outcome, 'before');
    const { from, where, date } = datedSubjects(rule);
    const { rows } = await db.raw<{ rows: { day: string | null }[] }>(
      `select min(${date}) as day from ${from} where ${where} and ${date} > :seen::date`,
      { fact: rule.outcome.date, seen: addDays(today, sight) },
    );
    const day = rows[0]?.day;
    if (day) instants.push(startOfDay(addDays(day, -sight), 'UTC'));
  }
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** A chain of holidays and weekends moves a step by a few days; zones and the planner's own day by one. */
const spareDays = 10;
const longestUnit = { day: 1, week: 7, month: 31 } as const;

function daysOfSight(outcome: ScheduleOutcome, side: 'before' | 'after'): number {
  const steps = outcome.steps.filter((step) => step.side === side);
  return steps.length === 0 ? 1 : Math.max(...steps.map((step) => step.count * longestUnit[step.unit])) + spareDays;
}

async function comingIntoSight(db: Knex, rule: RemindRule, now: EpochMs): Promise<readonly string[]> {
  const today = localDate(now, 'UTC');
  const { from, where, id, date } = datedSubjects(rule);
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select ${id} as id from ${from}
     where ${where} and ${date} between :first::date and :last::date
       and not exists (select from reminder r where r.rule = :rule and r.subject_id = ${id} and r.for_date = ${date})
     order by 1`,
    {
      fact: rule.outcome.date,
      rule: rule.name,
      first: addDays(today, -daysOfSight(rule.outcome, 'after')),
      last: addDays(today, daysOfSight(rule.outcome, 'before')),
    },
  );
  return rows.map((row) => row.id);
}

async function planOne(
  db: Knex,
  rules: LoadedRuleSet,
  rule: RemindRule,
  id: string,
  subject: Subject,
  now: EpochMs,
): Promise<number> {
  const facts = eventFacts(subject, now, rules);
  const date = dateFact(facts, rule.outcome.date);
  if (date === undefined) return 0;
  if (!(await matchesIn(rules, rule.set.id, facts)).includes(rule.name)) return 0;
  const { zone, country } = subject.customer;
  const steps = planSteps(rule.outcome, date, zone, holidaysAround(country, Number(date.slice(0, 4))));
  if (steps.length === 0) return 0;
  const rows = steps.map((step) => ({
    key: [rule.name, id, date, step.step].join('|'),
    rule: rule.name,
    scope: rule.scope,
    subject_id: id,
    step: step.step,
    for_date: date,
    due_at: toTimestamp(step.dueAt),
    useless_after: step.uselessAfter === undefined ? null : toTimestamp(step.uselessAfter),
    state: 'planned',
  }));
  const planned = await db('reminder').insert(rows).onConflict('key').ignore().returning('key');
  return planned.length;
}
