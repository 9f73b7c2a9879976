import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyRows } from '../../server/database/copy.ts';
import { connect } from '../../server/database/database.ts';
import { isOutage } from '../../server/database/outage.ts';
import { findLedgerFaults } from '../../server/receivables/ledger-faults.ts';
import { hashBooks } from '../../server/report/books.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

describe('the database has gone away', () => {
  let books: TestDatabase;
  let db: Knex;

  beforeEach(async () => {
    books = await createTestDatabase();
    db = await connect(books.url);
    await db.raw('create table tried (note text primary key)');
  });
  afterEach(async () => {
    await db.destroy();
    await books.close();
  });

  const ownClient = (trx: Knex) => trx.client.acquireConnection() as Promise<Client>;
  const pidOf = async (trx: Knex) => (await trx.raw('select pg_backend_pid() as pid')).rows[0].pid as number;
  /** As the server that is stopped at once does it: a word of farewell, and the end. */
  const terminate = (pid: number) => books.db.raw('select pg_terminate_backend(?)', [pid]);
  /** As a server that is gone does it. */
  const cut = async (trx: Knex) => {
    const { connection } = (await ownClient(trx)) as unknown as { readonly connection: { readonly stream: Socket } };
    connection.stream.destroy();
  };
  const ended = async (trx: Knex) => {
    const client = await ownClient(trx);
    await new Promise((resolve) => client.once('end', resolve));
  };

  const outages: Readonly<Record<string, (trx: Knex.Transaction) => Promise<unknown>>> = {
    'under a statement that is told so': async (trx) => {
      const pid = await pidOf(trx);
      await Promise.all([trx.raw('select pg_sleep(60)'), terminate(pid)]);
    },
    'under a statement that is told nothing': async (trx) => {
      const sleeping = trx.raw('select pg_sleep(60)').then(() => {});
      await cut(trx);
      await sleeping;
    },
    'between two statements': async (trx) => {
      const gone = ended(trx);
      await terminate(await pidOf(trx));
      await gone;
      await trx.raw('select 1');
    },
    'before a transaction is ended': async (trx) => {
      await trx('tried').insert({ note: 'lost' });
      const gone = ended(trx);
      await cut(trx);
      await gone;
    },
    'before a transaction is taken back for another reason': async (trx) => {
      const gone = ended(trx);
      await cut(trx);
      await gone;
      throw new Error('what is taken back');
    },
    'while rows stream in': async (trx) => {
      const pid = await pidOf(trx);
      async function* rows() {
        for (let index = 0; ; index += 1) {
          if (index === 20_000) await terminate(pid);
          yield [`row ${index}`];
        }
      }
      await copyRows(trx, 'tried', ['note'], rows());
    },
  };
  test.for(Object.entries(outages))('%s', async ([, work]) => {
    const error = await db.transaction(work).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect(isOutage(error), String(error)).toBe(true);
    expect(await books.db('tried')).toEqual([]);
  });

  const beginnings: Readonly<Record<string, () => Promise<unknown>>> = {
    'of a step': () => db.transaction((trx) => trx.raw('select 1')),
    'that asks the ledger': () => findLedgerFaults(db),
    'that reads the books': () => hashBooks(db),
  };
  test.for(Object.entries(beginnings))('before a transaction begins %s', async ([, work]) => {
    const idle = (await db.client.acquireConnection()) as { readonly connection: { readonly stream: Socket } };
    idle.connection.stream.destroy();
    await db.client.releaseConnection(idle);
    const error = await work().catch((reason: unknown) => reason);
    expect(isOutage(error), String(error)).toBe(true);
    await work();
  });

  test('for those who find no place in it, because all come back at once', async () => {
    const role = `crowded_${randomUUID().slice(0, 8)}`;
    await books.db.raw(`create role ${role} login password 'many' connection limit 0`);
    const url = Object.assign(new URL(books.url), { username: role, password: 'many' });
    const crowded = knex({ client: 'pg', connection: url.href });
    const error = await crowded.raw('select 1').catch((reason: unknown) => reason);
    await crowded.destroy();
    await books.db.raw(`drop role ${role}`);
    expect(isOutage(error), String(error)).toBe(true);
  });

  test('for those who do not find its machine any more', async () => {
    const gone = knex({ client: 'pg', connection: 'postgres://nobody@nowhere.invalid/none' });
    const error = await gone.raw('select 1').catch((reason: unknown) => reason);
    await gone.destroy();
    expect(isOutage(error), String(error)).toBe(true);
  });

  test('which is not what a statement says that is wrong, whatever words stand in it', async () => {
    const wrong = db.raw("select 'x - Connection terminated unexpectedly'::int");
    const error = await wrong.catch((reason: unknown) => reason);
    expect(String(error)).toContain(' - Connection terminated unexpectedly');
    expect(isOutage(error)).toBe(false);
  });
});
