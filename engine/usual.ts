/**
 * What is usual for somebody, by their own past: robust statistics, so that one odd month neither hides another nor raises an alarm.
 *
 * Level and spread are the median and 1.4826 times the median absolute deviation, which equals the standard deviation where
 * values are normal and lets up to half of them be wild (Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation",
 * 1993; Leys et al., "Detecting outliers", 2013).
 */
import type { LocalDate } from './model.ts';
import { dayNumber } from './period.ts';

/** A value of a past cycle, in base units; `until` is the first day after it. */
export interface PastValue {
  readonly until: LocalDate;
  readonly value: number;
}

/** In the unit of the values, whole numbers. */
export interface Usual {
  readonly usual: number;
  readonly spread: number;
}

/** With fewer, nobody can say what is usual. */
const fewestCycles = 3;

/** A spread below this share of the usual value is taken for chance: somebody with three equal bills may get a fourth that is a little larger. */
const leastSpread = 0.1;

/**
 * What the cycle that ends on `until` is expected to be like, from the past ones in any order. Undefined with fewer than three.
 *
 * Usual is the median of the last 12 cycles. Where the cycle of a year ago is known, half of what it stood out by is added: one
 * observation of a season is as much chance as season, and so half of it is also the least spread (the seasonal naive
 * forecast, shrunk by a half; Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 5.2).
 */
export function usualOf(past: readonly PastValue[], until: LocalDate): Usual | undefined {
  const sorted = [...past].sort(inTime);
  const values = sorted.slice(-12).map(({ value }) => value);
  const level = median(values);
  if (level === undefined || values.length < fewestCycles) return undefined;
  const season = (seasonOf(sorted, level, until) ?? 0) / 2;
  const usual = Math.max(0, level + season);
  const spread = Math.max(robustSpread(values, level), leastSpread * usual, Math.abs(season));
  return { usual: Math.round(usual), spread: Math.round(spread) };
}

/** The order of past values, whatever order they came in. */
export function inTime(a: PastValue, b: PastValue): number {
  return a.until === b.until ? a.value - b.value : a.until < b.until ? -1 : 1;
}

/** The mean of the two middle values where there is no middle one: a whole number or a half. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const lower = sorted[(sorted.length - 1) >> 1];
  const upper = sorted[sorted.length >> 1];
  return lower === undefined || upper === undefined ? undefined : lower + (upper - lower) / 2;
}

/** 1.4826 times the median absolute deviation from a level. */
export function robustSpread(values: readonly number[], level: number): number {
  return 1.4826 * (median(values.map((value) => Math.abs(value - level))) ?? 0);
}

/** How far the cycle that ended a year before stood out of the level of its year; months of different lengths end on different days. */
function seasonOf(sorted: readonly PastValue[], level: number, until: LocalDate): number | undefined {
  const yearAgo = dayNumber(until) - 365;
  const found = sorted.find((one) => Math.abs(dayNumber(one.until) - yearAgo) <= 5);
  return found && found.value - level;
}
