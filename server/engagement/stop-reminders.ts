import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { closeReminder, judgeReminder, type PlannedReminder } from './judge-reminder.ts';
import { type Subject, type SubjectScope, subjectId } from './subjects.ts';

const scopes: readonly SubjectScope[] = ['subscription', 'order', 'invoice', 'customer'];

/**
 * Ends the planned reminders that need not be sent any more, in the transaction of the event that made them needless: a
 * payment must not be followed by a reminder of it.
 *
 * @param subject what the event is about.
 */
export async function stopReminders(trx: Knex, rules: LoadedRuleSet, subject: Subject, now: EpochMs): Promise<void> {
  const about = scopes.flatMap((scope) => {
    const id = subjectId(scope, subject);
    return id === undefined ? [] : [[scope, id]];
  });
  const planned = await trx('reminder')
    .whereIn(['scope', 'subject_id'], about)
    .where({ state: 'planned' })
    .orderBy('key')
    .forUpdate()
    .select<PlannedReminder[]>();
  for (const reminder of planned) {
    const judgement = await judgeReminder(trx, rules, reminder, now);
    if (judgement.kind === 'stopped') await closeReminder(trx, reminder.key, judgement.kind, judgement.reason);
  }
}
