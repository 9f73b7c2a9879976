// `ratebook impact` of two rule sets on a million recorded events, and on four: from the file that `ratebook record` writes to the report.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { built, load } from './bench-rules.mjs';
import { processorSeconds } from './bill-run/bench-server.mjs';
import { seededRandom } from './facts.mjs';
import { quantile } from './rounds.mjs';

const isSmall = process.argv.includes('--small');
const eventsEach = 100;
const shipped = fileURLToPath(new URL('../../rules', import.meta.url));
const cli = built('server/cli.js');
/** So much of a run's last processor time may be missed. */
const sampleMs = 20;

export async function benchImpact(say) {
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-impact-'));
  try {
    const changed = join(folder, 'rules');
    await cp(shipped, changed, { recursive: true });
    await raisePrice(join(changed, 'consumer.rules'));
    const measure = async (accounts, rounds) => {
      const file = join(folder, `${accounts}.ndjson`);
      await recordCycles(file, accounts);
      const size = Math.round((await stat(file)).size / 2 ** 20);
      say(
        `  ${accounts * eventsEach} events of ${accounts} accounts, ${size} MiB; the shipped rules, and with one price changed; ${rounds} rounds`,
      );
      const [two, one, apart] = [[], [], []];
      const half = join(folder, `${accounts}-half.ndjson`);
      await recordCycles(half, accounts / 2);
      for (let round = 0; round < rounds; round += 1) {
        two.push(await runImpact({ changed, file, accounts, threads: 2 }));
        one.push(await runImpact({ changed, file, accounts, threads: 1 }));
        // What the machine gives to two that have nothing to share: no way to cut the work can be faster.
        const halves = { changed, file: half, accounts: accounts / 2, threads: 1 };
        const runs = await Promise.all([runImpact(halves), runImpact(halves)]);
        apart.push({ seconds: Math.max(...runs.map(({ seconds }) => seconds)) });
      }
      return rowsOf(accounts, { two, one, apart });
    };
    if (isSmall) return await measure(1_000, 3);
    // What it takes to load the program and to make fast code is the same for any number of accounts: the second size tells what is left of it.
    const million = await measure(10_000, 5);
    return [...million, ...(await measure(40_000, 3))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(accounts, { two, one, apart }) {
  const median = (list, what) => quantile(list.map(what), 0.5);
  const [seconds, processor] = [(run) => run.seconds, (run) => run.processor];
  const name = `impact, ${accounts * eventsEach} events`;
  const target = (text) => !isSmall && { target: text };
  return [
    {
      name: `${name}, the whole command in two threads, median`,
      value: median(two, seconds),
      unit: 's',
      ...(accounts === 10_000 && target('≤ 10')),
    },
    { name: `${name}, best`, value: Math.min(...two.map(seconds)), unit: 's' },
    { name: `${name}, in one thread, median`, value: median(one, seconds), unit: 's' },
    {
      name: `${name}, one thread ÷ two threads`,
      value: median(one, seconds) / median(two, seconds),
      unit: 'times',
      ...target('≥ 1.7'),
    },
    {
      name: `${name}, one thread ÷ two processes at once with half of them each`,
      value: median(one, seconds) / median(apart, seconds),
      unit: 'times',
    },
    {
      name: `${name}, processor time, two threads ÷ one`,
      value: median(two, processor) / median(one, processor),
      unit: 'times',
      ...target('≤ 1.1'),
    },
  ];
}

async function runImpact({ changed, file, accounts, threads }) {
  const started = performance.now();
  const options = ['--cycles', file, '--threads', String(threads), '--json'];
  const child = spawn(process.execPath, [cli, 'impact', shipped, changed, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let processor = 0;
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  // When it has ended there is nothing left to read.
  const sampling = setInterval(() => {
    processor = processorSeconds(child.pid) || processor;
  }, sampleMs);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(sampling);
  const { impacts } = JSON.parse(text);
  if (code !== 0 || impacts[0].accounts !== accounts || impacts[0].net.change.startsWith('0.00'))
    throw new Error(`The impact is not what it must be (${code}): ${JSON.stringify(impacts[0]?.net)}`);
  return { seconds: (performance.now() - started) / 1000, processor };
}

async function raisePrice(path) {
  const text = await readFile(path, 'utf8');
  const [from, to] = ['otherwise                         charge 0.05 EUR per min', 'otherwise charge 0.06 EUR per min'];
  if (!text.includes(from)) throw new Error(`${path} has no "${from}" any more`);
  await writeFile(path, text.replace(from, to));
}

/** People with a plan of the shipped rules who call, write and surf through May. */
async function recordCycles(path, accounts) {
  const { cycleAsLine } = await load('server/impact/recorded-cycles.js');
  const random = seededRandom(3);
  async function* lines() {
    for (let index = 0; index < accounts; index += 1) yield cycleAsLine(cycleOf(index, random));
  }
  await pipeline(lines, createWriteStream(path));
}

function cycleOf(index, random) {
  const msisdn = `+49151${10_000_000 + index}`;
  const usage = Array.from({ length: eventsEach }, (_, place) => eventOf(`e${index}-${place}`, msisdn, random));
  return {
    account: { id: `a${index}`, currency: 'EUR', zone: 'Europe/Berlin', cycleDay: 1, openedOn: '2025-01-01' },
    customer: {
      id: `c${index}`,
      name: `Customer ${index}`,
      category: 'consumer',
      country: 'DE',
      taxCountry: 'DE',
      language: 'de',
      zone: 'Europe/Berlin',
      interests: [],
      profile: '',
      hasAppAccount: true,
    },
    subscriptions: [
      { id: `s${index}`, plan: 'flex', msisdn, payment: 'manual', acceptedOn: '2025-01-01', activatedOn: '2025-01-01' },
    ],
    usage,
    balances: [],
    history: [],
    bounds: { from: '2026-05-01', until: '2026-06-01', nextUntil: '2026-07-01' },
  };
}

function eventOf(id, msisdn, random) {
  const service = random() < 0.5 ? 'voice' : random() < 0.6 ? 'data' : 'sms';
  const start = Date.UTC(2026, 4, 1) + Math.floor(random() * 30 * 86_400_000);
  return {
    id,
    source: 'switch',
    sequence: 0,
    msisdn,
    service,
    startAt: start - (start % 1000),
    durationMs: service === 'voice' ? Math.floor(random() * 1_200) * 1_000 : 0,
    bytes: service === 'data' ? Math.floor(random() * 2 ** 29) : 0,
    messages: service === 'sms' ? 1 : 0,
    direction: random() < 0.8 ? 'outgoing' : 'incoming',
    calledNumber: service === 'data' ? '' : `+4930${1_000_000 + Math.floor(random() * 9e6)}`,
    callingNumber: service === 'data' ? '' : msisdn,
    visitedNetwork: '26299',
  };
}
