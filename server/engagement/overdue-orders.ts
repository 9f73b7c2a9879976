import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { raiseEvent } from './business-events.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { failureOf } from './failure-of.ts';

const source = 'urn:ratebook:clock';

/** An order is late when the day it was promised for has ended where the customer lives. */
const lateFrom = `((o.due_on + 1)::timestamp at time zone c.zone)`;
const waiting = `
  from customer_order o join customer c using (customer_id)
  where o.completed_at is null
    and not exists (select from business_event e where e.source = '${source}' and e.event_id = 'order overdue ' || o.order_id)`;

/**
 * Raises `order overdue` for every order whose day has passed, once per order for ever; each in its own transaction,
 * so that one faulty order does not silence the others.
 *
 * @returns how many were raised, and what went wrong with the rest.
 */
export async function raiseOverdueOrders(
  deps: EngagementDeps,
  now: EpochMs,
): Promise<{ raised: number; failures: readonly string[] }> {
  const { rows } = await deps.db.raw<{ rows: { orderId: string; lateAt: number }[] }>(
    `select o.order_id as "orderId", floor(extract(epoch from ${lateFrom}) * 1000)::bigint as "lateAt"
     ${waiting} and ${lateFrom} <= ? order by "lateAt", o.order_id`,
    [toTimestamp(now)],
  );
  let raised = 0;
  const failures: string[] = [];
  for (const { orderId, lateAt } of rows) {
    const event = {
      source,
      id: `order overdue ${orderId}`,
      name: 'order overdue',
      subject: orderId,
      at: lateAt,
      data: { orderId },
    } as const;
    try {
      const result = await deps.db.transaction((trx) => raiseEvent(trx, deps, event, now));
      if (result === 'done') raised += 1;
    } catch (error) {
      failures.push(failureOf(`order ${orderId}`, error));
    }
  }
  return { raised, failures };
}

/** When the next order becomes overdue after an instant; absent if none will. */
export async function nextOverdueOrder(db: Knex, after: EpochMs): Promise<EpochMs | undefined> {
  const { rows } = await db.raw<{ rows: { at: number | null }[] }>(
    `select floor(extract(epoch from min(${lateFrom})) * 1000)::bigint as at ${waiting} and ${lateFrom} > ?`,
    [toTimestamp(after)],
  );
  return rows[0]?.at ?? undefined;
}
