/** A database that goes away at a certain moment: PostgreSQL ends the very session that comes to it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { isOutage } from '../../server/database/outage.ts';

/** The sessions that write to a table end where they commit: nothing of the transaction is stored. Returns what ends that. */
export async function outageAtCommit(db: Knex, table: string): Promise<() => Promise<void>> {
  await endOwnSession(db);
  await db.raw(
    `create constraint trigger outage after insert or update on ${table} deferrable initially deferred
     for each row execute function end_own_session()`,
  );
  return () => mend(db, table);
}

/** The sessions that write to a table end where they do it. Returns what ends that. */
export async function outageAtWriting(db: Knex, table: string): Promise<() => Promise<void>> {
  await endOwnSession(db);
  await db.raw(
    `create trigger outage before insert or update on ${table} for each row execute function end_own_session()`,
  );
  return () => mend(db, table);
}

async function endOwnSession(db: Knex): Promise<void> {
  await db.raw(
    `create or replace function end_own_session() returns trigger language plpgsql as
     $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`,
  );
}

/** The pool may still hold a connection of which it does not know that it is gone. */
async function mend(db: Knex, table: string): Promise<void> {
  await db.raw(`drop trigger if exists outage on ${table}`).catch((error: unknown) => {
    if (isOutage(error)) return mend(db, table);
    throw error;
  });
}

/** Does something that reads a table, and ends the session that comes to do so. */
export async function outageAtReading<T>(db: Knex, table: string, work: () => Promise<T>): Promise<T> {
  return db.transaction(async (trx) => {
    await trx.raw(`lock table ${table} in access exclusive mode`);
    const [done] = await Promise.all([work(), endWhoWaits(db)]);
    return done;
  });
}

async function endWhoWaits(db: Knex): Promise<void> {
  const { rows } = await db.raw(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  if (rows.length > 0) return;
  await pause(5);
  return endWhoWaits(db);
}
