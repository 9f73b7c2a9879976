// A bill run from rated usage to issued invoices, against COPY of the same bytes; its cost per account, and two workers against one.
//   npm run bench -- bill-run
//   npm run bench -- bill-run --small      1,000 accounts, one round
//   npm run bench -- bill-run --rounds=2
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBenchServer } from './bill-run/bench-server.mjs';
import { compileBenchRules } from './bill-run/company.mjs';
import { dumpRows, runRival } from './bill-run/rival.mjs';
import { runApart, runWithWorkers } from './bill-run/run-with-workers.mjs';

const isSmall = process.argv.includes('--small');
const accounts = isSmall ? 1_000 : 20_000;
const rounds = roundsAsked() ?? (isSmall ? 1 : 5);
const events = 100;

export async function benchBillRun(say) {
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-bench-'));
  const server = await openBenchServer(folder);
  try {
    return await measure(server, folder, say);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(server, folder, say) {
  const ruleSet = await compileBenchRules();
  const few = accounts / 10;
  const books = await server.fill('bench', { accounts, events }, ruleSet);
  const fewBooks = await server.fill('bench_few', { accounts: few, events }, ruleSet);
  const halfBooks = await server.fill('bench_half', { accounts: accounts / 2, events }, ruleSet);
  const found = { one: [], two: [], apart: [], rival: [], few: [] };
  let dump;
  // The variants take turns, so that what else the machine does meets them alike.
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, template, workers] of [
      ['one', books, 1],
      ['two', books, 2],
      ['few', fewBooks, 1],
    ]) {
      const { database, ...figures } = await runWithWorkers(server, template, ruleSet.hash, workers);
      found[name].push(figures);
      if (!dump) {
        dump = await dumpRows(server, database, folder);
        for (const { table, rows, bytes } of dump.tables)
          say(`  written: ${table.padEnd(20)} ${rows.toLocaleString('en').padStart(12)} rows ${mib(bytes)} MiB`);
        say(
          `  read:    ${'usage_event'.padEnd(20)} ${dump.read.rows.toLocaleString('en').padStart(12)} rows ${mib(dump.read.bytes)} MiB`,
        );
      }
      await server.drop(database);
    }
    found.apart.push(await runApart(server, halfBooks, ruleSet.hash));
    found.rival.push(await runRival(server, books, dump));
    say(
      `  round ${round + 1}: ${Object.entries(found)
        .map(([name, list]) => `${name} ${list.at(-1).seconds.toFixed(1)} s`)
        .join(', ')}`,
    );
  }
  return rowsOf(found, few);
}

function rowsOf({ one, two, apart, rival, few }, fewAccounts) {
  const seconds = (list) => list.map((each) => each.seconds);
  const cpu = (list, count) => median(list.map(({ node, postgres }) => (node + postgres) / count)) * 1_000;
  const times = (a, b) => median(seconds(a)) / median(seconds(b));
  return [
    { name: 'Bill run, rate to issue, one worker, median', value: median(seconds(one)), unit: 's' },
    { name: 'Bill run, best decile', value: bestDecile(seconds(one)), unit: 's' },
    { name: 'of it processor time of Node', value: median(one.map(({ node }) => node)), unit: 's' },
    { name: 'of it processor time of PostgreSQL', value: median(one.map(({ postgres }) => postgres)), unit: 's' },
    {
      name: 'Doubting the usage file before it, median',
      value: median(one.map(({ doubting }) => doubting)),
      unit: 's',
    },
    { name: 'Pace', value: accounts / median(seconds(one)), unit: 'accounts/s' },
    { name: 'COPY of the same events out, median', value: median(rival.map(({ out }) => out)), unit: 's' },
    { name: 'COPY of the same rows in, median', value: median(rival.map((each) => each.in)), unit: 's' },
    { name: 'Bill run ÷ COPY out and in', value: times(one, rival), unit: 'times', target: '≤ 3' },
    {
      name: 'Bill run ÷ COPY, best deciles',
      value: bestDecile(seconds(one)) / bestDecile(seconds(rival)),
      unit: 'times',
    },
    { name: `Processor time an account, ${accounts} accounts`, value: cpu(one, accounts), unit: 'ms' },
    { name: `Processor time an account, ${fewAccounts} accounts`, value: cpu(few, fewAccounts), unit: 'ms' },
    {
      name: 'Processor time an account, many ÷ few',
      value: cpu(one, accounts) / cpu(few, fewAccounts),
      unit: 'times',
      target: '≤ 1.15',
    },
    { name: 'Two workers, median', value: median(seconds(two)), unit: 's' },
    { name: 'One worker ÷ two workers', value: times(one, two), unit: 'times', target: '≥ 1.25' },
    {
      name: 'One worker ÷ two workers with books of their own, half of the accounts each',
      value: times(one, apart),
      unit: 'times',
    },
    {
      name: 'Processor time an account, two workers ÷ one',
      value: cpu(two, accounts) / cpu(one, accounts),
      unit: 'times',
      target: '≤ 1.1',
    },
  ];
}

/** A round of all variants takes some minutes. */
function roundsAsked() {
  const asked = process.argv.find((argument) => argument.startsWith('--rounds='));
  return asked && Number(asked.slice('--rounds='.length));
}

const mib = (bytes) => (bytes / 2 ** 20).toFixed(1).padStart(8);

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function bestDecile(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 10)];
}
