/**
 * The predecessor's price list, by which past months were charged: fees and rough averages per zone. Ratebook's own
 * prices are in the rules and are not taken from here; the two are near enough that past charges compare with present ones.
 */
import type { Habits, PlanId } from './habits.ts';

export interface MonthlyUse {
  readonly voiceSeconds: number;
  readonly messages: number;
  readonly bytes: number;
  readonly roamingSessions: number;
  readonly roams: Habits['roams'];
  readonly calls: Habits['calls'];
}

/** Cents per month, and what is included. */
const plans = {
  flex: { fee: 1200n, minutes: 300, gigabytes: 10, messages: 100 },
  talk: { fee: 1900n, minutes: 1000, gigabytes: 3, messages: 100 },
  business: { fee: 1500n, minutes: 500, gigabytes: 10, messages: 100 },
  business_data: { fee: 2900n, minutes: 200, gigabytes: 40, messages: 100 },
} as const satisfies Record<PlanId, object>;

/** Cents per minute. */
const perMinute = { home: 5n, eu: 9n, efta: 9n, world: 5n, premium: 100n } as const;

/** Charges of one month before tax, in cents. */
export function chargesOf(plan: PlanId, use: MonthlyUse): bigint {
  const { fee, minutes, gigabytes, messages } = plans[plan];
  const shares = use.calls.reduce((sum, [, weight]) => sum + weight, 0);
  let included = minutes;
  let charges = fee;
  for (const [zone, weight] of use.calls) {
    const inZone = Math.round(((use.voiceSeconds / 60) * weight) / shares);
    const covered = zone === 'home' || zone === 'eu' ? Math.min(included, inZone) : 0;
    included -= covered;
    charges += BigInt(inZone - covered) * perMinute[zone];
  }
  charges += BigInt(Math.max(0, use.messages - messages)) * 9n;
  charges += BigInt(use.roamingSessions) * (use.roams === null ? 0n : use.roams === 'zone_1' ? 30n : 300n);
  return charges + dataCharge(Math.max(0, Math.round(use.bytes / 1_000_000_000) - gigabytes));
}

/** Part of an amount in cents, rounded half up. */
export function percentOf(amount: bigint, percent: bigint): bigint {
  return (amount * percent + 50n) / 100n;
}

/** `1200n` is "12.00". */
export function cents(amount: bigint): string {
  const text = String(amount).padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** The same amount as a reduced fraction: `1250n` is "25/2". */
export function exactCents(amount: bigint): string {
  let [divisor, rest] = [amount, 100n];
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
  return divisor === 100n ? String(amount / 100n) : `${amount / divisor}/${100n / divisor}`;
}

/** Graduated: 1.20 EUR for the first 40 GB, 0.80 for the next 100, 0.50 beyond. */
function dataCharge(gigabytes: number): bigint {
  const first = Math.min(gigabytes, 40);
  const next = Math.min(gigabytes - first, 100);
  return BigInt(first) * 120n + BigInt(next) * 80n + BigInt(gigabytes - first - next) * 50n;
}
