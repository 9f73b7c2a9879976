/**
 * How much the records of a file are like what a known fault would make of the source's past.
 *
 * A file's records are counted in bins (how large, at which hour …). The past says how many belong in each bin; a fault
 * says how many would, were it on all records. How likely the file is with the fault on some share of its records, against none, is
 * the likelihood ratio of a mixture (Wilks, 1938): the share that explains the file best is searched for, and what comes out is the
 * root of twice the logarithm, which are standard deviations where records are many and independent, and which holds where they are
 * few and rare as well: a ratio of e^x by chance has a chance of at most e^-x. As records are not independent, past files say how
 * far their own scores lie apart.
 */

/** Records by bin. */
export type Counts = Readonly<Record<string, number>>;

/** What a fault on every record makes of the shares of the past. */
export interface Suspicion {
  /** In words, as in "as if the clock were 3 hours ahead". */
  readonly asIf: string;
  readonly shares: (past: Counts) => Counts;
}

export interface Score {
  /** 0 where the fault explains nothing. */
  readonly deviations: number;
  /** Of the file's records that the fault is likely on, from 0 to 1. */
  readonly share: number;
}

/** Of each bin, how many times as likely a record is with the fault as without. */
export type Comparison = ReadonlyMap<string, number>;

/** A bin that the past never saw is as likely as one of which half a record was seen. */
const unseen = 0.5;

/** @param past records by bin of all past files. */
export function compare(past: Counts, suspicion: Suspicion): Comparison {
  const records = Math.max(1, total(past));
  const shares = Object.fromEntries(Object.entries(past).map(([bin, count]) => [bin, count / records]));
  const suspected = suspicion.shares(shares);
  const ratio = (bin: string) => ((suspected[bin] ?? 0) * records) / ((past[bin] ?? 0) + unseen);
  const bins = new Set([...Object.keys(past), ...Object.keys(suspected)]);
  return new Map([...bins].map((bin) => [bin, ratio(bin)]));
}

/** The share of a file's records on which the fault most likely is, and by how many deviations that is no chance. */
export function scoreOf(file: Counts, ratios: Comparison): Score {
  // What neither the past nor the fault knows speaks against the fault.
  const bins = Object.entries(file).map(([bin, count]) => ({ count, excess: (ratios.get(bin) ?? 0) - 1 }));
  const slope = (share: number) =>
    bins.reduce((sum, { count, excess }) => sum + (count * excess) / (1 + share * excess), 0);
  if (slope(0) <= 0) return { deviations: 0, share: 0 };
  const share = zeroOf(slope, 0, mostShare);
  const logarithm = bins.reduce((sum, { count, excess }) => sum + count * Math.log1p(share * excess), 0);
  return { deviations: Math.sqrt(2 * Math.max(0, logarithm)), share };
}

/** On all records but one in a thousand: on all of them, a bin that the fault does not know would be impossible. */
const mostShare = 0.999;

/** Where a falling function is zero; the upper bound if it is above zero there. */
function zeroOf(falling: (at: number) => number, from: number, to: number): number {
  if (falling(to) >= 0) return to;
  let [low, high] = [from, to];
  for (let halved = 0; halved < 24; halved++) {
    const middle = (low + high) / 2;
    if (falling(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function sumOf(many: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const counts of many) for (const [bin, count] of Object.entries(counts)) sums[bin] = (sums[bin] ?? 0) + count;
  return sums;
}

export interface Limit {
  readonly usual: number;
  readonly spread: number;
  readonly limit: number;
}

/** Of so many sound files of independent records at most one is doubted for one feature, whatever the number of suspicions about it. */
const filesForOneMistake = 1000;

/** What few past files say of the next is uncertain: with so many the limit is twice as high. */
const filesOfDoubt = 10;

/**
 * Beyond what past files scored: what chance does once in 1,000 files, times how much further they lie apart than independent
 * records would, and a quarter more than the highest of them.
 *
 * @param suspicions about the feature; each is a chance to be mistaken.
 */
export function limitOf(scores: readonly number[], suspicions: number): Limit {
  const sorted = [...scores].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  // One file in ten lies beyond 1.28 deviations.
  const spread = Math.max(1, at(0.9) / 1.2816);
  const chance = Math.sqrt(2 * Math.log(filesForOneMistake * suspicions));
  const doubt = 1 + filesOfDoubt / Math.max(1, scores.length);
  return { usual: at(0.5), spread, limit: doubt * Math.max(chance * spread, 1.25 * at(1)) };
}
