import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { actionsAt } from '../../engine/schedule.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { failureOf } from './failure-of.ts';
import { closeReminder, judgeReminder, type PlannedReminder } from './judge-reminder.ts';
import { closedWithoutBill, withoutFees } from './last-bill.ts';
import { takeAction } from './reminder-actions.ts';

/** What became of the reminders that were due. */
export interface ReminderReport {
  readonly sent: number;
  readonly skipped: number;
  readonly stopped: number;
  readonly failures: readonly string[];
}

/**
 * Does what is due, oldest first, each step in its own transaction. Conditions are tested again at this moment: what has
 * been paid, cancelled or become useless since it was planned does not happen, and its row says why.
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
      failures.push(failureOf(`reminder ${key}`, error));
    }
  }
  return { ...counts, failures };
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
  const judgement = await judgeReminder(trx, rules, reminder, now);
  if (judgement.kind === 'waiting') {
    await trx('reminder')
      .where({ key })
      .update({ due_at: toTimestamp(judgement.until) });
    return 'waiting';
  }
  if (judgement.kind !== 'send') {
    await closeReminder(trx, key, judgement.kind, judgement.reason);
    return judgement.kind;
  }
  const { rule, subject } = judgement;
  const planned = actionsAt(rule.outcome, reminder.step);
  const hasFee = planned.some(({ kind }) => kind === 'fee');
  const closed = hasFee ? await closedWithoutBill(trx, subject, now) : undefined;
  const actions = closed ? planned.filter(({ kind }) => kind !== 'fee') : planned;
  // Closed before anything follows from it: what a step raises may ask which steps are left.
  await closeReminder(trx, key, 'sent', closed && withoutFees(planned, closed));
  for (const action of actions) await takeAction(trx, { deps, rules, rule, subject, reminder, actions, now }, action);
  return 'sent';
}
