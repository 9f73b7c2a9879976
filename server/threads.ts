import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { collectGarbageAlone } from './warm-up.ts';

/** Makes ready what a thread needs once; what it gives works on one task after the other. */
export type StartWork<Setup, Task, Result> = (setup: Setup) => Promise<(task: Task) => Promise<Result>>;

export interface ThreadedWork<Setup, Task, Result> {
  /** Module of the worker, which calls `serveTasks(start)`. */
  readonly module: URL;
  readonly start: StartWork<Setup, Task, Result>;
  /** Where it is worked out first, the threads meanwhile load what they are made of. */
  readonly setup: Setup | Promise<Setup>;
  readonly threads: number;
}

type Answer<Result> = { readonly result: Result } | { readonly error: Error } | { readonly ready: true };

/**
 * Works through tasks in threads beside the main one. A task is taken from the source when a thread is free for it, so that
 * no more than one a thread is in memory; results come in the order in which they are done. Run from the TypeScript
 * sources, which a Node thread cannot load, it works in the main thread.
 *
 * @throws Error of the first task that fails, or of the setup.
 */
export async function workThrough<Setup, Task, Result>(
  work: ThreadedWork<Setup, Task, Result>,
  tasks: Iterable<Task> | AsyncIterable<Task>,
  onResult: (result: Result) => void,
): Promise<void> {
  const next = taker(tasks);
  if (work.module.pathname.endsWith('.ts')) {
    const run = await work.start(await work.setup);
    for (let task = await next(); !task.done; task = await next()) onResult(await run(task.value));
    return;
  }
  if (work.threads >= availableParallelism()) collectGarbageAlone();
  const workers = Array.from({ length: work.threads }, () => new Worker(work.module));
  try {
    await Promise.all(workers.map((worker) => feed(worker, work.setup, next, onResult)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The worker's side; does nothing in the main thread, which imports the module for its types and its `start`. */
export function serveTasks<Setup, Task, Result>(start: StartWork<Setup, Task, Result>): void {
  const port = parentPort;
  if (!port) return;
  const answer = (message: Answer<Result>) => port.postMessage(message);
  const fail = (error: unknown) => answer({ error: error instanceof Error ? error : new Error(String(error)) });
  port.once('message', (setup: Setup) => {
    start(setup).then((run) => {
      port.on('message', (task: Task) => {
        run(task).then((result) => answer({ result }), fail);
      });
      answer({ ready: true });
    }, fail);
  });
}

/** One thread, from its first task to the end of all. */
function feed<Setup, Task, Result>(
  worker: Worker,
  setup: Setup | Promise<Setup>,
  next: () => Promise<IteratorResult<Task>>,
  onResult: (result: Result) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const proceed = async () => {
      const task = await next();
      if (task.done) resolve();
      else worker.postMessage(task.value);
    };
    worker.on('message', (answer: Answer<Result>) => {
      if ('error' in answer) {
        reject(answer.error);
        return;
      }
      if ('result' in answer) onResult(answer.result);
      proceed().catch(reject);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`A thread has ended with ${code}`)));
    Promise.resolve(setup).then((known) => worker.postMessage(known), reject);
  });
}

/** Two threads that ask at once must not get the same task, nor make an iterator do two things at once. */
function taker<Task>(tasks: Iterable<Task> | AsyncIterable<Task>): () => Promise<IteratorResult<Task>> {
  const iterator = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]();
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const taken = last.then(() => iterator.next());
    last = taken.catch(() => undefined);
    return taken;
  };
}
