import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { startServer } from '../../server/commands/serve-console.ts';
import { composeRatebook, type Ratebook } from '../../server/compose.ts';
import { startMailSink } from '../../server/delivery/mail-sink.ts';
import { startTestClock } from '../../server/engagement/clock.ts';
import { projectFolder } from '../../server/folders.ts';
import { generateCompany } from '../../server/sample/generate.ts';
import { loadCompany } from '../../server/sample/load-company.ts';
import { createTestDatabase } from './database.ts';

export interface TestServer {
  readonly url: string;
  /** Of its database, for commands. */
  readonly databaseUrl: string;
  readonly book: Ratebook;
  readonly runId: string;
  /** A copy of the shipped rules, which tests may write to. */
  readonly rulesFolder: string;
  readonly close: () => Promise<void>;
}

/** What a test does to the month before or while it is billed. */
export interface TestHooks {
  /** Edits the copy of the shipped rules before they are released. */
  readonly editRules?: (folder: string) => Promise<void>;
  readonly beforeRun?: (db: Knex, usageFolder: string) => Promise<void>;
}

const size = { seed: 5, accounts: 60, records: 12_000 };
const month = { closesFrom: '2026-05-31', closesUntil: '2026-06-16', issuedOn: '2026-06-16' };

/** The real server on a real database, with a small sample company whose month is billed; mail goes to a sink of its own. */
export async function startTestServer(hooks: TestHooks = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-server-'));
  const rulesFolder = join(folder, 'rules');
  await cp(join(projectFolder, 'rules'), rulesFolder, { recursive: true });
  await hooks.editRules?.(rulesFolder);
  await generateCompany(join(folder, 'sample'), size);
  await loadCompany(database.db, join(folder, 'sample'), size);
  await startTestClock(database.db, Date.parse('2026-06-16T07:00:00Z'));
  const sink = await startMailSink(join(folder, 'mail'));
  const book = await composeRatebook({
    db: database.db,
    rulesFolder,
    dataFolder: folder,
    smtpUrl: sink.smtpUrl,
    acceptedIsDelivered: true,
    publicUrl: 'http://127.0.0.1',
  });
  const { diagnostics } = await book.released.release();
  const rules = book.released.inForce();
  if (!rules) throw new Error(`The shipped rules have faults: ${JSON.stringify(diagnostics)}`);
  await hooks.beforeRun?.(database.db, join(folder, 'sample/usage'));
  const { run } = await initiateBillRun(database.db, {
    ...month,
    ruleSet: rules.document.hash,
    usageFolder: join(folder, 'sample/usage'),
  });
  const worker = await book.work();
  await book.advance(run.id);
  const server = await startServer(book, { port: 0, mailFolder: join(folder, 'mail') });
  return {
    url: server.url,
    databaseUrl: database.url,
    book,
    runId: run.id,
    rulesFolder,
    close: async () => {
      await server.close();
      await worker.stop();
      await book.close();
      await sink.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
