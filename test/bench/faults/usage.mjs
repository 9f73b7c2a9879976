// A month's usage files of the faults bench: one a source and day, as mediation would deliver them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from './cards.mjs';
import { isActive, monthOf, months, numberIn } from './people.mjs';
import { logNormal, pick, pickWeighted, poisson, stream, whole, zipf } from './random.mjs';

const home = '26299';
const abroad = { near: ['23201', '20801', '22201', '21401', '26803', '26002'], far: ['310260', '23410', '28601'] };
const officeHours = [1, 1, 0, 0, 0, 1, 4, 12, 28, 36, 38, 36, 24, 30, 36, 34, 30, 22, 12, 8, 6, 5, 3, 2];
const privateHours = [4, 2, 1, 1, 1, 2, 6, 14, 18, 16, 16, 18, 22, 18, 17, 19, 24, 30, 36, 40, 38, 30, 18, 9];
/** Public holidays of Germany in the months of the bench, and two days that are taken for one. */
const holidays = [
  '2026-01-01',
  '2026-04-03',
  '2026-04-06',
  '2026-05-01',
  '2026-05-14',
  '2026-05-25',
  '2026-10-03',
  '2026-12-24',
  '2026-12-25',
  '2026-12-26',
  '2026-12-31',
  '2027-01-01',
];

/** Files as {source, sequence, day, records}; a record is what a line says, with its fields apart. */
export function usageOf(seed, people, cards, index) {
  const month = months[index];
  const days = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  const byFile = new Map();
  for (const { lines } of people) {
    for (const line of lines) {
      if (!isActive(line, index)) continue;
      const random = stream(seed, 'identity', line.id, index);
      for (const unnamed of recordsOf(seed, line, index, days)) {
        const record = { ...unnamed, ...identityOf(random, cards[index].get(line.id), unnamed) };
        const { late } = record;
        const day = Math.min(days, record.day + (late < 0.003 ? 1 + Math.floor(late * 1000) : 0));
        const key = `${record.source} ${day}`;
        if (!byFile.has(key)) byFile.set(key, { source: record.source, day, records: [] });
        byFile.get(key).records.push(record);
      }
    }
  }
  const files = [...byFile.values()].sort((a, b) =>
    a.source < b.source ? -1 : a.source > b.source ? 1 : a.day - b.day,
  );
  const sequences = new Map();
  return files.map((file) => {
    const nth = (sequences.get(file.source) ?? 0) + 1;
    sequences.set(file.source, nth);
    const first = index * 10_000_000;
    const records = file.records.map((record, position) => {
      const number = first + file.day * 100_000 + position;
      return { ...record, id: `${file.source}-${number}`, sequence: number };
    });
    return { ...file, month, index, nth, records };
  });
}

/** Numbers of files go on from month to month. */
export function numbered(files, last) {
  return files.map((file) => ({ ...file, sequence: (last.get(file.source) ?? 0) + file.nth }));
}

function recordsOf(seed, line, index, days) {
  const random = stream(seed, 'usage', line.id, index);
  const habits = monthOf(seed, line, index);
  const records = [];
  const share = (count) => (habits.trip ? (count * (days - habits.trip.days)) / days : count);
  const dayOf = () => whole(random, 1, days);
  const weighted = (day) => (isDayOff(months[index], day) && line.business ? random() < 0.35 : true);
  const isAway = (day) => habits.trip && day >= habits.trip.from && day < habits.trip.from + habits.trip.days;
  for (const [kind, mean] of [
    ['voice', habits.voice],
    ['sms', habits.sms],
    ['data', habits.sessions],
  ]) {
    for (let left = poisson(random, share(mean)); left > 0; left--) {
      const day = dayOf();
      if (!weighted(day) || isAway(day)) continue;
      records.push(make(random, line, habits, kind, index, day, home));
    }
  }
  for (let left = habits.premium; left > 0; left--)
    records.push({
      ...make(random, line, habits, 'voice', index, dayOf(), home),
      direction: 'outgoing',
      duration: whole(random, 30, 400),
      other: numberIn(random, 'premium'),
    });
  if (habits.trip) {
    for (let day = habits.trip.from; day < Math.min(days + 1, habits.trip.from + habits.trip.days); day++) {
      for (let left = poisson(random, 3); left > 0; left--) {
        const kind = ['data', 'voice', 'sms'][pickWeighted(random, [60, 28, 12])];
        const network = pick(random, habits.trip.far ? abroad.far : abroad.near);
        const record = make(random, line, habits, kind, index, day, network);
        records.push({
          ...record,
          source: 'TAP',
          ...(habits.trip.far && { bytes: Math.min(record.bytes, 60_000_000) }),
        });
      }
    }
  }
  return apart(random, records);
}

