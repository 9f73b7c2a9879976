// PostgreSQL of the bench: Ratebook's own, with its settings as they are; fsync is on.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { fillBooks } from './company.mjs';

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const load = (path) => import(join(dist, path));
/** Ticks of the kernel's clock in a second, as /proc counts processor time. */
const ticks = 100;

export async function openBenchServer(folder) {
  const { connect, createDatabase } = await load('server/database/database.js');
  const { embeddedDataFolder, removeEmbeddedPostgres, startEmbeddedPostgres } = await load(
    'server/database/embedded-postgres.js',
  );
  const server = await startEmbeddedPostgres(folder);
  const postmaster = Number(
    readFileSync(join(await embeddedDataFolder(folder), 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  const admin = new pg.Client({ connectionString: `${server.serverUrl}postgres` });
  await admin.connect();
  let made = 0;
  return {
    folder,
    url: (database) => `${server.serverUrl}${database}`,
    connect: (database) => connect(`${server.serverUrl}${database}`),
    /** Books with a company, to be copied for each run. */
    fill: async (name, size, ruleSet) => {
      await createDatabase(server.serverUrl, name);
      const db = await connect(`${server.serverUrl}${name}`);
      await fillBooks(db, size, ruleSet);
      await db.destroy();
      return name;
    },
    copyOf: async (template) => {
      made += 1;
      const name = `${template}_${made}`;
      await admin.query(`create database ${name} template ${template} strategy file_copy`);
      // What one variant leaves to be written is not to be paid by the next.
      await admin.query('checkpoint');
      return name;
    },
    drop: (name) => admin.query(`drop database ${name} with (force)`),
    /** Seconds of processor time of all its processes so far, of those that have ended too. */
    processorSeconds: () =>
      processesOf(postmaster).reduce((sum, pid) => sum + processorTicks(pid, pid === postmaster), 0) / ticks,
    close: async () => {
      await admin.end();
      await server.leave();
      await removeEmbeddedPostgres(folder);
    },
  };
}

/** Seconds of processor time of a process. */
export function processorSeconds(pid) {
  return processorTicks(pid, false) / ticks;
}

function processesOf(postmaster) {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => Number(statOf(pid)?.[1]) === postmaster);
  return [postmaster, ...children.map(Number)];
}

/** proc(5): utime and stime are fields 14 and 15, those of children that were waited for 16 and 17. */
function processorTicks(pid, withChildren) {
  const stat = statOf(pid);
  if (!stat) return 0;
  const [utime, stime, cutime, cstime] = stat.slice(11, 15).map(Number);
  return utime + stime + (withChildren ? cutime + cstime : 0);
}

/** The fields after the name, which may hold blanks: [state, ppid, …]. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
