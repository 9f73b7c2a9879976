/**
 * Seeded pseudo-random numbers for the sample company: mulberry32 over a hash of the key. Every subject (a customer, a
 * subscription's day) draws from its own stream, so that adding a draw in one place changes nothing elsewhere.
 */

/** Yields numbers in [0, 1). */
export type Random = () => number;

/** First part of a key: what is drawn. The numbers are part of what a seed means; never reuse or change one. */
export const topic = {
  customer: 1,
  habits: 2,
  history: 3,
  payment: 4,
  order: 5,
  dayWeight: 6,
  day: 7,
  shuffle: 8,
  fault: 9,
} as const;

/** A stream that depends on every number of its key, and on nothing else. */
export function randomStream(...key: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const part of key) state = mix(state ^ (part + 0x7f4a7c15));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number in [from, to], both included. */
export function whole(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Picks by weight; the weights need not add up to anything. */
export function pickWeighted<T>(random: Random, from: readonly (readonly [T, number])[]): T {
  let left = random() * from.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of from) {
    left -= weight;
    if (left < 0) return value;
  }
  return (from[from.length - 1] as readonly [T, number])[0];
}

/** Shuffles in place (Fisher–Yates). */
export function shuffle<T>(random: Random, items: T[]): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = items[i] as T;
    items[i] = items[j] as T;
    items[j] = held;
  }
}

function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
