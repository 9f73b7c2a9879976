/** Plan changes and pauses of subscriptions: read for the bill cycle, entered by an operator. */
import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';
import type { Pause, PlanChange } from '../../engine/subscription-changes.ts';
import { isConstraintViolation } from '../database/constraint-violation.ts';
import { inTurn } from '../database/in-turn.ts';

/** None where a list is absent. */
export interface SubscriptionChanges {
  readonly planChanges?: readonly PlanChange[];
  readonly pauses?: readonly Pause[];
}

/** By subscription, in order of time; of the accounts' subscriptions only those that have any. */
export async function readSubscriptionChanges(
  db: Knex,
  subscriptionIds: readonly string[],
): Promise<ReadonlyMap<string, SubscriptionChanges>> {
  const [plans, pauses]: [PlanChangeRow[], PauseRow[]] = await inTurn([
    db('plan_change').whereIn('subscription_id', subscriptionIds).orderBy(['subscription_id', 'from_day']),
    db('subscription_pause').whereIn('subscription_id', subscriptionIds).orderBy(['subscription_id', 'from_day']),
  ]);
  const found = new Map<string, { planChanges?: PlanChange[]; pauses?: Pause[] }>();
  const of = (id: string) => {
    const known = found.get(id) ?? {};
    found.set(id, known);
    return known;
  };
  for (const { subscription_id, from_day, plan } of plans) {
    const known = of(subscription_id);
    known.planChanges = [...(known.planChanges ?? []), { from: from_day, plan }];
  }
  for (const { subscription_id, from_day, until_day } of pauses) {
    const known = of(subscription_id);
    known.pauses = [...(known.pauses ?? []), { from: from_day, ...(until_day !== null && { until: until_day }) }];
  }
  return found;
}

/** SQL of the plan that the subscription `s` has on a day, which is SQL as well. */
export function planSql(day: string): string {
  return `coalesce((select c.plan from plan_change c where c.subscription_id = s.subscription_id and c.from_day <= ${day}
    order by c.from_day desc limit 1), s.plan)`;
}

/** The same for today in a zone, which is SQL as well, by the clock in force: a test clock, if the books have one. */
export function planTodaySql(zone: string): string {
  return planSql(`(select (coalesce((select now from test_clock), now()) at time zone ${zone})::date)`);
}

/** The day of which a line of a bill speaks: what is given back was charged by the plan of the day before. */
export function dayOfLineSql(line: string): string {
  return `((${line}->>'from')::date - case when ${line}->>'kind' = 'fee refund' then 1 else 0 end)`;
}

/**
 * SQL of the plan that the line of a bill is of, as the bill knew it: `k` is the subscription as it was rated (`ratedSql`); where nobody rated it,
 * the subscription `s` as it is now.
 */
export function planOfLineSql(line: string): string {
  const day = dayOfLineSql(line);
  return `coalesce((select c.one->>'plan' from jsonb_array_elements(k.one->'planChanges') c (one)
    where (c.one->>'from')::date <= ${day} order by c.one->>'from' desc limit 1), k.one->>'plan', ${planSql(day)})`;
}

/** SQL of the subscriptions of cycles as they were rated, by `account_id`, `period_from` and `id`; `cycles` has the first two. */
export function ratedSql(cycles: string): string {
  return `select c.account_id, c.period_from, s.one->>'id' as id, s.one
    from account_cycle c cross join lateral jsonb_array_elements(c.inputs->'subscriptions') s (one)
    where (c.account_id, c.period_from) in (select account_id, period_from from ${cycles})`;
}

export type ChangeOutcome = 'done' | 'unknown' | 'already billed' | 'paused already';

/** Enters a change of plan, or replaces the one of the same day. */
export async function setPlanChange(
  db: Knex,
  subscriptionId: string,
  { from, plan }: PlanChange,
): Promise<ChangeOutcome> {
  return changing(db, subscriptionId, () =>
    db('plan_change')
      .insert({ subscription_id: subscriptionId, from_day: from, plan })
      .onConflict(['subscription_id', 'from_day'])
      .merge({ plan }),
  );
}

export async function removePlanChange(db: Knex, subscriptionId: string, from: LocalDate): Promise<ChangeOutcome> {
  return changing(db, subscriptionId, () =>
    db('plan_change').where({ subscription_id: subscriptionId, from_day: from }).delete(),
  );
}

/** Enters a pause; for one that begins on the same day, its end. */
export async function setPause(db: Knex, subscriptionId: string, { from, until }: Pause): Promise<ChangeOutcome> {
  const row = { until_day: until ?? null };
  return changing(db, subscriptionId, async () => {
    const updated = await db('subscription_pause')
      .where({ subscription_id: subscriptionId, from_day: from })
      .update(row);
    if (updated === 0)
      await db('subscription_pause').insert({ subscription_id: subscriptionId, from_day: from, ...row });
  });
}

export async function removePause(db: Knex, subscriptionId: string, from: LocalDate): Promise<ChangeOutcome> {
  return changing(db, subscriptionId, () =>
    db('subscription_pause').where({ subscription_id: subscriptionId, from_day: from }).delete(),
  );
}

interface PlanChangeRow {
  readonly subscription_id: string;
  readonly from_day: LocalDate;
  readonly plan: string;
}

interface PauseRow {
  readonly subscription_id: string;
  readonly from_day: LocalDate;
  readonly until_day: LocalDate | null;
}

/** A deletion that finds nothing is of something unknown. */
async function changing(db: Knex, subscriptionId: string, change: () => PromiseLike<unknown>): Promise<ChangeOutcome> {
  const known = await db('subscription').where({ subscription_id: subscriptionId }).first('subscription_id');
  if (!known) return 'unknown';
  try {
    return (await change()) === 0 ? 'unknown' : 'done';
  } catch (error) {
    if (['plan_change_is_ahead', 'pause_is_ahead'].some((rule) => isConstraintViolation(error, rule)))
      return 'already billed';
    if (isConstraintViolation(error, 'pauses_are_apart')) return 'paused already';
    throw error;
  }
}
