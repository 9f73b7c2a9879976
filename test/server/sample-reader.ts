/** Reads generated usage files without knowing how they were made, by the description of the format alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

export interface Truth {
  readonly counts: {
    files: number;
    lines: number;
    accepted: number;
    duplicates: number;
    late: number;
    malformed: Record<string, number>;
    gaps: { source: string; sequence: number }[];
    trailerMismatches: { source: string; sequence: number; records: number; trailer: number }[];
  };
  /** Files of more than one record whose records happen to be in order of time. */
  filesInOrder: number;
  readonly outsideService: string[];
  subscriptionsUsed: number;
  readonly services: Set<string>;
  readonly directions: Set<string>;
  readonly destinations: Set<string>;
  readonly roamingZones: Set<string>;
  readonly use: Map<string, { bytes: number; voiceSeconds: number; messages: number; premiumSeconds: number }>;
}

interface Subscriber {
  readonly id: string;
  readonly activatedOn: string;
  readonly cancelledOn: string;
  readonly cycleFrom: string;
  readonly cycleUntil: string;
}

const cycles: Readonly<Record<string, readonly [string, string]>> = {
  1: ['2026-05-01', '2026-06-01'],
  8: ['2026-05-08', '2026-06-08'],
  15: ['2026-05-15', '2026-06-15'],
  31: ['2026-04-30', '2026-05-31'],
};

/** Takes in all usage files of a company, in the order of their names. */
export function runOver(folder: string): Truth {
  const subscribers = subscribersOf(folder);
  const destination = longestPrefix(table('destinations.csv'));
  const roaming = new Map(table('roaming-zones.csv'));
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const truth: Truth = {
    counts: { files: 0, lines: 0, accepted: 0, duplicates: 0, late: 0, malformed: {}, gaps: [], trailerMismatches: [] },
    filesInOrder: 0,
    outsideService: [],
    subscriptionsUsed: 0,
    services: new Set(),
    directions: new Set(),
    destinations: new Set(),
    roamingZones: new Set(),
    use: new Map(),
  };
  const { counts } = truth;
  for (const name of readdirSync(join(folder, 'usage')).sort()) {
    const lines = readFileSync(join(folder, 'usage', name), 'utf8')
      .trimEnd()
      .split('\n');
    const [mark, source, sequence, , announced] = (lines[0] as string).split(',') as [
      string,
      string,
      string,
      string,
      string,
    ];
    const trailer = (lines.at(-1) as string).split(',');
    const records = lines.slice(1, -1);
    if (mark !== 'H' || trailer[0] !== 'T' || Number(announced) !== records.length)
      throw new Error(`${name}: wrong frame`);
    if (name !== `${source}-${sequence.padStart(6, '0')}.csv`) throw new Error(`${name}: wrong name`);
    counts.files++;
    counts.lines += records.length;
    for (let missing = (last.get(source) ?? 0) + 1; missing < Number(sequence); missing++)
      counts.gaps.push({ source, sequence: missing });
    last.set(source, Number(sequence));
    if (Number(trailer[1]) !== records.length) {
      counts.trailerMismatches.push({
        source,
        sequence: Number(sequence),
        records: records.length,
        trailer: Number(trailer[1]),
      });
    }
    const starts: string[] = [];
    for (const line of records) {
      const reason = reasonAgainst(line, subscribers);
      if (reason !== null) {
        counts.malformed[reason] = (counts.malformed[reason] ?? 0) + 1;
        continue;
      }
      const fields = line.split(',');
      const key = `${source} ${fields[1]}`;
      if (seen.has(key)) counts.duplicates++;
      else take(truth, fields, subscribers.get(fields[3] as string) as Subscriber, destination, roaming);
      seen.add(key);
      starts.push(fields[5] as string);
    }
    if (starts.length > 10 && starts.every((start, i) => i === 0 || start >= (starts[i - 1] as string)))
      truth.filesInOrder++;
  }
  counts.gaps.sort((a, b) => a.sequence - b.sequence);
  truth.subscriptionsUsed = truth.use.size;
  return truth;
}

