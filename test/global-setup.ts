import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { connect, createDatabase } from '../server/database/database.ts';
import { startEmbeddedPostgres } from '../server/database/embedded-postgres.ts';
import { dataFolder } from '../server/folders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the test server, ending in a slash. */
    postgresUrl: string;
  }
}

/** One real PostgreSQL for the whole test run; every test file makes itself a database in it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL;
  const server = given
    ? { serverUrl: given.replace(/[^/]*$/, ''), stop: async () => {} }
    : await startEmbeddedPostgres(join(dataFolder(), 'test'));
  await createDatabase(server.serverUrl, 'ratebook_template');
  const db = await connect(`${server.serverUrl}ratebook_template`);
  await db.destroy();
  project.provide('postgresUrl', server.serverUrl);
  return server.stop;
}
