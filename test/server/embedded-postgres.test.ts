import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  embeddedDataFolder,
  type RunningPostgres,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../server/database/embedded-postgres.ts';

describe('the PostgreSQL of its own', () => {
  let folder: string;
  const started: RunningPostgres[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratebook-postgres-'));
  });
  afterEach(async () => {
    for (const one of started.splice(0)) await one.leave();
    await removeEmbeddedPostgres(folder);
    await rm(folder, { recursive: true });
  });

  const start = async () => {
    const server = await startEmbeddedPostgres(folder);
    started.push(server);
    return server;
  };
  const processId = async () =>
    Number((await readFile(join(await embeddedDataFolder(folder), 'postmaster.pid'), 'utf8')).split('\n')[0]);

  async function ask(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: `${url}postgres` });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query(sql)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  test('is started again at the same address when it was killed, with all that was stored', {
    timeout: 120_000,
  }, async () => {
    const { serverUrl } = await start();
    await ask(serverUrl, 'create table kept as select 1 as one');
    for (let life = 0; life < 2; life += 1) {
      process.kill(await processId(), 'SIGKILL');
      await expect
        .poll(() => ask(serverUrl, 'select one from kept').catch(() => 'away'), { timeout: 60_000, interval: 200 })
        .toEqual([{ one: 1 }]);
    }
  });

  test('has one address for all who use it, also when they start after it was killed', {
    timeout: 120_000,
  }, async () => {
    const first = await start();
    process.kill(await processId(), 'SIGKILL');
    const second = await start();
    expect(second.serverUrl).toBe(first.serverUrl);
    expect(await ask(second.serverUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('stops with the last who uses it, and stays so', { timeout: 120_000 }, async () => {
    const { serverUrl, leave } = await start();
    const other = new pg.Client({ connectionString: `${serverUrl}postgres`, application_name: 'another process' });
    await other.connect();
    await leave();
    expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await other.end();
    started.length = 0;
    const last = await start();
    await last.leave();
    started.length = 0;
    // Longer than it takes to notice that it is gone, and to start it.
    for (let looks = 0; looks < 15; looks += 1) {
      await expect(ask(serverUrl, 'select 1')).rejects.toThrow('ECONNREFUSED');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
});
