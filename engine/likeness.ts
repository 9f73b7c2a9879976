/**
 * How alike two texts are: the cosine of the angle between their weighted words, in whole numbers only.
 *
 * A word weighs how often it stands in the text, times how rare it is among the texts of the catalogue: 1 + ⌊log₂(N / n)⌋
 * for a word that n of N texts have (Salton & Buckley, Term-weighting approaches, 1988, with the logarithm rounded down).
 * Words are runs of letters and digits, whatever their case; they are not reduced to stems. All weights are whole and
 * positive, so the squares of two cosines stand in the order of the cosines, and comparing them rounds nothing.
 */
import { foldCase } from './derive.ts';

/** What makes a word rare: how many texts there are, and how many have each word. */
export interface Corpus {
  readonly texts: number;
  readonly having: ReadonlyMap<string, number>;
}

export type Weights = ReadonlyMap<string, bigint>;

/** The square of a cosine, as a fraction; `bottom` is never 0. */
export interface Likeness {
  readonly top: bigint;
  readonly bottom: bigint;
}

export function corpusOf(texts: readonly string[]): Corpus {
  const having = new Map<string, number>();
  for (const text of texts) for (const word of new Set(wordsOf(text))) having.set(word, (having.get(word) ?? 0) + 1);
  return { texts: texts.length, having };
}

export function weightsOf(text: string, corpus: Corpus): Weights {
  const weights = new Map<string, bigint>();
  for (const word of wordsOf(text)) weights.set(word, (weights.get(word) ?? 0n) + rarity(word, corpus));
  return weights;
}

/** 0 for texts without a common word. */
export function likenessOf(a: Weights, b: Weights): Likeness {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  let product = 0n;
  for (const [word, weight] of few) product += weight * (many.get(word) ?? 0n);
  if (product === 0n) return { top: 0n, bottom: 1n };
  return { top: product * product, bottom: lengthSquared(a) * lengthSquared(b) };
}

/** Negative if `a` is less alike than `b`. */
export function compareLikeness(a: Likeness, b: Likeness): number {
  const difference = a.top * b.bottom - b.top * a.bottom;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The cosine in per cent, rounded down; for people to read, not to rank by. */
export function likenessPercent({ top, bottom }: Likeness): number {
  let percent = 0;
  while (percent < 100 && BigInt((percent + 1) ** 2) * bottom <= top * 10_000n) percent += 1;
  return percent;
}

function rarity(word: string, { texts, having }: Corpus): bigint {
  let weight = 1n;
  for (let reach = (having.get(word) ?? 1) * 2; reach <= texts; reach *= 2) weight += 1n;
  return weight;
}

function lengthSquared(weights: Weights): bigint {
  let sum = 0n;
  for (const weight of weights.values()) sum += weight * weight;
  return sum;
}

function wordsOf(text: string): readonly string[] {
  return foldCase(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);
}
