import knex, { type Knex } from 'knex';
import pg from 'pg';
import { clientOf, processName, startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

export interface Database {
  readonly db: Knex;
  readonly url: string;
  /** Closes the connections, and stops Ratebook's own server if nobody else uses it. */
  readonly close: () => Promise<void>;
  /** For a process that ends at once: what is under way is broken off, and PostgreSQL rolls it back. */
  readonly abandon: () => Promise<void>;
}

/**
 * Opens the books: the server in `databaseUrl`, or Ratebook's own PostgreSQL in `folder`. The schema is brought up to
 * date. Dates come back as ISO texts and numerics as decimal texts: neither survives a JavaScript Date or number.
 *
 * @throws Error naming the address (without the password) when the server cannot be reached.
 */
export async function openDatabase(options: {
  readonly databaseUrl?: string | undefined;
  readonly folder: string;
  readonly onStep?: (step: string) => void;
}): Promise<Database> {
  if (options.databaseUrl) {
    const db = await connect(options.databaseUrl);
    return { db, url: options.databaseUrl, close: () => db.destroy(), abandon: async () => {} };
  }
  const server = await startEmbeddedPostgres(options.folder, options.onStep);
  await createDatabase(server.serverUrl, 'ratebook');
  const url = `${server.serverUrl}ratebook`;
  const db = await connect(url);
  return {
    db,
    url,
    close: async () => {
      await db.destroy();
      await server.leave();
    },
    abandon: () => server.leave(true),
  };
}

/** Connects to a database that exists and migrates it. */
export async function connect(url: string): Promise<Knex> {
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: processName,
      types: { getTypeParser },
      // A network that swallows what is sent is noticed after some minutes; otherwise a question would wait for ever.
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    },
    pool: { min: 1, max: 8 },
  });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    if (!/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/.test((error as { code?: string }).code ?? '')) throw error;
    throw new Error(
      `No PostgreSQL answers at ${url.replace(/:[^:@/]*@/, ':…@')}: start it, or unset DATABASE_URL to use Ratebook's own`,
    );
  }
  return db;
}

export async function createDatabase(serverUrl: string, name: string, template = 'template1'): Promise<void> {
  const client = clientOf(serverUrl);
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) {
      await client.query(
        `create database ${client.escapeIdentifier(name)} template ${client.escapeIdentifier(template)}`,
      );
    }
  } finally {
    await client.end();
  }
}

const asText = (value: string) => value;
const asSafeInteger = (value: string) => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`The database holds ${value}, beyond what can be counted exactly`);
  return number;
};

/** date, numeric: text; int8: a safe integer; the rest as pg does it. */
function getTypeParser(oid: number, format?: string) {
  if (oid === pg.types.builtins.DATE || oid === pg.types.builtins.NUMERIC) return asText;
  if (oid === pg.types.builtins.INT8) return asSafeInteger;
  return pg.types.getTypeParser(oid, format as 'text');
}
