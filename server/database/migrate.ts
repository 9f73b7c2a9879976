import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { projectFolder } from '../folders.ts';
import { migrateQueue } from '../queue/jobs.ts';

const folder = join(projectFolder, 'server/database/migrations');

/** Brings the schema up to date. Forward only: a mistake is mended by a later file. */
export async function migrate(db: Knex): Promise<void> {
  await db.migrate.latest({ migrationSource: sqlFiles });
  await migrateQueue(db);
}

/** Short hash of all migrations: databases made with the same ones are alike. */
export async function schemaVersion(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await sqlFiles.getMigrations([])) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}

const sqlFiles: Knex.MigrationSource<string> = {
  getMigrations: async () => (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const sql = await readFile(join(folder, name), 'utf8');
    return {
      up: (db: Knex) => db.raw(sql),
      down: () => Promise.reject(new Error('Migrations go forward only')),
    };
  },
};
