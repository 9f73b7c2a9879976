/**
 * How much the records of a file are like what a known fault would make of the source's past.
 *
 * A file's records are counted in bins (how large, at which hour …). The past says how many belong in each bin; a fault
 * says how many would, were it on all records. Where it is on some of them, the score test tells (Rao, 1948: the slope of the
 * log-likelihood at no fault, over its standard deviation), and it is the most powerful there is for a small share. What
 * comes out are standard deviations, were records independent; as they are not, past files say how far their own scores lie apart.
 */
import { median, robustSpread } from '../../engine/usual.ts';

/** Records by bin. */
export type Counts = Readonly<Record<string, number>>;

/** What a fault on every record makes of the shares of the past. */
export interface Suspicion {
  /** In words, as in "as if the clock were 3 hours ahead". */
  readonly asIf: string;
  readonly shares: (past: Counts) => Counts;
}

/** A bin that the past never saw may be seen by chance: as if it had been seen once in this many files. */
const rarest = 0.2;

/**
 * Standard deviations by which a file lies on the side of a suspicion; 0 or less where it does not.
 *
 * @param past shares, adding up to 1.
 */
export function scoreOf(file: Counts, past: Counts, suspicion: Counts): number {
  const records = total(file);
  if (records === 0) return 0;
  const least = rarest / records;
  let found = 0;
  let mean = 0;
  let square = 0;
  for (const bin of new Set([...Object.keys(file), ...Object.keys(past), ...Object.keys(suspicion)])) {
    const expected = (past[bin] ?? 0) + least;
    const ratio = (suspicion[bin] ?? 0) / expected;
    found += (file[bin] ?? 0) * ratio;
    mean += expected * ratio;
    square += expected * ratio * ratio;
  }
  const deviation = Math.sqrt(records * (square - mean * mean));
  return deviation > 0 ? (found - records * mean) / deviation : 0;
}

export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function sharesOf(many: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const counts of many) for (const [bin, count] of Object.entries(counts)) sums[bin] = (sums[bin] ?? 0) + count;
  const all = total(sums) || 1;
  return Object.fromEntries(Object.entries(sums).map(([bin, count]) => [bin, count / all]));
}

export interface Limit {
  readonly usual: number;
  readonly spread: number;
  readonly limit: number;
}

/** No file lies further from its past than this by chance. */
const leastLimit = 6;
const deviations = 6;

/** Beyond what past files scored: six robust deviations from their middle, and a quarter more than the highest of them. */
export function limitOf(scores: readonly number[]): Limit {
  const usual = median(scores) ?? 0;
  const spread = Math.max(1, robustSpread(scores, usual));
  return { usual, spread, limit: Math.max(leastLimit, usual + deviations * spread, 1.25 * Math.max(...scores, 0)) };
}
