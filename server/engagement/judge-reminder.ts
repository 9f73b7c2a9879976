import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import { nextOpenMoment } from '../../engine/schedule.ts';
import { holidaysAround } from '../rules/holidays.ts';
import { matchesIn } from './decide-set.ts';
import { eventFacts } from './event-facts.ts';
import { dateFact, type RemindRule, remindRules } from './remind-rules.ts';
import { loadSubject, type Subject, type SubjectScope, subjectKeys } from './subjects.ts';

/** A step of a schedule as the books have it. */
export interface PlannedReminder {
  readonly key: string;
  readonly rule: string;
  readonly scope: SubjectScope;
  readonly subject_id: string;
  readonly step: number;
  readonly for_date: string;
  /** Null: good for as long as the rule holds. */
  readonly useless_after: Date | null;
}

/** What is to be done with a reminder, and why if it is not sent. */
export type Judgement =
  | { readonly kind: 'send'; readonly rule: RemindRule; readonly subject: Subject }
  /** Outside the rule's hours: to be looked at again when they open. */
  | { readonly kind: 'waiting'; readonly until: EpochMs }
  | { readonly kind: 'stopped' | 'skipped'; readonly reason: string };

/** Decides on a step as things stand now, whatever they were when it was planned. */
export async function judgeReminder(
  trx: Knex,
  rules: LoadedRuleSet,
  reminder: PlannedReminder,
  now: EpochMs,
): Promise<Judgement> {
  const rule = remindRules(rules).find((one) => one.name === reminder.rule);
  if (rule === undefined || rule.scope !== reminder.scope || rule.outcome.steps[reminder.step] === undefined)
    return { kind: 'stopped', reason: `The rules in force have no ${reminder.rule}` };
  const subject = await loadSubject(trx, subjectKeys(reminder.scope, reminder.subject_id));
  if (subject.subscription?.cancelledOn)
    return { kind: 'stopped', reason: `The subscription is cancelled from ${subject.subscription.cancelledOn}` };
  const facts = eventFacts(subject, now, rules);
  const date = dateFact(facts, rule.outcome.date);
  if ((await matchesIn(rules, `stop:${reminder.rule}`, facts)).length > 0)
    return { kind: 'stopped', reason: 'The rule’s “stop when” has come true' };
  if (date !== reminder.for_date)
    return { kind: 'stopped', reason: `The date has moved from ${reminder.for_date} to ${date ?? 'none'}` };
  if (!(await matchesIn(rules, rule.set.id, facts)).includes(reminder.rule))
    return { kind: 'stopped', reason: 'The rule’s “when” does not hold any more' };
  if (reminder.useless_after !== null && now >= reminder.useless_after.getTime())
    return { kind: 'skipped', reason: `Useless after ${reminder.useless_after.toISOString()}` };
  const { zone, country } = subject.customer;
  const holidays = holidaysAround(country, Number(localDate(now, zone).slice(0, 4)));
  const open = nextOpenMoment(rule.outcome, now, zone, holidays);
  return open > now ? { kind: 'waiting', until: open } : { kind: 'send', rule, subject };
}

export async function closeReminder(
  trx: Knex,
  key: string,
  state: 'sent' | 'skipped' | 'stopped',
  reason?: string,
): Promise<void> {
  await trx('reminder')
    .where({ key })
    .update({ state, reason: reason ?? null });
}
