import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { connect, createDatabase } from '../server/database/database.ts';
import { startEmbeddedPostgres } from '../server/database/embedded-postgres.ts';
import { schemaVersion } from '../server/database/migrate.ts';
import { dataFolder } from '../server/folders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the test server, ending in a slash. */
    postgresUrl: string;
    /** Name of the migrated database that test databases are copied from. */
    databaseTemplate: string;
  }
}

/** One real PostgreSQL for the whole test run; every test file makes itself a database in it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL;
  const server = given
    ? { serverUrl: given.replace(/[^/]*$/, ''), leave: async () => {} }
    : await startEmbeddedPostgres(join(dataFolder(), 'test'));
  // Named after the schema, so that a changed migration makes a new one.
  const template = `template_${await schemaVersion()}`;
  await createDatabase(server.serverUrl, template);
  await (await connect(`${server.serverUrl}${template}`)).destroy();
  project.provide('databaseTemplate', template);
  project.provide('postgresUrl', server.serverUrl);
  return server.leave;
}
