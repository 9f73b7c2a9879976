// The whole demo, from an empty folder to the cycle report, as a user runs it: `ratebook demo --once --fresh`.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

export async function benchDemo() {
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-bench-'));
  try {
    const { output, peakKiB } = await runDemo(folder);
    return rowsOf(output, peakKiB);
  } finally {
    const { removeEmbeddedPostgres } = await import(join(dist, 'server/database/embedded-postgres.js'));
    await removeEmbeddedPostgres(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Always on Ratebook's own PostgreSQL: a bench does not empty the books of a server that somebody named. */
async function runDemo(folder) {
  const { DATABASE_URL: _, ...environment } = process.env;
  const child = spawn(process.execPath, [join(dist, 'server/cli.js'), 'demo', '--once', '--fresh'], {
    env: { ...environment, RATEBOOK_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    for (const line of text.split('\n')) if (line.startsWith('✓')) console.error(`  ${line}`);
  });
  // The kernel keeps the highest value itself; what the last look misses is the end of a process that is closing down.
  let peakKiB = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }, 250);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`The demo ended with code ${code}. It said:\n${output}`);
  return { output, peakKiB };
}

/** Units whose pace says something; a run has one report. */
const perRecordOrAccount = ['records', 'accounts', 'invoices', 'messages'];

/** Reads what the demo prints: a `✓` line a step, and a line with the time and memory of the run. */
function rowsOf(output, peakKiB) {
  const steps = [...output.matchAll(/^✓ (.+?)\s+([\d.]+) s(?:\s+([\d,]+) (\w+), [\d,]+\/s)?/gm)].map(
    ([, name, seconds, count, unit]) => ({
      name,
      seconds: Number(seconds),
      count: count ? Number(count.replaceAll(',', '')) : undefined,
      unit,
    }),
  );
  const run = /^\s+Run\s+([\d.]+) s, at most (\d+) MiB/m.exec(output);
  const read = /^\s+Records read\s+([\d,]+)/m.exec(output);
  if (steps.length === 0 || !run || !read) throw new Error(`The demo's output cannot be read:\n${output}`);
  const records = Number(read[1].replaceAll(',', ''));
  const seconds = Number(run[1]);
  return [
    ...steps.map((step) => ({ name: step.name, value: step.seconds, unit: 's' })),
    ...steps
      .filter((step) => perRecordOrAccount.includes(step.unit) && step.seconds > 0)
      .map((step) => ({ name: `${step.name}, pace`, value: step.count / step.seconds, unit: `${step.unit}/s` })),
    { name: 'Whole run after the database is open', value: seconds, unit: 's', target: '≤ 90' },
    { name: 'Records read', value: records, unit: 'records' },
    { name: 'Records through the whole run', value: records / seconds, unit: 'records/s' },
    {
      name: 'Peak resident memory of the Node process',
      value: Math.max(Number(run[2]), Math.round(peakKiB / 1024)),
      unit: 'MiB',
      target: '≤ 1024',
    },
  ];
}
