import type { EpochMs } from '../../engine/model.ts';
import { raiseEvent } from './business-events.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { failureOf } from './failure-of.ts';

const source = 'urn:ratebook:corrections';

/**
 * Raises `invoice corrected` for every credit note that nobody has been told of, once for ever; each in its own transaction, so
 * that one that cannot be decided on does not silence the others.
 *
 * @returns how many were raised, and what went wrong with the rest.
 */
export async function raiseCreditNotes(
  deps: EngagementDeps,
  now: EpochMs,
): Promise<{ readonly raised: number; readonly failures: readonly string[] }> {
  const { rows } = await deps.db.raw<{ rows: { number: string }[] }>(
    `select n.number from credit_note n
     where n.issued_on <= (?::timestamptz + interval '1 day')::date
       and not exists (select from business_event e where e.source = '${source}' and e.event_id = 'invoice corrected ' || n.number)
     order by n.number`,
    [toTimestamp(now)],
  );
  let raised = 0;
  const failures: string[] = [];
  for (const { number } of rows) {
    const event = {
      source,
      id: `invoice corrected ${number}`,
      name: 'invoice corrected',
      subject: number,
      at: now,
      data: { creditNoteNumber: number },
    } as const;
    try {
      const result = await deps.db.transaction((trx) => raiseEvent(trx, deps, event, now));
      if (result === 'done') raised += 1;
    } catch (error) {
      failures.push(failureOf(`credit note ${number}`, error));
    }
  }
  return { raised, failures };
}
