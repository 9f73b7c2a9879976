import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '../../server/folders.ts';

export interface FinishedProcess {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A `ratebook` process of its own process group, so that it can be killed like a terminal is closed. */
export interface DemoProcess {
  /** Resolves when a line of output contains the text; rejects if the process ends before. */
  readonly says: (text: string) => Promise<void>;
  readonly kill: () => void;
  readonly isAlive: () => boolean;
  readonly finished: Promise<FinishedProcess>;
}

let isBuilt = false;

/**
 * Processes run what is built, and a server of other sources than the test's would do anything or nothing.
 *
 * @throws Error that says what to do if the sources of the server have changed since it was built.
 */
export function requireBuild(project = projectFolder): void {
  if (isBuilt && project === projectFolder) return;
  const { status, stderr } = spawnSync(process.execPath, [join(project, 'server/prepare.mjs'), '--check']);
  if (status !== 0) throw new Error(stderr.toString().trim());
  isBuilt ||= project === projectFolder;
}

/** Starts the built command line with a data folder of its own. */
export function startRatebook(args: readonly string[], dataFolder: string, env: NodeJS.ProcessEnv = {}): DemoProcess {
  requireBuild();
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(projectFolder, 'dist/server/cli.js'), ...args], {
    detached: true,
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, RATEBOOK_DATA: dataFolder, ...env },
  });
  let output = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const finished = new Promise<FinishedProcess>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const listener = () => {
        if (!output.includes(text)) return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
      listener();
      void finished.then(() => reject(new Error(`It ended without saying "${text}":\n${output}`)));
    });
  return {
    says,
    finished,
    kill: () => process.kill(-(child.pid ?? 0), 'SIGKILL'),
    isAlive: () => child.exitCode === null && child.signalCode === null,
  };
}
