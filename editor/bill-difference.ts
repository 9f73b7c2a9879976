/** What changes between two bills of one cycle, line by line: how a simulation is shown. */
import type { Amount, Bill, BillLine } from '../engine/model.ts';

export interface LineDifference {
  readonly kind: 'same' | 'changed' | 'added' | 'removed';
  readonly before?: BillLine;
  readonly after?: BillLine;
  /** After minus before; a missing line counts as zero. */
  readonly change: Amount;
}

export interface BillDifference {
  readonly lines: readonly LineDifference[];
  readonly net: Amount;
  readonly tax: Amount;
  readonly total: Amount;
}

/**
 * Pairs the lines of two bills in one currency: by id first, then, since another rule makes another id, by what the
 * line is for. The order is that of the bill after; removed lines stand where they stood.
 */
export function compareBills(before: Bill | null, after: Bill): BillDifference {
  const earlier = before?.lines ?? [];
  const pairs = pairLines(earlier, after.lines);
  const lines = after.lines.map((line) => differenceOf(pairs.get(line), line));
  const paired = new Set(pairs.values());
  earlier.forEach((line, index) => {
    if (paired.has(line)) return;
    const predecessor = lines.findLastIndex((other) => other.before && earlier.indexOf(other.before) < index);
    lines.splice(predecessor + 1, 0, { kind: 'removed', before: line, change: subtractAmounts('0', line.amount) });
  });
  return {
    lines,
    net: subtractAmounts(after.net, before?.net ?? '0'),
    tax: subtractAmounts(after.tax, before?.tax ?? '0'),
    total: subtractAmounts(after.total, before?.total ?? '0'),
  };
}

/** Exact difference of two decimal texts, with as many decimals as the finer of the two. */
export function subtractAmounts(left: Amount, right: Amount): Amount {
  const scale = Math.max(decimalsOf(left), decimalsOf(right));
  const difference = scaled(left, scale) - scaled(right, scale);
  const digits = (difference < 0n ? -difference : difference).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return difference < 0n ? `-${text}` : text;
}

/** Whether an amount is zero, however many decimals it is written with. */
export function isZero(amount: Amount): boolean {
  return /^-?0+(\.0+)?$/.test(amount);
}

function pairLines(before: readonly BillLine[], after: readonly BillLine[]): ReadonlyMap<BillLine, BillLine> {
  const pairs = new Map<BillLine, BillLine>();
  const free = new Set(before);
  for (const keyOf of [(line: BillLine) => line.id, purposeOf]) {
    for (const line of after) {
      if (pairs.has(line)) continue;
      const partner = [...free].find((other) => keyOf(other) === keyOf(line));
      if (!partner) continue;
      pairs.set(line, partner);
      free.delete(partner);
    }
  }
  return pairs;
}

function purposeOf(line: BillLine): string {
  return JSON.stringify([line.subscriptionId, line.kind, line.service ?? '', line.title, line.from]);
}

function differenceOf(before: BillLine | undefined, after: BillLine): LineDifference {
  if (!before) return { kind: 'added', after, change: after.amount };
  const change = subtractAmounts(after.amount, before.amount);
  const same = isZero(change) && before.quantity === after.quantity && before.because.how === after.because.how;
  return { kind: same ? 'same' : 'changed', before, after, change };
}

function decimalsOf(amount: Amount): number {
  const point = amount.indexOf('.');
  return point < 0 ? 0 : amount.length - point - 1;
}

function scaled(amount: Amount, scale: number): bigint {
  const negative = amount.startsWith('-');
  const [whole = '0', decimals = ''] = amount.replace(/^[+-]/, '').split('.');
  const value = BigInt(whole + decimals.padEnd(scale, '0'));
  return negative ? -value : value;
}
