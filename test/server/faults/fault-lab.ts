import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Knex } from 'knex';
import { expect } from 'vitest';
import { askToGoOn } from '../../../server/bill-run/advance.ts';
import { initiateBillRun } from '../../../server/bill-run/bill-run.ts';
import { readCompany } from '../../../server/company.ts';
import { composeRatebook } from '../../../server/compose.ts';
import { connect, createDatabase } from '../../../server/database/database.ts';
import { installBinaries, unprivilegedOwner } from '../../../server/database/embedded-binaries.ts';
import {
  embeddedDataFolder,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../server/database/embedded-postgres.ts';
import { startMailSink } from '../../../server/delivery/mail-sink.ts';
import { startTestClock } from '../../../server/engagement/clock.ts';
import { runDue } from '../../../server/engagement/tick.ts';
import { rulesFolder } from '../../../server/folders.ts';
import { rememberSeller } from '../../../server/invoice/seller.ts';
import { findLedgerFaults } from '../../../server/receivables/ledger-faults.ts';
import { hashBooks } from '../../../server/report/books.ts';
import { createReleasedRules } from '../../../server/rules/released-rule-set.ts';
import { generateCompany } from '../../../server/sample/generate.ts';
import { loadCompany } from '../../../server/sample/load-company.ts';
import { type DemoProcess, requireBuild, startRatebook } from '../demo-process.ts';

/** Books of a small company whose month waits to be billed, on a PostgreSQL of their own. */
export interface Trial {
  readonly db: Knex;
  /** A `ratebook worker` process on these books. */
  readonly work: () => DemoProcess;
  /** A `ratebook serve` process on these books, which works on runs and does what the clock makes due. */
  readonly serve: () => DemoProcess;
  /**
   * Asks until the answer is true, also while the database is away; the processes under test are what makes it come true.
   *
   * @throws Error with what they said when none of them is left, or with the reason for which the run has stopped.
   */
  readonly until: (ask: () => Promise<boolean>) => Promise<void>;
  /** Ends all processes where they stand, and does what the clock makes due and they have not done. */
  readonly settle: () => Promise<void>;
  /** Mails in the customers' mailboxes, each by its Message-ID. */
  readonly mails: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Which process works on a run. */
export type Work = 'work' | 'serve';

export interface FaultLab {
  readonly runId: string;
  readonly trial: () => Promise<Trial>;
  /** Stops PostgreSQL without letting it end anything, and starts it again at the same address. */
  readonly restartPostgres: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const publicUrl = 'http://127.0.0.1:8080';

const size = { seed: 5, accounts: 60, records: 12_000 };

export const month = { closesFrom: '2026-05-31', closesUntil: '2026-06-16', issuedOn: '2026-06-16' };

export async function openFaultLab(): Promise<FaultLab> {
  requireBuild();
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-fault-lab-'));
  const server = await startEmbeddedPostgres(folder);
  await generateCompany(join(folder, 'sample'), size);
  const runId = await prepareBooks(server.serverUrl, join(folder, 'sample'));
  let trials = 0;
  return {
    runId,
    trial: async () => {
      trials += 1;
      return openTrial(server.serverUrl, join(folder, `trial-${trials}`), `trial_${trials}`, runId);
    },
    restartPostgres: () => restartPostgres(folder),
    close: async () => {
      await server.leave();
      await removeEmbeddedPostgres(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function prepareBooks(serverUrl: string, sample: string): Promise<string> {
  await createDatabase(serverUrl, 'before');
  const db = await connect(`${serverUrl}before`);
  await loadCompany(db, sample, size);
  await startTestClock(db, Date.parse('2026-06-16T07:00:00Z'));
  await rememberSeller(db, await readCompany(rulesFolder()));
  const released = createReleasedRules(db, rulesFolder());
  await released.release();
  const ruleSet = released.inForce()?.document.hash ?? '';
  const { run } = await initiateBillRun(db, { ...month, ruleSet, usageFolder: join(sample, 'usage') });
  await db.destroy();
  return run.id;
}

async function openTrial(serverUrl: string, folder: string, name: string, runId: string): Promise<Trial> {
  await createDatabase(serverUrl, name, 'before');
  const db = await connect(`${serverUrl}${name}`);
  const sink = await startMailSink(join(folder, 'mail'));
  const started: DemoProcess[] = [];
  const start = (...args: readonly string[]) => {
    const one = startRatebook(args, folder, {
      DATABASE_URL: `${serverUrl}${name}`,
      SMTP_URL: sink.smtpUrl,
      RATEBOOK_URL: publicUrl,
    });
    started.push(one);
    return one;
  };
  const end = async () => {
    for (const one of started) if (one.isAlive()) one.kill();
    await Promise.all(started.map(({ finished }) => finished));
  };
  await askToGoOn(db, runId);
  return {
    db,
    work: () => start('worker'),
    serve: () => start('serve', '--port', '0'),
    until: (ask) => until(ask, started, () => errorOf(db, runId)),
    settle: async () => {
      await end();
      await doWhatIsDue(db, folder, sink.smtpUrl);
    },
    mails: () => readdir(join(folder, 'mail')),
    close: async () => {
      await end();
      await sink.close();
      await db.destroy();
    },
  };
}

async function doWhatIsDue(db: Knex, folder: string, smtpUrl: string): Promise<void> {
  const book = await composeRatebook({
    db,
    rulesFolder: rulesFolder(),
    dataFolder: folder,
    smtpUrl,
    acceptedIsDelivered: false,
    publicUrl,
  });
  await book.released.release();
  const { failures } = await runDue(book.tick, (await book.clock.read()).now);
  await book.close();
  expect(failures).toEqual([]);
}

/** `pg_ctl restart` starts it with the options of its last start: the port among them. */
async function restartPostgres(folder: string): Promise<void> {
  const data = await embeddedDataFolder(folder);
  const owner = await unprivilegedOwner();
  const bin = await installBinaries(dirname(data), owner);
  await promisify(execFile)(
    join(bin, 'pg_ctl'),
    ['restart', '-m', 'immediate', '-w', '-D', data, '-l', join(dirname(data), 'postgres.log')],
    { cwd: dirname(data), ...(owner ?? {}) },
  );
}

/** What must be equal after the same month, whatever happened on the way; and what must hold of any books. */
export async function outcomeOf({
  db,
  settle,
  mails,
}: Trial): Promise<{ readonly books: string; readonly mails: number }> {
  // A server has done what is due beside its work on the run, a worker has not.
  await settle();
  expect(await findLedgerFaults(db)).toEqual([]);
  const sent = await db('message').whereIn('state', ['sent', 'delivered']).pluck('smtp_message_id');
  // A mail may come twice, but never as a new one: the sink keeps one of each Message-ID.
  expect((await mails()).length).toBe(sent.length);
  return { books: await hashBooks(db), mails: sent.length };
}

async function until(
  ask: () => Promise<boolean>,
  started: readonly DemoProcess[],
  stopped: () => Promise<string | null>,
): Promise<void> {
  for (let asked = 0; asked < 60_000; asked += 1) {
    // Looked at before: what was done before the last one ended, or the run stopped, counts.
    const isDeserted = started.length > 0 && !started.some((one) => one.isAlive());
    const error = await stopped().catch(() => null);
    if (await ask().catch(() => false)) return;
    if (error !== null) throw new Error(`The run has stopped: ${error}`);
    if (isDeserted) throw new Error(`All processes have ended:\n${await lastWords(started)}`);
    // Who asks without a pause keeps the processor from those who are to make it come true.
    await pause(10);
  }
  throw new Error('It never came true');
}

async function lastWords(ended: readonly DemoProcess[]): Promise<string> {
  const all = await Promise.all(ended.map(({ finished }) => finished));
  return all.map(({ code, signal, output }) => `${signal ?? code}: ${output.slice(-2000)}`).join('\n');
}

async function errorOf(db: Knex, runId: string): Promise<string | null> {
  return (await db('bill_run').where({ run_id: runId }).first('error')).error;
}

/** The run is over. */
export async function untilDone({ db, until }: Trial, runId: string): Promise<void> {
  await until(async () => {
    const run = await db('bill_run').where({ run_id: runId }).first('step', 'asked');
    return run.step === 'done' && !run.asked;
  });
}

/** Bytes that the server has written to its log so far: how far a run is, in a measure that does not depend on the machine's speed. */
export async function writtenBytes(db: Knex): Promise<number> {
  const { rows } = await db.raw("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes");
  return rows[0].bytes;
}
