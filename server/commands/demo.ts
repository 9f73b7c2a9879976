import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import type { CycleReport } from '../api/bill-run-view.ts';
import { initiateBillRun, readBillRun } from '../bill-run/bill-run.ts';
import { composeRatebook, type Ratebook } from '../compose.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { withSessionLock } from '../database/session-lock.ts';
import { startMailSink } from '../delivery/mail-sink.ts';
import { startTestClock } from '../engagement/clock.ts';
import { dataFolder, rulesFolder } from '../folders.ts';
import type { Worker } from '../queue/worker.ts';
import { takeStatementFile } from '../receivables/take-statement.ts';
import { hashBooks } from '../report/books.ts';
import { generateCompany } from '../sample/generate.ts';
import { loadCompany, type SampleIdentity } from '../sample/load-company.ts';
import { statementFile } from '../sample/statement.ts';
import { checkAndTestRules } from './check-rules.ts';
import { choosePort } from './choose-port.ts';
import { onInterrupt } from './interrupt.ts';
import { startBar } from './progress-bar.ts';
import { serveConsole } from './serve-console.ts';
import { showReport } from './show-report.ts';
import { showSteps } from './show-steps.ts';

export interface DemoOptions extends SampleIdentity {
  /** Exit after the report instead of serving the console. */
  readonly once: boolean;
  /** Forget an earlier demo. */
  readonly fresh: boolean;
  readonly port: number;
}

/** The sample company's month: the cycles that began in May 2026, billed on the day after the last of them closed. */
const month = { closesFrom: '2026-05-31', closesUntil: '2026-06-16', issuedOn: '2026-06-16' };

/**
 * The main job on the sample company: from rule files and usage files to delivered invoices and a cycle report. Killed
 * at any moment and started again it goes on with the same run.
 */
export async function demo(options: DemoOptions): Promise<void> {
  const folder = join(dataFolder(), 'demo');
  const database = await openDemoDatabase();
  const unwatch = onInterrupt(database.abandon);
  const started = performance.now();
  const mailFolder = join(folder, 'mail');
  const sink = await startMailSink(mailFolder);
  let book: Ratebook | undefined;
  let worker: Worker | undefined;
  try {
    const port = await choosePort(options.port);
    book = await composeRatebook({
      db: database.db,
      rulesFolder: rulesFolder(),
      dataFolder: folder,
      smtpUrl: sink.smtpUrl,
      acceptedIsDelivered: true,
      publicUrl: `http://127.0.0.1:${port}`,
    });
    worker = await book.work();
    await billAlone(book, folder, options, started);
    unwatch();
    if (!options.once) await serveConsole(book, { port, mailFolder });
  } finally {
    await worker?.stop();
    await book?.close();
    await sink.close();
    await database.close();
  }
}

/** Two demos on the same books would get into each other's files: the second waits, and then finds the work done. */
function billAlone(book: Ratebook, folder: string, options: DemoOptions, started: number): Promise<void> {
  const bill = async () => {
    if (options.fresh) await forget(book.db, folder);
    await billTheMonth(book, folder, options);
    await conclude(book, folder, started);
  };
  const onWait = () => console.log('▸ Another process runs this demo; waiting for it');
  return withSessionLock(book.db, ['demo', ''], bill, onWait);
}

async function billTheMonth(book: Ratebook, folder: string, options: DemoOptions): Promise<void> {
  const { db } = book;
  const sample = await provideSample(folder, options);
  await loadCompany(db, sample, { seed: options.seed, accounts: options.accounts, records: options.records });
  await startTestClock(db, DateTime.fromISO(`${month.issuedOn}T09:00`, { zone: book.company.companyZone }).toMillis());
  await checkAndTestRules(book);
  const rules = book.released.inForce();
  if (!rules) throw new Error('The rules have errors; mend what is shown above');
  await takeInStatement(book, sample);
  const { run } = await initiateBillRun(db, {
    ...month,
    ruleSet: rules.document.hash,
    usageFolder: join(sample, 'usage'),
  });
  await book.advance(run.id, showSteps());
}

/** What customers have paid since June began, as the bank tells it; a demo that was killed finds the statement known. */
async function takeInStatement(book: Ratebook, sample: string): Promise<void> {
  const bar = startBar('Take in the bank statement', 'payments');
  const bytes = await readFile(join(sample, statementFile));
  const { now } = await book.clock.read();
  const [report] = await takeStatementFile(book.tick, { name: statementFile, bytes }, now);
  if (report?.kind === 'taken') bar.update(report.matched + report.unmatched, report.matched + report.unmatched);
  bar.end(report?.kind === 'known' ? 'known already' : `${report?.unmatched ?? 0} of them nobody knows`);
}

/** The files appear under their final name only when they are whole. */
async function provideSample(folder: string, { seed, accounts, records }: SampleIdentity): Promise<string> {
  const target = join(folder, `sample-${seed}-${accounts}-${records}`);
  if (existsSync(join(target, statementFile))) return target;
  await rm(target, { recursive: true, force: true });
  const bar = startBar('Generate the sample company', 'records');
  const unfinished = `${target}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await generateCompany(unfinished, { seed, accounts, records, onProgress: bar.update }).catch((error: Error) => {
    throw error instanceof RangeError
      ? new Error(
          `A sample of ${accounts} accounts and ${records} records cannot be made: ${error.message} Try --accounts 110 --records 24000.`,
        )
      : error;
  });
  await rename(unfinished, target);
  bar.end();
  return target;
}

async function openDemoDatabase(): Promise<Database> {
  const started = performance.now();
  const database = await openDatabase({
    databaseUrl: process.env.DATABASE_URL,
    folder: dataFolder(),
    onStep: (step) => console.log(`▸ ${step}`),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`✓ ${'Open the database'.padEnd(30)} ${`${seconds} s`.padStart(7)}`);
  return database;
}

/** Empties books and folder, but only ever a sample's: anything else is not ours to empty. */
async function forget(db: Knex, folder: string): Promise<void> {
  const sample = await db('setting').where({ name: 'sample' }).first();
  if (!sample && (await db('customer').first()))
    throw new Error('The books hold data that is not a sample: the demo does not delete it');
  const { rows } = await db.raw(
    "select string_agg(quote_ident(tablename), ', ') as tables from pg_tables where schemaname = current_schema() and tablename not like 'knex%'",
  );
  await db.raw(`truncate ${rows[0].tables} restart identity cascade`);
  for (const entry of await readdir(folder)) {
    if (entry !== 'mail') await rm(join(folder, entry), { recursive: true, force: true });
  }
  for (const mail of await readdir(join(folder, 'mail'))) await rm(join(folder, 'mail', mail));
}

async function conclude(book: Ratebook, folder: string, started: number): Promise<void> {
  const run = await readBillRun(book.db, `${month.closesFrom}..${month.closesUntil}`);
  const { report } = (await book.db('bill_run').where({ run_id: run.id }).first('report')) as { report: CycleReport };
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n${showReport(report)}\n`);
  console.log(`  Books after the run ${await hashBooks(book.db)}`);
  console.log(`  Invoices (PDF)     ${join(folder, 'invoices')}`);
  console.log(`  Mails              ${join(folder, 'mail')}`);
  console.log(
    `  Run                ${seconds.toFixed(1)} s, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB of memory\n`,
  );
}
