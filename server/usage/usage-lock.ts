import type { Knex } from 'knex';

const usageLock = 7_001;

/**
 * One collector per source at a time, so that a record and its duplicate in another file are never both counted as
 * new; collectors of different sources do not wait for each other. Held until the transaction ends.
 */
export async function lockSource(trx: Knex.Transaction, source: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock_shared(?)', [usageLock]);
  await trx.raw('select pg_advisory_xact_lock(?, hashtext(?))', [usageLock, source]);
}

/**
 * The last delivery that rating takes in. Waits for collections under way, because a delivery's number is drawn before
 * its transaction ends: whatever commits later has a higher number, and is late.
 */
export async function cutUsage(trx: Knex.Transaction): Promise<number> {
  await trx.raw('select pg_advisory_xact_lock(?)', [usageLock]);
  return lastDelivery(trx);
}

/** The same without waiting; undefined while something is being collected. */
export async function cutUsageIfQuiet(trx: Knex.Transaction): Promise<number | undefined> {
  const { rows } = await trx.raw<{ rows: { quiet: boolean }[] }>('select pg_try_advisory_xact_lock(?) as quiet', [
    usageLock,
  ]);
  return rows[0]?.quiet ? lastDelivery(trx) : undefined;
}

async function lastDelivery(trx: Knex.Transaction): Promise<number> {
  const row = await trx('usage_file').max({ last: 'file_id' }).first();
  return row?.last ?? 0;
}
