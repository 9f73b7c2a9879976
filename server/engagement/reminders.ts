import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import type { RemindOutcome } from '../../engine/outcomes.ts';
import { matchesIn } from './decide-set.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { eventFacts } from './event-facts.ts';
import { queueMessage } from './outbox.ts';
import { dateFact, remindRules } from './remind-rules.ts';
import { nextOpenMoment } from './reminder-hours.ts';
import { loadSubject, type Subject } from './subjects.ts';

/** What became of the reminders that were due. */
export interface ReminderReport {
  readonly sent: number;
  readonly skipped: number;
  readonly stopped: number;
  readonly failures: readonly string[];
}

interface PlannedReminder {
  readonly key: string;
  readonly rule: string;
  readonly subscription_id: string;
  readonly step: number;
  readonly for_date: string;
  readonly useless_after: Date;
}

/** What is to be done with a reminder, and why if it is not sent. */
type Judgement =
  | { readonly kind: 'send'; readonly outcome: RemindOutcome; readonly subject: Subject }
  /** Outside the rule's hours: to be looked at again when they open. */
  | { readonly kind: 'waiting'; readonly until: EpochMs }
  | { readonly kind: 'stopped' | 'skipped'; readonly reason: string };

/**
 * Sends what is due, oldest first, each in its own transaction. Conditions are tested again at this moment: what has
 * been paid, cancelled or become useless since it was planned is not sent, and its row says why.
 */
export async function sendReminders(deps: EngagementDeps, rules: LoadedRuleSet, now: EpochMs): Promise<ReminderReport> {
  const due = await deps
    .db('reminder')
    .where('state', 'planned')
    .where('due_at', '<=', toTimestamp(now))
    .orderBy(['due_at', 'key'])
    .pluck<string[]>('key');
  const counts = { sent: 0, skipped: 0, stopped: 0 };
  const failures: string[] = [];
  for (const key of due) {
    try {
      const state = await deps.db.transaction((trx) => settleReminder(trx, deps, rules, key, now));
      if (state !== 'waiting') counts[state] += 1;
    } catch (error) {
      failures.push(`reminder ${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { ...counts, failures };
}

/**
 * Ends the planned reminders of a subscription that need not be sent any more, in the transaction of the event that
 * made them needless: a payment must not be followed by a reminder of it.
 */
export async function stopReminders(
  trx: Knex,
  rules: LoadedRuleSet,
  subscriptionId: string,
  now: EpochMs,
): Promise<void> {
  const planned = await trx('reminder')
    .where({ subscription_id: subscriptionId, state: 'planned' })
    .forUpdate()
    .select<PlannedReminder[]>();
  for (const reminder of planned) {
    const judgement = await judge(trx, rules, reminder, now);
    if (judgement.kind === 'stopped') await close(trx, reminder.key, judgement.kind, judgement.reason);
  }
}

async function settleReminder(
  trx: Knex,
  deps: EngagementDeps,
  rules: LoadedRuleSet,
  key: string,
  now: EpochMs,
): Promise<'sent' | 'skipped' | 'stopped' | 'waiting'> {
  const reminder = await trx('reminder')
    .where({ key, state: 'planned' })
    .forUpdate()
    .skipLocked()
    .first<PlannedReminder | undefined>();
  // Somebody else is at it.
  if (reminder === undefined) return 'waiting';
  const judgement = await judge(trx, rules, reminder, now);
  if (judgement.kind === 'waiting') {
    await trx('reminder')
      .where({ key })
      .update({ due_at: toTimestamp(judgement.until) });
    return 'waiting';
  }
  if (judgement.kind !== 'send') {
    await close(trx, key, judgement.kind, judgement.reason);
    return judgement.kind;
  }
  for (const send of judgement.outcome.sends) {
    for (const to of send.to) {
      const uselessAfter = reminder.useless_after.getTime();
      const request = {
        rule: reminder.rule,
        send,
        to,
        subject: judgement.subject,
        occasion: `reminder:${key}`,
        now,
        uselessAfter,
      };
      await queueMessage(trx, request, rules.document, deps.settings);
    }
  }
  await close(trx, key, 'sent');
  return 'sent';
}

async function judge(trx: Knex, rules: LoadedRuleSet, reminder: PlannedReminder, now: EpochMs): Promise<Judgement> {
  const rule = remindRules(rules).find((one) => one.name === reminder.rule);
  if (rule === undefined) return { kind: 'stopped', reason: `The rules in force have no ${reminder.rule}` };
  const subject = await loadSubject(trx, { subscriptionId: reminder.subscription_id });
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
  if (now >= reminder.useless_after.getTime())
    return { kind: 'skipped', reason: `Useless after ${reminder.useless_after.toISOString()}` };
  const open = nextOpenMoment(rule.outcome, now, subject.customer.zone, subject.customer.country);
  return open > now ? { kind: 'waiting', until: open } : { kind: 'send', outcome: rule.outcome, subject };
}

async function close(trx: Knex, key: string, state: 'sent' | 'skipped' | 'stopped', reason?: string): Promise<void> {
  await trx('reminder')
    .where({ key })
    .update({ state, reason: reason ?? null });
}
