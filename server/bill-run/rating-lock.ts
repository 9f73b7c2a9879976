import type { Knex } from 'knex';

const ratingLock = 7_002;

/** Who rates a shard; any number at a time. Held until the transaction ends. */
export async function joinRating(trx: Knex.Transaction): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock_shared(?)', [ratingLock]);
}

/** Waits for shards that are being rated, and lets none begin until the transaction ends. */
export async function lockRatings(trx: Knex): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(?)', [ratingLock]);
}
