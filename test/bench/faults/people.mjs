// The customers of the faults bench, and how they change from month to month. README.md says what is assumed.
import { logNormal, normal, pick, pickWeighted, stream, whole, zipf } from './random.mjs';

export const months = Array.from({ length: 14 }, (_, index) => {
  const year = 2026 + Math.floor(index / 12);
  return `${year}-${String((index % 12) + 1).padStart(2, '0')}`;
});

const prefixes = {
  home: ['+4930', '+4940', '+4989', '+49221', '+49151', '+49160', '+49172', '+49176'],
  eu: ['+431', '+331', '+3902', '+34912', '+48226', '+46812', '+31201'],
  world: ['+44207', '+1212', '+90212', '+86139'],
  premium: ['+49900', '+49180'],
};
export const numberIn = (random, zone) => pick(random, prefixes[zone]) + whole(random, 1_000_000, 9_999_999);

/** Accounts with their lines; some come in the course of the year, some lines end. */
export function foundPeople(seed, accounts) {
  const random = stream(seed, 'people');
  const hotlines = Array.from({ length: 300 }, () => numberIn(random, 'home'));
  const people = [];
  const lines = [];
  for (let number = 1; number <= accounts; number++) {
    const business = random() < 0.25;
    // 1 % of today's customers were won in each month of the year; the others were there before.
    const since = random() < 0.13 ? whole(random, 0, 12) : -1;
    const count = business ? whole(random, 1, 4) : 1;
    const id = `A-${String(number).padStart(6, '0')}`;
    const first = lines.length;
    for (let nth = 0; nth < count; nth++)
      lines.push(
        foundLine(random, { business, since, number: lines.length + 1, accountId: id, hotlines, others: lines }),
      );
    const own = lines.slice(first);
    people.push({ id, customerId: id.replace('A', 'C'), business, since, lines: own });
  }
  return people;
}

function foundLine(random, { business, since, number, accountId, hotlines, others }) {
  const plan = business
    ? pick(random, ['business', 'business', 'business_data'])
    : pick(random, ['flex', 'flex', 'talk']);
  const callsAbroad = random() < 0.15;
  const msisdn = `+4915${String(20_000_000 + number * 37).padStart(9, '0')}`;
  const contacts = Array.from({ length: whole(random, 8, 40) }, () =>
    contact(random, { callsAbroad, hotlines, others }),
  );
  return {
    id: `S-${String(number).padStart(6, '0')}`,
    accountId,
    msisdn,
    business,
    plan,
    since,
    // 0.5 % of lines end in a month.
    until: random() < 0.06 ? whole(random, Math.max(2, since + 2), 13) : 99,
    // Somebody changes the plan, from the first of a month on.
    changesIn: !business && random() < 0.08 ? whole(random, 2, 13) : 99,
    voice: logNormal(random, business ? 55 : 38, 0.8),
    sms: logNormal(random, 9, 0.9),
    sessions: logNormal(random, 55, 0.4),
    bytes: logNormal(random, business ? 8e9 : 9e9, 0.9),
    callSeconds: logNormal(random, 80, 0.35),
    travels: random() < 0.3,
    callsPremium: random() < 0.04,
    contacts,
  };
}

/** Mostly one's own people; some numbers that everybody calls; some whom another customer knows, too. */
function contact(random, { callsAbroad, hotlines, others }) {
  const kind = random();
  if (kind < 0.08) return zipf(random, hotlines);
  if (kind < 0.11 && others.length > 0) {
    const other = pick(random, others);
    return random() < 0.3 ? other.msisdn : pick(random, other.contacts);
  }
  return numberIn(random, callsAbroad && random() < 0.2 ? (random() < 0.8 ? 'eu' : 'world') : 'home');
}

/** January first. People call more before Christmas and travel in summer. */
const voiceSeason = [1, 0.97, 1, 1, 1, 0.97, 0.88, 0.9, 1, 1.02, 1.04, 1.18];
const dataSeason = [1.05, 1, 1, 0.97, 0.95, 0.95, 1, 1, 0.97, 1, 1.03, 1.08];
const tripChance = [0.03, 0.05, 0.05, 0.08, 0.08, 0.1, 0.25, 0.28, 0.12, 0.1, 0.03, 0.08];

/** What a line uses in a month: its habits, drifting; the season; growth; now and then a month out of the ordinary. */
export function monthOf(seed, line, index) {
  const random = stream(seed, 'month', line.id, index);
  let drift = 0;
  for (let past = 0; past <= index; past++) drift = 0.7 * drift + 0.18 * normal(stream(seed, 'drift', line.id, past));
  const month = index % 12;
  const heavy = random() < 0.02 ? 1.5 + 2 * random() : 1;
  const trip = line.travels && random() < tripChance[month];
  const days = trip ? whole(random, 3, 14) : 0;
  const noise = () => Math.exp(drift + 0.15 * normal(random));
  return {
    voice: line.voice * voiceSeason[month] * noise() * (random() < 0.5 ? heavy : 1),
    sms: line.sms * noise(),
    sessions: line.sessions * Math.exp(0.1 * normal(random)),
    // Data grows by 1.5 % a month.
    bytes: line.bytes * dataSeason[month] * 1.015 ** index * noise() * heavy,
    premium: line.callsPremium ? pickWeighted(random, [5, 3, 2, 1]) : 0,
    trip: trip ? { from: whole(random, 1, 14), days, far: random() < 0.07 } : undefined,
  };
}

export const planIn = (line, index) => (index < line.changesIn ? line.plan : line.plan === 'flex' ? 'talk' : 'flex');
export const isActive = (line, index) => index >= line.since && index < line.until;