function take(
  truth: Truth,
  fields: readonly string[],
  subscriber: Subscriber,
  destination: (number: string) => string,
  roaming: ReadonlyMap<string, string>,
): void {
  const [, id, , , service, start, duration, bytes, messages, direction, called, , plmn] = fields as string[];
  const day = (start as string).slice(0, 10);
  truth.counts.accepted++;
  if (day < subscriber.cycleFrom) truth.counts.late++;
  if (
    day >= subscriber.cycleUntil ||
    day < subscriber.activatedOn ||
    (subscriber.cancelledOn !== '' && day >= subscriber.cancelledOn)
  ) {
    truth.outsideService.push(id as string);
  }
  truth.services.add(service as string);
  truth.directions.add(direction as string);
  truth.roamingZones.add(roaming.get(plmn as string) ?? 'home');
  const zone = called === '' ? 'none' : destination(called as string);
  if (zone !== 'none') truth.destinations.add(zone);
  const use = truth.use.get(subscriber.id) ?? { bytes: 0, voiceSeconds: 0, messages: 0, premiumSeconds: 0 };
  use.bytes += Number(bytes);
  use.messages += Number(messages);
  use.voiceSeconds += service === 'voice' ? Number(duration) : 0;
  use.premiumSeconds += zone === 'premium' ? Number(duration) : 0;
  truth.use.set(subscriber.id, use);
}

/** The one thing that is wrong with a record, or null. */
function reasonAgainst(line: string, subscribers: ReadonlyMap<string, Subscriber>): string | null {
  if (!line.startsWith('R,')) return 'not-a-record';
  const fields = line.split(',');
  if (fields.length !== 13) return 'field-count';
  const [, , , msisdn, service, start, ...rest] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    ...string[],
  ];
  const quantities = rest.slice(0, 3);
  if (!quantities.every((quantity) => /^-?\d+$/.test(quantity))) return 'bad-number';
  if (quantities.some((quantity) => quantity.startsWith('-'))) return 'negative-quantity';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(start) || Number.isNaN(Date.parse(start)))
    return 'bad-instant';
  if (!['voice', 'sms', 'data'].includes(service)) return 'unknown-service';
  const subscriber = subscribers.get(msisdn);
  if (subscriber === undefined) return 'unknown-subscriber';
  return Date.parse(subscriber.cycleFrom) - Date.parse(start) > 60 * 86_400_000 ? 'too-old' : null;
}

function subscribersOf(folder: string): ReadonlyMap<string, Subscriber> {
  const rows = (file: string): Record<string, string>[] => parse(readFileSync(join(folder, file)), { columns: true });
  const cycleDays = new Map(rows('accounts.csv').map((account) => [account.account_id, account.cycle_day as string]));
  return new Map(
    rows('subscriptions.csv').map((it) => {
      const [cycleFrom, cycleUntil] = cycles[cycleDays.get(it.account_id) as string] as readonly [string, string];
      const {
        subscription_id: id,
        activated_on: activatedOn,
        cancelled_on: cancelledOn,
      } = it as Record<string, string>;
      return [it.msisdn as string, { id, activatedOn, cancelledOn, cycleFrom, cycleUntil } as Subscriber];
    }),
  );
}

function table(file: string): [string, string][] {
  return parse(readFileSync(join(import.meta.dirname, '../../rules/tables', file)), { from_line: 2 }) as unknown as [
    string,
    string,
  ][];
}

function longestPrefix(rows: readonly (readonly [string, string])[]): (number: string) => string {
  const byPrefix = new Map(rows);
  return (number) => {
    for (let length = number.length; length > 0; length--) {
      const found = byPrefix.get(number.slice(0, length));
      if (found !== undefined) return found;
    }
    return 'home';
  };
}
