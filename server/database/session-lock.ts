import type { Knex } from 'knex';

/** Does something unless another process does the same at this time; says whether it was done. */
export async function trySessionLock(
  db: Knex,
  [kind, name]: readonly [kind: string, name: string],
  action: () => Promise<void>,
): Promise<boolean> {
  const connection = await db.client.acquireConnection();
  const ask = (call: string) =>
    db.raw(`select ${call}(hashtext(?), hashtext(?)) as got`, [kind, name]).connection(connection);
  try {
    const { rows } = await ask('pg_try_advisory_lock');
    if (!rows[0].got) return false;
    try {
      await action();
    } finally {
      await ask('pg_advisory_unlock');
    }
    return true;
  } finally {
    await db.client.releaseConnection(connection);
  }
}

/**
 * Does something while no other process does the same, on any machine with this database. The lock belongs to a
 * connection of its own: PostgreSQL lets go of it when the process dies. `onWait` is told when somebody else is at it.
 */
export async function withSessionLock<T>(
  db: Knex,
  [kind, name]: readonly [kind: string, name: string],
  action: () => Promise<T>,
  onWait: () => void = () => {},
): Promise<T> {
  const connection = await db.client.acquireConnection();
  const ask = (call: string) =>
    db.raw(`select ${call}(hashtext(?), hashtext(?)) as got`, [kind, name]).connection(connection);
  try {
    const { rows } = await ask('pg_try_advisory_lock');
    if (!rows[0].got) {
      onWait();
      await ask('pg_advisory_lock');
    }
    try {
      return await action();
    } finally {
      await ask('pg_advisory_unlock');
    }
  } finally {
    await db.client.releaseConnection(connection);
  }
}
