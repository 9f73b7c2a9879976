import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { toTimestamp } from '../engagement/engagement-deps.ts';
import { fileOfSubject, withdrawFile } from '../usage/withdraw-file.ts';

/** A person's decision on an exception. */
export interface ExceptionDecision {
  readonly state: 'approved' | 'rejected';
  readonly reason: string;
  readonly by: string;
}

export type DecideResult =
  | { readonly kind: 'decided' /** The run that may go on now. */; readonly runId: string | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'already decided'; readonly state: string; readonly by: string | null };

/**
 * Decides an open exception. The account's held cycle becomes clear with its last open hold approved, and rejected with
 * the first one rejected; a cycle that is not held (only flagged, or invoiced) stays as it is. A usage file that is
 * rejected before anything is rated by it is taken out. One transaction: nobody
 * sees a decision whose cycle has not moved.
 */
export async function decideException(
  db: Knex,
  id: number,
  decision: ExceptionDecision,
  now: EpochMs,
): Promise<DecideResult> {
  return db.transaction(async (trx): Promise<DecideResult> => {
    const exception = await trx('exception').where({ exception_id: id }).first<ExceptionRow | undefined>();
    if (exception === undefined) return { kind: 'unknown' };
    const cycle = { account_id: exception.account_id, period_from: exception.period_from };
    const hasCycle = exception.account_id !== null && exception.period_from !== null;
    // The cycle's row is the lock: two decisions on one account's holds must see each other.
    if (hasCycle) await trx('account_cycle').where(cycle).forUpdate().first();
    const changed = await trx('exception')
      .where({ exception_id: id, state: 'open' })
      .update({
        state: decision.state,
        reason: decision.reason,
        decided_by: decision.by,
        decided_at: toTimestamp(now),
      });
    if (changed === 0) {
      const decided = await trx('exception').where({ exception_id: id }).first<ExceptionRow>();
      return { kind: 'already decided', state: decided.state, by: decided.decided_by };
    }
    if (hasCycle && exception.action === 'hold') await moveCycle(trx, cycle, decision.state);
    const file = ofOneFile.includes(exception.code) ? fileOfSubject(exception.subject) : undefined;
    if (file && decision.state === 'rejected') await withdrawFile(trx, file, now);
    return { kind: 'decided', runId: exception.run_id };
  });
}

/** Exceptions of a usage file that came: rejected, it is taken out. */
const ofOneFile = ['trailer-mismatch', 'unlike-past'];

interface ExceptionRow {
  readonly code: string;
  readonly subject: string;
  readonly account_id: string | null;
  readonly period_from: string | null;
  readonly run_id: string | null;
  readonly action: string;
  readonly state: string;
  readonly decided_by: string | null;
}

async function moveCycle(
  trx: Knex,
  cycle: { account_id: string | null; period_from: string | null },
  state: ExceptionDecision['state'],
): Promise<void> {
  if (state === 'rejected') {
    await trx('account_cycle')
      .where({ ...cycle, state: 'held' })
      .update({ state: 'rejected' });
    return;
  }
  const open = await trx('exception')
    .where({ ...cycle, state: 'open', action: 'hold' })
    .first('exception_id');
  if (open === undefined)
    await trx('account_cycle')
      .where({ ...cycle, state: 'held' })
      .update({ state: 'clear' });
}
