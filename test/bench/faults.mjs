// `npm run bench:faults`: of the wrong invoices that faults in the inputs cause, how many are stopped, and how many sound ones are held.
//   npm run bench:faults -- --seed 7 --accounts 400 --each 8 --json
//   npm run bench:faults -- --minutes 30        begins no further fault after so many minutes
//   npm run bench:faults -- --kinds "wrong subscription;lost file"
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { billMonth, enterPeople, openBooks, releaseAll } from './faults/books.mjs';
import { cardsOf } from './faults/cards.mjs';
import { besides, inject, kindOf, kinds } from './faults/injections.mjs';
import { foundPeople, months } from './faults/people.mjs';
import { numbered, usageOf, writeFiles } from './faults/usage.mjs';

const last = months.length - 1;

/**
 * Months by the product itself, the fourteenth undisturbed, and then with each fault from the same state. `first` is the first month
 * that is billed, of 0 to 12; `share` is that of a file's records that a fault hits, where it is not to be drawn.
 */
export async function benchFaults(
  { seed, accounts, each, minutes = 1e6, chosen = [...kinds, ...besides], first = 0, share },
  say = () => {},
) {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'ratebook-bench-faults-'));
  const books = await openBooks(folder);
  try {
    const people = foundPeople(seed, accounts);
    const cards = cardsOf(seed, people, months.length);
    const { clean, files, releases } = await billHistory(books, folder, { seed, people, cards }, first, say);
    const truth = await billOnce(books, join(folder, 'clean'), files, releases.after, 'truth');
    say(`clean ${months[last]}: ${truth.cycles.length} invoices, ${heldOf(truth).size} held, ${describeWaits(truth)}`);
    const trials = [];
    let billedByPrevious;
    for (let nth = 0; nth < each; nth++) {
      for (const kind of chosen) {
        if (performance.now() - started > minutes * 60_000) break;
        const fault = inject(seed, kind, nth, files, { people, cards: cards[last] }, share);
        const release = fault.previousRelease ? releases.before : releases.after;
        const name = `fault_${trials.length}`;
        // The whole month by the previous release is the same month every time: it is billed once.
        const known = fault.previousRelease && billedByPrevious;
        const faulty = known || (await billOnce(books, join(folder, name), fault.files, release, name));
        if (fault.previousRelease) billedByPrevious = faulty;
        const trial = judge(kind, fault, truth, faulty);
        trials.push(trial);
        say(
          `${kind} #${nth} (${fault.what}): ${trial.wrong} wrong, ${trial.stopped} stopped, ${trial.heldByMistake} of ${trial.sound} sound ones held; ${describeWaits(faulty)}`,
        );
      }
    }
    return {
      seed,
      accounts,
      months: clean,
      trials,
      undisturbed: { sound: truth.cycles.length, held: heldOf(truth).size, waited: truth.waits.length },
    };
  } finally {
    await books.close();
  }
}

async function billHistory(books, folder, { seed, people, cards }, first, say) {
  const book = await books.open('history');
  const before = await books.release(book, 'before');
  const sequences = new Map();
  const clean = [];
  for (let index = first; index < last; index++) {
    const usage = join(folder, 'usage', months[index]);
    const files = numbered(usageOf(seed, people, cards, index), sequences);
    for (const file of files) sequences.set(file.source, file.sequence);
    writeFiles(usage, files);
    await enterPeople(book.db, people, cards, index, first);
    const month = await billMonth(book, index, usage, before);
    clean.push({ month: months[index], invoices: month.cycles.length, held: heldOf(month).size, waits: month.waits });
    say(
      `${months[index]}: ${month.cycles.length} invoices, ${heldOf(month).size} held${reasonsOf(month)}, ${describeWaits(month)}`,
    );
    await releaseAll(book, month.runId);
  }
  await enterPeople(book.db, people, cards, last);
  const after = await books.release(book, 'after');
  await book.close();
  return { clean, files: numbered(usageOf(seed, people, cards, last), sequences), releases: { before, after } };
}

async function billOnce(books, folder, files, ruleSet, name) {
  writeFiles(folder, files);
  const book = await books.open(name, 'history');
  try {
    return await billMonth(book, last, folder, ruleSet);
  } finally {
    await book.close();
    await books.drop(name);
    await rm(folder, { recursive: true, force: true });
  }
}

const heldOf = ({ cycles }) => new Set(cycles.filter(({ state }) => state === 'held').map((one) => one.account_id));
const reasonsOf = ({ held }) => {
  const names = held.map(({ code, rule }) => rule ?? code);
  const counted = [...new Set(names)].map((name) => `${name} ${names.filter((one) => one === name).length}`);
  return counted.length > 0 ? ` (${counted.join(', ')})` : '';
};
const describeWaits = ({ waits }) =>
  waits.length === 0
    ? 'the run went through'
    : `the run waited: ${waits
        .slice(0, 3)
        .map(({ code, subject }) => `${code} ${subject}`)
        .join(', ')}${waits.length > 3 ? ` and ${waits.length - 3} more` : ''}`;

/**
 * Wrong: at least 1 % and 0.10 EUR from the truth. Stopped: the run waited, or the account was held. Sound: no record of the
 * account was touched by the fault. What is neither had a fault that changed the total by less, or not at all.
 */
