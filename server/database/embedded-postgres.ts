import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { installBinaries, type Owner, unprivilegedOwner } from './embedded-binaries.ts';

const run = promisify(execFile);

export interface RunningPostgres {
  /** Connection string without a database name, ending in a slash. */
  readonly serverUrl: string;
  /** Stops the server unless another process is using it; `inHurry` does not wait for it to have stopped. */
  readonly leave: (inHurry?: boolean) => Promise<void>;
}

interface Place {
  readonly home: string;
  readonly data: string;
  readonly owner: Owner | undefined;
}

/**
 * Starts Ratebook's own PostgreSQL, or adopts the one that a killed process left running, in a data folder of its own:
 * loopback only, a free port, a random password. `onStep` is told what takes time ("initialise the database").
 */
export async function startEmbeddedPostgres(
  folder: string,
  onStep: (step: string) => void = () => {},
): Promise<RunningPostgres> {
  const place = await choosePlace(folder);
  const bin = await installBinaries(place.home, place.owner);
  const found = await adopt(place);
  if (!found && !existsSync(place.data)) {
    onStep('initialise the database');
    await initialise(place, bin);
  }
  if (!found) onStep('start the database');
  const url = found ?? (await launch(place, bin));
  return { serverUrl: url, leave: await enter(url, place, bin) };
}

/** Under root the data must lie where the unprivileged user can reach it, whatever folder the project stands in. */
async function choosePlace(folder: string): Promise<Place> {
  const owner = await unprivilegedOwner();
  const home = owner
    ? join('/var/lib/ratebook', createHash('sha256').update(folder).digest('hex').slice(0, 16))
    : join(folder, 'postgres');
  await mkdir(home, { recursive: true });
  return { home, data: join(home, 'data'), owner };
}

/**
 * initdb into a folder of another name, renamed when whole: a killed one leaves nothing half-made, and of two at once the
 * first wins. The password lies in the data folder, so that it always belongs to it.
 */
async function initialise(place: Place, bin: string): Promise<void> {
  const unfinished = `${place.data}.${process.pid}`;
  const passwordFile = `${unfinished}.password`;
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (place.owner) await chown(passwordFile, place.owner.uid, place.owner.gid);
  const flags = [
    '--username=ratebook',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-sync',
    '--locale-provider=builtin',
    '--locale=C',
    '--builtin-locale=C.UTF-8',
  ];
  await run(join(bin, 'initdb'), ['-D', unfinished, ...flags], asOwner(place));
  await rename(passwordFile, join(unfinished, passwordName));
  await rename(unfinished, place.data).catch(async (error: Error) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(place.data)) throw error;
  });
}

const passwordName = 'ratebook-password';

/**
 * Returns the server's address, that of its last life if it can be had: others may be waiting for it there. A server that was
 * killed a moment ago may still be on its way out: then once more.
 */
async function launch(place: Place, bin: string): Promise<string> {
  const log = join(place.home, 'postgres.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(await lastPort(place)).catch(() => freePort());
    // pg_ctl puts the server in a session of its own: a kill of our process group leaves it whole, to be adopted.
    const start = ['start', '-w', '-t', '120', '-D', place.data, '-l', log, '-o', serverOptions(port)];
    try {
      await run(join(bin, 'pg_ctl'), start, asOwner(place));
      return await serverUrl(place, port);
    } catch (error) {
      const tail = await lastLines(log);
      if (!/postmaster\.pid" already exists|still in use/.test(tail) || attempt > 60) {
        throw new Error(
          `PostgreSQL did not start (${(error as Error).message.split('\n')[0]}). Its log ${log} ends:\n${tail}`,
        );
      }
      const found = await adopt(place);
      if (found) return found;
      await pause(250);
    }
  }
}

