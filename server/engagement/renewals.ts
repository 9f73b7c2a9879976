import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { toTimestamp } from './engagement-deps.ts';

const termEnds = `(s.renews_on::timestamp at time zone a.zone)`;
const paidAhead = `s.paid_until > s.renews_on and s.cancelled_on is null`;

/**
 * Begins the paid terms of all subscriptions whose day of renewal has come in their account's zone: from then on they
 * renew on the day up to which they are paid.
 *
 * @returns how many began.
 */
export async function beginPaidTerms(db: Knex, now: EpochMs): Promise<number> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update subscription s set renews_on = s.paid_until
     from billing_account a where a.account_id = s.account_id and ${paidAhead} and ${termEnds} <= ?`,
    [toTimestamp(now)],
  );
  return rowCount;
}

/** When the next paid term begins; absent if none will. */
export async function nextPaidTerm(db: Knex, after: EpochMs): Promise<EpochMs | undefined> {
  const { rows } = await db.raw<{ rows: { at: number | null }[] }>(
    `select floor(extract(epoch from min(${termEnds})) * 1000)::bigint as at
     from subscription s join billing_account a using (account_id) where ${paidAhead} and ${termEnds} > ?`,
    [toTimestamp(after)],
  );
  return rows[0]?.at ?? undefined;
}
