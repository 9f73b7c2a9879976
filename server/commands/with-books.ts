import type { Knex } from 'knex';
import { openDatabase } from '../database/database.ts';
import { dataFolder } from '../folders.ts';

/** Runs something on the books: opens the database, and stops it afterwards if nobody else uses it. */
export async function withBooks<T>(action: (db: Knex) => Promise<T>): Promise<T> {
  const database = await openDatabase({ databaseUrl: process.env.DATABASE_URL, folder: dataFolder() });
  try {
    return await action(database.db);
  } finally {
    await database.close();
  }
}
