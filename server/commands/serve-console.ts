import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiDeps, BillRuns } from '../api/api-deps.ts';
import { buildApp } from '../api/app.ts';
import { askToGoOn } from '../bill-run/advance.ts';
import { initiateBillRun } from '../bill-run/bill-run.ts';
import { findAccountCycle } from '../bill-run/find-cycle.ts';
import { readBillRunView } from '../bill-run/progress.ts';
import type { Ratebook } from '../compose.ts';
import { messageOf } from '../database/outage.ts';
import { readKeptMail } from '../delivery/mail-sink.ts';
import { runDue } from '../engagement/tick.ts';
import { productVersion, projectFolder } from '../folders.ts';

export interface ServeOptions {
  readonly port: number;
  /** Folder of the mail sink, whose mails the console shows as they were delivered. */
  readonly mailFolder?: string;
}

export interface Server {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const tickMs = 5_000;

/** Serves API and console until the process is told to stop. */
export async function serveConsole(book: Ratebook, options: ServeOptions): Promise<void> {
  const server = await startServer(book, options);
  console.log(
    `  Console            ${server.url}\n  Invoices           ${server.url}/#/invoices\n  Exceptions         ${server.url}/#/exceptions\n\nCtrl-C ends it.`,
  );
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
}

/** Starts API, console and the loop that does what the clock makes due. Loopback only. */
export async function startServer(book: Ratebook, options: ServeOptions): Promise<Server> {
  const app = await buildApp(apiDeps(book, options));
  // What an earlier process could not finish. If the database goes away under it, nothing listens yet that would hold up the end.
  for (const runId of await book.db('bill_run').whereNot({ step: 'done' }).pluck('run_id'))
    await askToGoOn(book.db, runId);
  const url = await app.listen({ host: '127.0.0.1', port: options.port });
  const stop = repeat(async () => {
    const { failures } = await runDue(book.tick, (await book.clock.read()).now);
    for (const failure of failures) console.error(failure);
  });
  return {
    url,
    close: async () => {
      await stop();
      await app.close();
    },
  };
}

function apiDeps(book: Ratebook, options: ServeOptions): ApiDeps {
  const { db } = book;
  const editorFolder = join(projectFolder, 'dist/editor');
  return {
    version: productVersion(),
    engagement: book.tick,
    clock: book.clock,
    released: book.released,
    billRuns: billRuns(book),
    loadAccountCycle: async (accountId, periodFrom) => findAccountCycle(db, accountId, await book.today(), periodFrom),
    invoices: book.invoices,
    surveyPages: book.surveyPages,
    renderMessage: async (message) => {
      const row = await db('message').where({ key: message.key }).first('smtp_message_id');
      const kept = options.mailFolder && row ? await readKeptMail(options.mailFolder, row.smtp_message_id) : undefined;
      return kept ?? book.renderer.render(message);
    },
    ...(existsSync(editorFolder) ? { editorFolder } : {}),
    ...(URL.canParse(book.publicUrl) ? { allowedHosts: [new URL(book.publicUrl).hostname] } : {}),
    ...(process.env.RATEBOOK_PAYMENT_SECRET ? { paymentSecret: process.env.RATEBOOK_PAYMENT_SECRET } : {}),
    elapsedMs: () => performance.now(),
    progressIntervalMs: 500,
    log: (requestId, error) => console.error(requestId, error),
  };
}

function billRuns(book: Ratebook): BillRuns {
  const { db } = book;
  return {
    start: async (closesFrom, closesUntil) => {
      const rules = book.released.inForce();
      if (!rules) throw new Error('No rules are in force');
      const { run, created } = await initiateBillRun(db, {
        closesFrom,
        closesUntil,
        issuedOn: await book.today(),
        ruleSet: rules.document.hash,
        usageFolder: null,
      });
      await askToGoOn(db, run.id);
      return { created, run: await readBillRunView(db, run.id) };
    },
    list: async () => {
      const rows = await db('bill_run')
        .orderBy([{ column: 'closes_until', order: 'desc' }, 'run_id'])
        .select('run_id');
      return Promise.all(rows.map((row) => readBillRunView(db, row.run_id)));
    },
    read: async (runId) =>
      (await db('bill_run').where({ run_id: runId }).first('run_id')) ? readBillRunView(db, runId) : undefined,
    continue: async (runId) => askToGoOn(db, runId),
  };
}

/** Does something again and again with a pause between, never twice at once; the result stops it and waits for its end. */
function repeat(action: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  let wake = () => {};
  const loop = (async () => {
    while (!stopped) {
      await action().catch((error: Error) => console.error(`What is due could not be done: ${messageOf(error)}`));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, tickMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (stopped) wake();
      });
    }
  })();
  return async () => {
    stopped = true;
    wake();
    await loop;
  };
}
