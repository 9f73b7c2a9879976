import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { installBinaries, type Owner, unprivilegedOwner } from './embedded-binaries.ts';

const run = promisify(execFile);

export interface RunningPostgres {
  /** Connection string without a database name, ending in a slash. */
  readonly serverUrl: string;
  /** Whether this process started it; one that was found running is left running. */
  readonly started: boolean;
  readonly stop: () => Promise<void>;
}

interface Place {
  readonly home: string;
  readonly data: string;
  readonly passwordFile: string;
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
  const adopted = await adopt(place);
  if (adopted) return adopted;
  const bin = await installBinaries(place.home, place.owner);
  if (!existsSync(place.data)) {
    onStep('initialise the database');
    await initialise(place, bin);
  }
  onStep('start the database');
  return launch(place, bin);
}

/** Under root the data must lie where the unprivileged user can reach it, whatever folder the project stands in. */
async function choosePlace(folder: string): Promise<Place> {
  const owner = await unprivilegedOwner();
  const home = owner
    ? join('/var/lib/ratebook', createHash('sha256').update(folder).digest('hex').slice(0, 16))
    : join(folder, 'postgres');
  await mkdir(home, { recursive: true });
  return { home, data: join(home, 'data'), passwordFile: join(home, 'password'), owner };
}

/** initdb into a folder of another name, renamed when whole, so that a killed one leaves nothing half-made. */
async function initialise(place: Place, bin: string): Promise<void> {
  const unfinished = `${place.data}.${process.pid}`;
  await writeFile(place.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (place.owner) await chown(place.passwordFile, place.owner.uid, place.owner.gid);
  const flags = [
    '--username=ratebook',
    '--auth=scram-sha-256',
    `--pwfile=${place.passwordFile}`,
    '--encoding=UTF8',
    '--no-sync',
  ];
  await run(
    join(bin, 'initdb'),
    ['-D', unfinished, ...flags, '--locale-provider=builtin', '--locale=C', '--builtin-locale=C.UTF-8'],
    asOwner(place),
  );
  await rename(unfinished, place.data);
}

async function launch(place: Place, bin: string): Promise<RunningPostgres> {
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    max_connections: 60,
    log_min_messages: 'warning',
  };
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value === '' ? "''" : value}`)
    .join(' ');
  // pg_ctl puts the server in a session of its own: a kill of our process group leaves it whole, to be adopted.
  const log = join(place.home, 'postgres.log');
  await run(
    join(bin, 'pg_ctl'),
    ['start', '-w', '-t', '120', '-D', place.data, '-l', log, '-o', options],
    asOwner(place),
  ).catch(async (error: Error) => {
    const tail = await readFile(log, 'utf8').then(
      (text) => text.split('\n').slice(-8).join('\n'),
      () => '',
    );
    throw new Error(`PostgreSQL did not start (${error.message.split('\n')[0]}). Its log ${log} ends:\n${tail}`);
  });
  const stop = async () => {
    await run(join(bin, 'pg_ctl'), ['stop', '-w', '-m', 'fast', '-D', place.data], asOwner(place));
  };
  return { serverUrl: await serverUrl(place, port), started: true, stop };
}

/** The server that `postmaster.pid` names, if it is alive and lets us in. */
async function adopt(place: Place): Promise<RunningPostgres | undefined> {
  const lines = await readFile(join(place.data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  );
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid || !port) return undefined;
  if (!isAlive(pid)) return undefined;
  const url = await serverUrl(place, port);
  const client = new pg.Client({ connectionString: `${url}postgres` });
  try {
    await client.connect();
    await client.query('select 1');
    return { serverUrl: url, started: false, stop: async () => {} };
  } catch {
    // Another program has the number of a dead server: PostgreSQL sorts that out when it starts.
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

async function serverUrl(place: Place, port: number): Promise<string> {
  const password = (await readFile(place.passwordFile, 'utf8')).trim();
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('No free port on the loopback address');
  return address.port;
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
