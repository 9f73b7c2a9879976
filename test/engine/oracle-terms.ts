/** The price list of the sample company once more, read from rules/*.rules by a person and typed in here. */
import { readFileSync } from 'node:fs';

export interface VoicePrice {
  readonly name: string;
  readonly perMinute: string;
  /** Milliseconds. */
  readonly first: number;
  readonly next: number;
  readonly perCall?: string;
}

export interface Terms {
  readonly plan: string;
  readonly rental: string;
  readonly inAdvance: boolean;
  /** Milliseconds, bytes, messages. */
  readonly included: { readonly voice: number; readonly data: number; readonly sms: number };
  readonly premium: VoicePrice;
  readonly abroad: VoicePrice;
  readonly offpeak: VoicePrice;
  readonly byDay: VoicePrice;
  /** Per started 100 MB in zone 2. */
  readonly block: string;
  /** Bytes up to which, price per GB. */
  readonly tiers: readonly (readonly [upTo: number, perGigabyte: string])[];
  readonly message: string;
  readonly messageFarAway: string;
}

export type Destination = 'home' | 'eu' | 'efta' | 'premium' | 'world';

export const gigabyte = 1_000_000_000;
const minute = 60_000;
const second = 1_000;

const flex: Terms = {
  plan: 'flex',
  rental: '12.00',
  inAdvance: true,
  included: { voice: 300 * minute, data: 10 * gigabyte, sms: 100 },
  premium: { name: 'destination-is-premium', perMinute: '0.90', first: minute, next: minute, perCall: '0.15' },
  abroad: { name: 'destination-is-eu-or-efta', perMinute: '0.09', first: 30 * second, next: second },
  offpeak: { name: 'time-is-offpeak', perMinute: '0.02', first: second, next: second },
  byDay: { name: 'otherwise', perMinute: '0.05', first: 30 * second, next: second },
  block: '3.00',
  tiers: [
    [40 * gigabyte, '1.20'],
    [140 * gigabyte, '0.80'],
    [Number.POSITIVE_INFINITY, '0.50'],
  ],
  message: '0.09',
  messageFarAway: '0.25',
};

const business: Terms = {
  plan: 'business',
  rental: '15.00',
  inAdvance: false,
  included: { voice: 500 * minute, data: 10 * gigabyte, sms: 100 },
  premium: flex.premium,
  abroad: { name: 'destination-is-eu-or-efta', perMinute: '0.07', first: second, next: second },
  offpeak: flex.offpeak,
  byDay: { name: 'otherwise', perMinute: '0.04', first: second, next: second },
  block: '2.50',
  tiers: [
    [40 * gigabyte, '1.00'],
    [Number.POSITIVE_INFINITY, '0.60'],
  ],
  message: '0.07',
  messageFarAway: '0.20',
};

export const terms: Readonly<Record<string, Terms>> = {
  flex,
  talk: { ...flex, plan: 'talk', rental: '19.00', included: { voice: 1000 * minute, data: 3 * gigabyte, sms: 100 } },
  business,
  business_data: {
    ...business,
    plan: 'business_data',
    rental: '29.00',
    included: { voice: 200 * minute, data: 40 * gigabyte, sms: 100 },
  },
};

export function termsOf(plan: string): Terms {
  const found = terms[plan];
  if (!found) throw new Error(`The oracle does not know the plan ${plan}.`);
  return found;
}

const prefixes = rows('destinations');
const networks = rows('roaming-zones');

/** By the longest prefix, found by trying them from the whole number down. */
export function destinationOf(number: string): Destination {
  for (let length = number.length; length > 0; length--) {
    const found = prefixes.get(number.slice(0, length));
    if (found !== undefined) return found as Destination;
  }
  return 'home';
}

export function isFarAway(network: string): boolean {
  return networks.get(network) === 'zone_2';
}

function rows(table: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`../../rules/tables/${table}.csv`, import.meta.url), 'utf8');
  const lines = text.trim().split('\n').slice(1);
  return new Map(lines.map((line) => line.split(',') as [string, string]));
}
