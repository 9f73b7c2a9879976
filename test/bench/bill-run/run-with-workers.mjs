// One bill run with `ratebook worker` processes, as an operator starts them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processorSeconds } from './bench-server.mjs';
import { month } from './company.mjs';

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));

/**
 * Measured from when the run begins to rate to its last invoice; the database is left for who wants to look at it. Doubting the
 * usage file, which belongs to collecting it, comes before and is told beside.
 */
export async function runWithWorkers(server, template, ruleSet, count) {
  const { initiateBillRun } = await import(join(dist, 'server/bill-run/bill-run.js'));
  const { askToGoOn } = await import(join(dist, 'server/bill-run/advance.js'));
  const database = await server.copyOf(template);
  const db = await server.connect(database);
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(server, database)));
  try {
    const { run } = await initiateBillRun(db, { ...month, ruleSet, usageFolder: null });
    const spent = () => workers.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
    const now = () => ({ node: spent(), postgres: server.processorSeconds(), at: performance.now() });
    const asked = now();
    await askToGoOn(db, run.id);
    await reach(db, run.id, ['rate', 'validate', 'invoice', ...issued]);
    const before = now();
    await reach(db, run.id, issued);
    const after = now();
    return {
      database,
      seconds: (after.at - before.at) / 1_000,
      began: before.at,
      ended: after.at,
      node: after.node - before.node,
      postgres: after.postgres - before.postgres,
      doubting: (before.at - asked.at) / 1_000,
    };
  } finally {
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map((worker) => worker.exitCode ?? once(worker, 'exit')));
    await db.destroy();
  }
}

/**
 * Two runs at once in two books of half the accounts, a worker each: what the machine gives to two workers that have nothing to wait for or to
 * share, however well a run is cut.
 */
export async function runApart(server, halfTemplate, ruleSet) {
  const runs = await Promise.all([1, 2].map(() => runWithWorkers(server, halfTemplate, ruleSet, 1)));
  for (const { database } of runs) await server.drop(database);
  const began = Math.min(...runs.map((run) => run.began));
  return { seconds: (Math.max(...runs.map((run) => run.ended)) - began) / 1_000 };
}

const issued = ['check', 'deliver', 'report', 'done'];

async function reach(db, runId, steps) {
  for (;;) {
    const { step, error } = await db('bill_run').where({ run_id: runId }).first('step', 'error');
    if (error) throw new Error(error);
    if (steps.includes(step)) return;
    await pause(20);
  }
}

async function startWorker(server, database) {
  const worker = spawn(process.execPath, [join(dist, 'server/cli.js'), 'worker'], {
    env: {
      ...process.env,
      DATABASE_URL: server.url(database),
      RATEBOOK_DATA: server.folder,
      // The company of the bench sends no mail; a worker with a mail server takes on whole runs.
      SMTP_URL: 'smtp://127.0.0.1:9',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of worker.stdout) if (String(text).includes('Working on bill runs')) return worker;
  throw new Error('The worker has ended');
}
