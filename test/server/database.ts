import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import pg from 'pg';
import { inject } from 'vitest';
import { connect, createDatabase } from '../../server/database/database.ts';

export interface TestDatabase {
  readonly db: Knex;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A fresh, migrated database of one's own on the test server; dropped by `close`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await createDatabase(serverUrl, name, inject('databaseTemplate'));
  const url = `${serverUrl}${name}`;
  const db = await connect(url);
  return {
    db,
    url,
    close: async () => {
      await db.destroy();
      const client = new pg.Client({ connectionString: `${serverUrl}postgres` });
      await client.connect();
      await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
      await client.end();
    },
  };
}