function serverOptions(port: number): string {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    // Books are looked up by key, in memory or on a disk without arms; the default is that of a disk with them.
    random_page_cost: 1.1,
    max_connections: 60,
    log_min_messages: 'warning',
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value === '' ? "''" : value}`)
    .join(' ');
}

async function lastLines(path: string): Promise<string> {
  return readFile(path, 'utf8').then(
    (text) => text.split('\n').slice(-4).join('\n'),
    () => '',
  );
}

/** The address of the server that `postmaster.pid` names, once it lets us in; undefined if it is gone. */
async function adopt(place: Place): Promise<string | undefined> {
  for (;;) {
    const running = await findPostmaster(place);
    if (!running) return undefined;
    const url = await serverUrl(place, running.port);
    // A server that is just being stopped lets us in and throws us out.
    const client = clientOf(url);
    try {
      await client.connect();
      return url;
    } catch (error) {
      // Another program has the number of a dead server: PostgreSQL sorts that out when it starts.
      if ((error as { code?: string }).code !== stillStarting) return undefined;
      await pause(100);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** The process that `postmaster.pid` names, if it lives and has said where it listens. */
async function findPostmaster({ data }: Place): Promise<{ readonly port: number } | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid && port && isAlive(pid) ? { port } : undefined;
}

/** SQLSTATE cannot_connect_now: starting up, or recovering after a crash. */
const stillStarting = '57P03';

/** What PostgreSQL knows the connections of this process by. */
export const processName = `ratebook ${randomUUID()}`;

/**
 * A connection to a server itself, whatever databases it holds, that is still to be opened. Who asks it something hears of an
 * outage; unheard between two questions, it would end the process.
 *
 * @param serverUrl without a database name, ending in a slash.
 */
export function clientOf(serverUrl: string, name?: string): pg.Client {
  const client = new pg.Client({ connectionString: `${serverUrl}postgres`, application_name: name });
  client.on('error', () => {});
  return client;
}

/**
 * Makes this process known to the server by a connection of its own; whoever leaves last stops the server, so that one
 * adopted from a killed process does not run for ever. A server that dies under us is started again where it was.
 */
async function enter(url: string, place: Place, bin: string): Promise<RunningPostgres['leave']> {
  let hasLeft = false;
  const greet = async () => {
    const client = clientOf(url, processName);
    await client.connect();
    client.once('end', () => void comeBack());
    return client;
  };
  const comeBack = async () => {
    while (!hasLeft) {
      try {
        await revive(place, bin);
        presence = await greet();
        return;
      } catch {
        // Its log says why; it is tried again for as long as there is somebody who needs it.
      }
    }
  };
  let presence = await greet();
  return async (inHurry = false) => {
    hasLeft = true;
    const others = await presence
      .query(
        "select 1 from pg_stat_activity where backend_type = 'client backend' and application_name <> $1 limit 1",
        [processName],
      )
      .then(
        (result) => result.rowCount !== 0,
        () => true,
      );
    if (!inHurry) await presence.end().catch(() => {});
    if (others) return;
    const stop = ['stop', '-m', 'fast', '-D', place.data];
    if (inHurry) spawn(join(bin, 'pg_ctl'), stop, { ...asOwner(place), detached: true, stdio: 'ignore' }).unref();
    else await run(join(bin, 'pg_ctl'), [...stop, '-w'], asOwner(place));
  };
}

/** Starts the server if it is gone, and not only away for the moment in which somebody restarts it. */
async function revive(place: Place, bin: string): Promise<void> {
  for (let looks = 0; looks < 2; looks += 1) {
    // A process that has nothing else to do may end meanwhile.
    await pause(revivalMs, undefined, { ref: false });
    if (await findPostmaster(place)) return;
  }
  await launch(place, bin);
}

const revivalMs = 1_000;

async function serverUrl(place: Place, port: number): Promise<string> {
  const password = (await readFile(join(place.data, passwordName), 'utf8')).trim();
  return `postgres://ratebook:${password}@127.0.0.1:${port}/`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function asOwner(place: Place) {
  return { cwd: place.home, ...(place.owner ?? {}), env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' } };
}

/** @throws Error if the one that is wanted is taken. */
async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('No free port on the loopback address');
  return address.port;
}

/** Where the server listened the last time, of which it keeps the command. */
async function lastPort({ data }: Place): Promise<number | undefined> {
  const command = await readFile(join(data, 'postmaster.opts'), 'utf8').catch(() => '');
  const port = Number(/"port=(\d+)"/.exec(command)?.[1]);
  return port || undefined;
}

/** Where PostgreSQL keeps the data of the cluster that belongs to a data folder. */
export async function embeddedDataFolder(folder: string): Promise<string> {
  return (await choosePlace(folder)).data;
}

/** Deletes a stopped cluster and everything in it. */
export async function removeEmbeddedPostgres(folder: string): Promise<void> {
  const place = await choosePlace(folder);
  await rm(place.home, { recursive: true, force: true });
}
