import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { BillRunView } from '../api/bill-run-view.ts';
import { readBillRunView } from './progress.ts';

const lookEveryMs = 100;

/**
 * Follows a run, whoever works on it, until it has nothing left to do.
 *
 * @throws Error with the reason when the run has stopped, or when there is none.
 */
export async function followRun(db: Knex, runId: string, onView?: (view: BillRunView) => void): Promise<void> {
  for (;;) {
    const row = await db('bill_run').where({ run_id: runId }).first('step', 'asked', 'error');
    if (onView) onView(await readBillRunView(db, runId));
    if (row?.error) throw new Error(row.error);
    if (!row || (row.step === 'done' && !row.asked)) return;
    await pause(lookEveryMs);
  }
}
