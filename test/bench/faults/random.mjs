// Seeded chance for the faults bench: each purpose draws from a stream of its own.
import { seededRandom } from '../facts.mjs';

/** A stream that depends on every part of its key. */
export function stream(...key) {
  let hash = 0x811c9dc5;
  for (const char of key.join('/')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  const random = seededRandom(hash);
  for (let i = 0; i < 3; i++) random();
  return random;
}

export const pick = (random, list) => list[Math.floor(random() * list.length)];
export const whole = (random, from, to) => from + Math.floor(random() * (to - from + 1));

export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export const logNormal = (random, median, sigma) => median * Math.exp(sigma * normal(random));

/** How often something happens that happens `mean` times on average. */
export function poisson(random, mean) {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let count = 0;
  for (let left = Math.exp(-mean), product = random(); product > left; product *= random()) count += 1;
  return count;
}

/** One of a list, the first most often (Zipf). */
export function zipf(random, list) {
  return (
    list[
      pickWeighted(
        random,
        list.map((_, index) => 1 / (index + 1)),
      )
    ] ?? list[0]
  );
}

/** The place of one weight, as often as it weighs. */
export function pickWeighted(random, weights) {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
