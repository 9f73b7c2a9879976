import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { toTimestamp } from './engagement-deps.ts';

/**
 * Lets the steps of invoices go on that had been stopped because they were paid, and are open again: the first step that was not done becomes due
 * at once if its day has passed, the others as long after it as they were. Each is judged again when it is due.
 */
export async function resumeReminders(trx: Knex, invoiceNumbers: readonly string[], now: EpochMs): Promise<void> {
  await trx.raw(
    `update reminder r set state = 'planned', reason = null, due_at = r.due_at + greatest(interval '0', ?::timestamptz - f.first)
     from (select rule, subject_id, min(due_at) as first from reminder
           where scope = 'invoice' and state = 'stopped' and subject_id = any(?::text[]) group by 1, 2) f
     where r.scope = 'invoice' and r.state = 'stopped' and r.rule = f.rule and r.subject_id = f.subject_id`,
    [toTimestamp(now), [...invoiceNumbers]],
  );
}
