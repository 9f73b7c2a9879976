import { runMigrations } from 'graphile-worker';
import type { Knex } from 'knex';
import pg from 'pg';

/**
 * What workers are asked to do. A job only carries who is to do what: the books say what is still to be done, so that a
 * job that is lost or done twice changes nothing.
 */
export interface Jobs {
  /** Take a run on: do its step, or ask for its shards. */
  readonly 'bill run': { readonly runId: string };
  readonly 'bill run shard': { readonly runId: string; readonly step: string; readonly shard: number };
}

export type JobName = keyof Jobs;

/** Brings the queue's own schema in the same database up to date. */
export async function migrateQueue(db: Knex): Promise<void> {
  const pool = openQueuePool(db, 1);
  try {
    await runMigrations({ pgPool: pool });
  } finally {
    await pool.end();
  }
}

/** Connections to the books as the queue wants them; it listens on one of them for as long as it runs. */
export function openQueuePool(db: Knex, max: number): pg.Pool {
  const pool = new pg.Pool({ ...connectionOf(db), max });
  // A connection that breaks is replaced by the next that is asked for; who was using it hears of it himself.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Where the books are, and how they are reached, for a connection of one's own. */
export function connectionOf(db: Knex): pg.ClientConfig {
  const { types: _, ...connection } = db.client.config.connection as pg.ClientConfig;
  return connection;
}

/** Asks for jobs, in the transaction that `db` may be. One that waits already is not asked for again. */
export async function addJobs<Name extends JobName>(
  db: Knex,
  name: Name,
  payloads: readonly Jobs[Name][],
): Promise<void> {
  await db.raw(
    `select count(*) from graphile_worker.add_jobs(array(
       select (?, p.payload, null, null, ?, p.key, null, null)::graphile_worker.job_spec
       from unnest(?::json[], ?::text[]) as p (payload, key)
       where not exists (select from graphile_worker.jobs j where j.key = p.key and j.locked_at is null)))`,
    [name, mostAttempts, payloads.map((one) => JSON.stringify(one)), payloads.map((one) => keyOf(one))],
  );
}

/** Whether anybody is asked to do anything for the run of a row of `bill_run`. */
export const isQueuedSql = `exists (select from graphile_worker.jobs j where starts_with(j.key, 'bill run ' || bill_run.run_id || '|'))`;

/** Each connection that breaks costs an attempt, so that they are no measure of failure here. */
const mostAttempts = 10_000;

function keyOf(payload: Jobs[JobName]): string {
  return `bill run ${[...Object.values(payload), ''].join('|')}`;
}
