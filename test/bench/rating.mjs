// Rating one event whole: decide, allowance, tier, exact charge, trace. Against the same price list written by hand, and a price list ten
// times as long against a short one.
import { isDeepStrictEqual } from 'node:util';
import { load, loadBenchRules } from './bench-rules.mjs';
import { seededRandom } from './facts.mjs';
import { prepareByHand, rateByHand } from './hand-written.mjs';
import { quantile, ratesAsRows, timeInTurns } from './rounds.mjs';

const seed = 7;
const cases = 4_096;
const compared = 100_000;
const rounds = 7;
const home = '26299';
const number = '+4915100000001';
const month = { from: '2026-05-01', until: '2026-06-01', nextUntil: '2026-07-01' };

export async function benchRating(say) {
  const [rules, { rateCycle }] = [await loadBenchRules(), await load('engine/cycle.js')];
  const random = seededRandom(seed);
  const draw = eventDrawer(rules.document, random);
  const events = Array.from({ length: compared }, (_, index) => draw(index));
  const book = handBook(rules.document);
  compareWithHand(events, rules, book, rateCycle);
  say(
    `  ${compared} events of seed ${seed} rated alike to the last byte, trace and decisions included; timed on the first ${cases}; ${rounds} rounds, in turn`,
  );

  const [short, long] = ['voice_24', 'voice_240'].map((plan) => cycleOf(plan, events.slice(0, cases)));
  const ours = (name, cycle) => ({ name, pass: () => weigh(rateCycle(cycle, rules)) });
  const engine = ours('rated by 24 rules', short);
  const byHand = { name: 'rated by hand', pass: () => weigh(rateByHand(short, book)) };
  const longer = ours('rated by 240 rules', long);
  const rates = await timeInTurns([engine, byHand, longer], cases, rounds);
  const median = (variant) => quantile(rates.get(variant), 0.5);
  return [
    ...ratesAsRows(rates, 'events/s'),
    { name: 'time by rules ÷ by hand, medians', value: median(byHand) / median(engine), unit: '×', target: '≤ 2' },
    { name: 'time by 240 rules ÷ by 24, medians', value: median(engine) / median(longer), unit: '×', target: '≤ 1.5' },
  ];
}

/** Looks at what came out, so that no work can be left out. */
function weigh({ usage, trace, decisions }) {
  return usage.lines.length + trace.length + decisions.length + trace.reduce((sum, { exact }) => sum + exact.length, 0);
}

/** In cycles of some thousand events, as busy lines have. */
function compareWithHand(events, rules, book, rateCycle) {
  for (let start = 0; start < events.length; start += cases) {
    const cycle = cycleOf('voice_24', events.slice(start, start + cases));
    const [ours, theirs] = [rateCycle(cycle, rules), rateByHand(cycle, book)];
    if (!isDeepStrictEqual(ours, theirs))
      throw new Error(`By hand, events ${start} to ${start + cases} are rated otherwise`);
  }
}

function eventDrawer(document, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const keysOf = (name) => document.tables.find((table) => table.name === name).rows.map(([key]) => key);
  const [prefixes, networks] = [keysOf('destination'), keysOf('roaming_zone')];
  const start = Date.UTC(2026, 4, 1);
  return (index) => ({
    id: `e${index}`,
    source: 'switch',
    sequence: index,
    msisdn: number,
    service: 'voice',
    startAt: start + Math.floor(random() * 30 * 86_400_000),
    durationMs: Math.floor(random() * 600_000),
    bytes: 0,
    messages: 0,
    direction: random() < 0.85 ? 'outgoing' : 'incoming',
    calledNumber:
      random() < 0.5 ? `+4930${Math.floor(random() * 1e7)}` : `${pick(prefixes)}${Math.floor(random() * 1e6)}`,
    callingNumber: number,
    visitedNetwork: random() < 0.7 ? home : pick(networks),
  });
}

function cycleOf(plan, usage) {
  const line = {
    id: 's1',
    plan,
    msisdn: number,
    payment: 'manual',
    acceptedOn: '2026-01-01',
    activatedOn: '2026-01-01',
  };
  return {
    account: { id: 'a1', currency: 'EUR', zone: 'Europe/Berlin', cycleDay: 1, openedOn: '2026-01-01' },
    customer: {
      id: 'c1',
      name: 'Ada Lind',
      category: 'consumer',
      country: 'DE',
      taxCountry: 'DE',
      language: 'de',
      zone: 'Europe/Berlin',
      interests: [],
      profile: '',
    },
    subscriptions: [line],
    usage,
    balances: [],
    history: [],
    bounds: month,
  };
}

/** Names, places and titles of the rules, tables and holidays: what the hand-written one takes from outside. */
function handBook(document) {
  const setOf = (id) => document.decisions.find((set) => set.id === id).rules;
  const rowsOf = (name) =>
    document.tables.find((table) => table.name === name).rows.map(([key, value]) => [key, value]);
  const [allowance] = document.plans.find(({ id }) => id === 'voice_24').allowances;
  return prepareByHand({
    words: {
      rules: setOf('rate:voice_24.voice').map(({ name, event }) => ({
        name,
        at: event.params.at,
        title: event.params.title ?? titleOf(name),
      })),
      allowance: { id: allowance.id, at: allowance.at, title: allowance.title },
      allowanceRule: setOf('allowance:voice_24.voice')[0].name,
    },
    data: {
      destinations: rowsOf('destination'),
      networks: rowsOf('roaming_zone'),
      holidays: document.calendars.find(({ name }) => name === 'offpeak').holidays,
    },
    zone: 'Europe/Berlin',
    year: 2026,
  });
}

function titleOf(rule) {
  const row = rule.slice(rule.lastIndexOf('.') + 1).replaceAll('-', ' ');
  return row === 'otherwise' ? 'Voice' : `Voice: ${row}`;
}
