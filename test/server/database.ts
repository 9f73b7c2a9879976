import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import pg from 'pg';
import { expect, inject } from 'vitest';
import { connect, createDatabase } from '../../server/database/database.ts';
import { findLedgerFaults } from '../../server/receivables/ledger-faults.ts';

export interface TestDatabase {
  readonly db: Knex;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A fresh, migrated database of one's own on the test server; `close` drops it, and fails the test if its ledger is not true. */
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
      const faults = await findLedgerFaults(db);
      await db.destroy();
      const client = new pg.Client({ connectionString: `${serverUrl}postgres` });
      await client.connect();
      await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
      await client.end();
      expect(faults, 'the ledger at the end of the test').toEqual([]);
    },
  };
}