function judge(kind, fault, truth, faulty) {
  const right = new Map(truth.cycles.map((one) => [one.account_id, cents(one.total)]));
  const held = heldOf(faulty);
  const waited = faulty.waits.length > 0;
  const trial = {
    kind,
    what: fault.what,
    share: fault.share,
    wrong: 0,
    stopped: 0,
    stoppedAlone: 0,
    slightly: 0,
    touched: 0,
    touchedHeld: 0,
    sound: 0,
    heldByMistake: 0,
    waited,
    evidence: faulty.waits[0]?.evidence,
    missed: [],
  };
  for (const { account_id: id, total } of faulty.cycles) {
    const [is, should] = [cents(total), right.get(id) ?? 0];
    const difference = Math.abs(is - should);
    const wrong = difference >= 10 && difference * 100 >= should;
    if (wrong) {
      trial.wrong += 1;
      if (waited || held.has(id)) trial.stopped += 1;
      if (held.has(id)) trial.stoppedAlone += 1;
      if (!waited && !held.has(id)) trial.missed.push({ id, total: is / 100, should: should / 100 });
    } else {
      if (difference > 0) trial.slightly += 1;
      if (fault.touched.has(id)) {
        trial.touched += 1;
        if (held.has(id)) trial.touchedHeld += 1;
      } else {
        trial.sound += 1;
        if (held.has(id)) trial.heldByMistake += 1;
      }
    }
  }
  return trial;
}

const cents = (amount) => Math.round(Number(amount) * 100);

/** Rows of the report: per kind, overall, and both rates of sound invoices held. */
export function rowsOf({ trials, months: history, undisturbed }) {
  const rows = [];
  const share = (part, whole) => (whole === 0 ? 100 : (100 * part) / whole);
  const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
  const row = (name, value, unit, target) =>
    rows.push({ name, value: Math.round(value * 1000) / 1000, unit, ...(target && { target }) });
  const reported = (own, name, target) => {
    row(
      `wrong invoices stopped: ${name}`,
      share(
        sum(own, (one) => one.stopped),
        sum(own, (one) => one.wrong),
      ),
      '%',
      target,
    );
    row(
      `  of wrong invoices (${own.length} faults)`,
      sum(own, (one) => one.wrong),
      'invoices',
    );
    row(
      '  differing by less than 1 % or 0.10 EUR',
      sum(own, (one) => one.slightly),
      'invoices',
    );
  };
  for (const kind of [...new Set(trials.map((one) => kindOf(one.kind)))]) {
    const own = trials.filter((one) => kindOf(one.kind) === kind);
    reported(own, kind, besides.includes(kind) ? undefined : '≥ 95');
    const forms = [...new Set(own.map((one) => one.kind))].filter((form) => form !== kind);
    for (const form of forms)
      reported(
        own.filter((one) => one.kind === form),
        form,
      );
  }
  const judged = trials.filter((one) => kinds.includes(one.kind));
  row(
    'wrong invoices stopped, overall',
    share(
      sum(judged, (one) => one.stopped),
      sum(judged, (one) => one.wrong),
    ),
    '%',
    '≥ 99',
  );
  row(
    '  by the hold of the account alone',
    share(
      sum(judged, (one) => one.stoppedAlone),
      sum(judged, (one) => one.wrong),
    ),
    '%',
  );
  row(
    'sound invoices held one by one, in the runs with a fault',
    share(
      sum(judged, (one) => one.heldByMistake),
      sum(judged, (one) => one.sound),
    ),
    '%',
    '≤ 0.5',
  );
  row(
    '  sound invoices that waited with their run for a decision on a file or the rules',
    share(
      sum(judged, (one) => (one.waited ? one.sound : 0)),
      sum(judged, (one) => one.sound),
    ),
    '%',
  );
  const year = history.slice(-12);
  row(
    'sound invoices held over 12 undisturbed months',
    share(
      sum(year, (one) => (one.waits.length > 0 ? one.invoices : one.held)),
      sum(year, (one) => one.invoices),
    ),
    '%',
    '≤ 0.5',
  );
  row(
    '  undisturbed runs that waited, of 13',
    year.filter((one) => one.waits.length > 0).length + (undisturbed.waited > 0 ? 1 : 0),
    'runs',
    '≤ 0',
  );
  return rows.map((one) => (one.target ? { ...one, met: isMet(one) } : one));
}

function isMet({ value, target }) {
  const [sign, bound] = target.split(' ');
  return sign === '≤' ? value <= Number(bound) : value >= Number(bound);
}

async function main() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
      accounts: { type: 'string', default: '400' },
      each: { type: 'string', default: '8' },
      minutes: { type: 'string', default: '1000' },
      kinds: { type: 'string', default: [...kinds, ...besides].join(';') },
      json: { type: 'boolean', default: false },
    },
  });
  const say = (text) => (values.json ? console.error(text) : console.log(text));
  const settings = {
    seed: Number(values.seed),
    accounts: Number(values.accounts),
    each: Number(values.each),
    minutes: Number(values.minutes),
    chosen: values.kinds.split(';'),
  };
  say(`seed ${settings.seed}, ${settings.accounts} accounts, ${settings.each} faults of each kind`);
  const result = await benchFaults(settings, say);
  const rows = rowsOf(result);
  if (values.json) console.log(JSON.stringify({ ...settings, rows, ...result }, null, 2));
  else
    for (const row of rows)
      console.log(
        `  ${row.name.padEnd(82)} ${String(row.value).padStart(9)} ${row.unit}${row.target ? `   target ${row.target}: ${row.met ? 'met' : 'NOT met'}` : ''}`,
      );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