function make(random, line, habits, kind, index, day, network) {
  const hours = line.business && !isDayOff(months[index], day) ? officeHours : privateHours;
  const second = pickWeighted(random, hours) * 3600 + whole(random, 0, 3599);
  const direction = kind !== 'data' && random() < 0.3 ? 'incoming' : 'outgoing';
  const other = kind === 'data' ? '' : random() < 0.16 ? numberIn(random, 'home') : zipf(random, line.contacts);
  const voicemail = random() < 0.05;
  return {
    source: { voice: 'MSC1', sms: 'SMSC', data: 'PGW1' }[kind],
    msisdn: line.msisdn,
    service: kind,
    day,
    second,
    duration:
      kind === 'voice'
        ? voicemail
          ? whole(random, 1, 6)
          : Math.ceil(logNormal(random, line.callSeconds, 1))
        : kind === 'data'
          ? whole(random, 30, 5400)
          : 0,
    // A line's sessions have a mean of its month's volume; sizes spread widely.
    bytes:
      kind === 'data' ? Math.ceil(logNormal(random, habits.bytes / habits.sessions / Math.exp(1.3 ** 2 / 2), 1.3)) : 0,
    messages: kind === 'sms' ? 1 : 0,
    direction,
    other,
    own: kind === 'data' ? '' : line.msisdn,
    network,
    late: random(),
  };
}

/** A telephone does one thing of a kind at a time, but for one call in 300 that waits beside another. */
function apart(random, records) {
  const free = new Map();
  return records
    .sort((a, b) => a.day - b.day || a.second - b.second)
    .flatMap((record) => {
      if (record.service === 'sms') return [record];
      const at = record.day * 86_400 + record.second;
      const begins = random() < 1 / 300 ? at : Math.max(at, free.get(record.service) ?? 0);
      free.set(record.service, Math.max(free.get(record.service) ?? 0, begins + record.duration + 1));
      const second = begins - record.day * 86_400;
      return second < 86_400 ? [{ ...record, second }] : [];
    });
}

function isDayOff(month, day) {
  const date = `${month}-${String(day).padStart(2, '0')}`;
  return holidays.includes(date) || [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
}

/** Europe/Berlin: summer time from the last Sunday of March to the last of October, at 2 and 3 o'clock. */
function offsetOf(date, second) {
  const [begins, ends] = ['2026-03-29', '2026-10-25'];
  const summer =
    date > begins && date < ends
      ? true
      : date === begins
        ? second >= 3 * 3600
        : date === ends
          ? second < 3 * 3600
          : false;
  return summer ? 2 : 1;
}

/** Epoch seconds of a record's start, which the wall clock of its day says. */
export function startOf(record, month) {
  const date = `${month}-${String(record.day).padStart(2, '0')}`;
  // On 29 March there is no clock between 2 and 3.
  const second =
    date === '2026-03-29' && record.second >= 7200 && record.second < 10_800 ? record.second + 3600 : record.second;
  return Date.parse(`${date}T00:00:00Z`) / 1000 + second - offsetOf(date, second) * 3600 + (record.shift ?? 0);
}

export function writeFiles(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, nameOf(file)), textOf(file));
}

export const nameOf = (file) => `${file.source}-${String(file.sequence).padStart(6, '0')}.csv`;

/** `announced` are the records that the trailer was made of, where others are delivered. */
export function textOf(file) {
  const { records, announced = records, month, source, sequence, day } = file;
  const lines = records.map((record) => {
    const start = new Date(startOf(record, month) * 1000).toISOString();
    const [called, calling] =
      record.service === 'data'
        ? ['', '']
        : record.direction === 'outgoing'
          ? [record.other, record.own]
          : [record.own, record.other];
    return `R,${record.id},${record.sequence},${record.msisdn},${record.service},${start},${record.duration},${record.bytes},${record.messages},${record.direction},${called},${calling},${record.network},,,,,,,,${record.imsi},${record.device}`;
  });
  return `H,${source},${sequence},${month}-${String(day).padStart(2, '0')}T23:59:59Z,${announced.length}\n${lines.join('\n')}\n${trailer(announced)}\n`;
}

/** Control totals as `server/usage/control-totals.ts` reckons them, said once more. */
function trailer(records) {
  const sum = (of) => records.reduce((total, record) => total + BigInt(of(record)), 0n);
  const digits = (number) => BigInt(number.replace('+', '') || '0');
  const numbers = sum((record) => digits(record.msisdn) + digits(record.other) + digits(record.own));
  return `T,${records.length},${sum((r) => r.duration)},${sum((r) => r.bytes)},${sum((r) => r.messages)},${numbers % 10n ** 15n}`;
}
