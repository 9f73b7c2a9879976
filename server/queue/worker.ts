import { EventEmitter } from 'node:events';
import { Logger, type Runner, run, type TaskList } from 'graphile-worker';
import type { Knex } from 'knex';
import pg from 'pg';
import { isOutage } from '../database/outage.ts';
import { connectionOf, type JobName, type Jobs, openQueuePool } from './jobs.ts';

/** A worker takes only jobs that it has a task for. */
export type Tasks = { readonly [Name in JobName]?: (payload: Jobs[Name]) => Promise<void> };

/** A worker of this process: takes jobs until it is stopped. */
export interface Worker {
  /** Ends the job at hand and takes no other. */
  readonly stop: () => Promise<void>;
}

export interface WorkerDeps {
  readonly db: Knex;
  readonly tasks: Tasks;
  /** Asks again for what the books say is to be done and nobody is asked to do. */
  readonly lookAfter: () => Promise<void>;
  readonly onError: (error: Error) => void;
}

/** While the database answers for one, the other is computed. */
const shardsAtOnce = 2;

/** So soon the jobs of a dead worker are taken on by others, and lost ones are asked for again. */
const houseKeepingMs = 1_000;

/**
 * Starts a worker. It lives through the end of its database: it goes on when that is back.
 *
 * graphile-worker keeps a dead worker's jobs locked for four hours. Here a worker holds an advisory lock on a connection of its
 * own, which PostgreSQL releases when the worker dies; whoever finds it free unlocks the jobs.
 */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  let stopped = false;
  let wake = () => {};
  let told = '';
  // An outage ends by itself. What somebody must mend is said once, and not each second.
  const tell = (error: Error) => {
    if (!isOutage(error) && error.message !== told) deps.onError(error);
    told = error.message;
    return undefined;
  };
  let current: OpenWorker | undefined = await open(deps);
  const life = (async () => {
    for (;;) {
      await current?.ended;
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, houseKeepingMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (stopped) return;
      current = await open(deps).catch(tell);
      if (current) told = '';
      // Whoever stopped it meanwhile knew only of the life before.
      if (stopped) await current?.stop();
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await current?.stop();
      await life;
    },
  };
}

interface OpenWorker {
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** One life of a worker, from the connection to the database to its end. */
async function open(deps: WorkerDeps): Promise<OpenWorker> {
  // One connection listens, the others take and end jobs.
  const pool = openQueuePool(deps.db, 1 + shardsAtOnce);
  const presence = new pg.Client({ ...connectionOf(deps.db) });
  const events = new EventEmitter();
  let name = '';
  events.once('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
    name = workerPool.id;
  });
  let runner: Runner | undefined;
  const stopRunner = async () => void (await runner?.stop().catch(() => {}));
  // Heard from the first: a connection may break before anything is asked of it, which would end the process.
  presence.on('error', () => void stopRunner());
  try {
    await presence.connect();
    runner = await run({
      pgPool: pool,
      events,
      taskList: taskList(deps),
      concurrency: shardsAtOnce,
      // Ended job by job, an outage of the database would be an unhandled rejection that ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      noHandleSignals: true,
      logger: new Logger(() => () => {}),
    });
    await presence.query('select pg_advisory_lock(hashtext($1), hashtext($2))', [presenceLock, name]);
  } catch (error) {
    // It has begun to take jobs: without its connections it would neither end them nor let go of the pool.
    await stopRunner();
    await presence.end().catch(() => {});
    await pool.end();
    throw error;
  }
  const houseKeeping = setInterval(() => {
    keepHouse(deps, presence, name).catch(() => {});
  }, houseKeepingMs);
  const ended = runner.promise.catch(deps.onError).then(async () => {
    clearInterval(houseKeeping);
    await presence.end().catch(() => {});
    await pool.end();
  });
  return {
    ended,
    stop: async () => {
      await stopRunner();
      await ended;
    },
  };
}

const presenceLock = 'ratebook worker';

/** The lock of this worker itself is not asked for: a session is given again what it holds. */
async function keepHouse({ lookAfter }: WorkerDeps, presence: pg.Client, name: string): Promise<void> {
  await presence.query(
    `select graphile_worker.force_unlock_workers(array_agg(locked_by)) from (
       select distinct locked_by from graphile_worker.jobs where locked_by <> $2) as held
     where pg_try_advisory_xact_lock(hashtext($1), hashtext(locked_by))
     having count(*) > 0`,
    [presenceLock, name],
  );
  await lookAfter();
}

function taskList({ tasks, onError }: WorkerDeps): TaskList {
  const entries = Object.entries(tasks).map(([name, work]) => [
    name,
    async (payload: unknown) => {
      try {
        await (work as (payload: unknown) => Promise<void>)(payload);
      } catch (error) {
        onError(error as Error);
        throw error;
      }
    },
  ]);
  return Object.fromEntries(entries);
}
