/** Limits on one fact: words it may be, or a range it lies in; what two of them share, and how they are said. */
import type { FactType, LeafCondition } from '../../engine/rule-set.ts';
import { amountInWords } from './quantities.ts';

export type Limit =
  | { readonly kind: 'words'; readonly allowed?: ReadonlySet<string>; readonly excluded: ReadonlySet<string> }
  | Range;

interface Range {
  readonly kind: 'range';
  readonly low: number;
  readonly high: number;
  /** Whether the bound itself lies outside. */
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  /** Nothing lies between two whole numbers. Sums of money and medians have halves. */
  readonly whole: boolean;
}

/** The type of a fact; undefined for what is worked out within a condition. */
export type TypeOf = (fact: string) => FactType | undefined;

/** What a condition demands of its fact; undefined if that cannot be said as a limit. */
export function limitOf({ fact, operator, value }: LeafCondition, negated: boolean, typeOf: TypeOf): Limit | undefined {
  const type = typeOf(fact);
  if (typeof value === 'number') return rangeOf(fact, operator, value, negated, type);
  const words = Array.isArray(value) ? value.map(String) : [String(value)];
  const includes = operator === 'equal' || operator === 'in';
  if (!includes && operator !== 'notEqual' && operator !== 'notIn') return undefined;
  const all = typeof value === 'boolean' ? ['true', 'false'] : type?.kind === 'enum' ? type.values : undefined;
  if (includes !== negated) return { kind: 'words', allowed: new Set(words), excluded: new Set() };
  const left = all?.filter((word) => !words.includes(word));
  return { kind: 'words', ...(left && { allowed: new Set(left) }), excluded: new Set(words) };
}

/** Undefined if nothing satisfies both. */
export function meetLimits(a: Limit, b: Limit): Limit | undefined {
  if (a.kind === 'range' || b.kind === 'range') {
    if (a.kind !== 'range' || b.kind !== 'range') return undefined;
    const low = Math.max(a.low, b.low);
    const high = Math.min(a.high, b.high);
    const lowOpen = (a.low === low && a.lowOpen) || (b.low === low && b.lowOpen);
    const highOpen = (a.high === high && a.highOpen) || (b.high === high && b.highOpen);
    const range: Range = { kind: 'range', low, high, lowOpen, highOpen, whole: a.whole && b.whole };
    return isEmpty(range) ? undefined : range;
  }
  const excluded = new Set([...a.excluded, ...b.excluded]);
  if (!a.allowed && !b.allowed) return { kind: 'words', excluded };
  const allowed = new Set(
    [...(a.allowed ?? b.allowed ?? [])].filter((word) => !excluded.has(word) && (b.allowed?.has(word) ?? true)),
  );
  return allowed.size > 0 ? { kind: 'words', allowed, excluded } : undefined;
}

/** Whether a limit leaves nothing at all. */
export function isEmpty(limit: Limit): boolean {
  if (limit.kind === 'words') return limit.allowed?.size === 0;
  const { low, high, lowOpen, highOpen, whole } = limit;
  if (low > high) return true;
  if (low === high) return lowOpen || highOpen;
  return whole && high - low === 1 && lowOpen && highOpen;
}

/** One value within a limit, as a person would write it. */
export function exampleOf(limit: Limit, type: FactType | undefined): string {
  if (limit.kind === 'range') {
    const { low, lowOpen, high, highOpen } = limit;
    // A cent, where money is not finer; otherwise the smallest unit.
    const step = type?.kind === 'money' && high - low > 10_000 ? 10_000 : 1;
    const value = Number.isFinite(low)
      ? low + (lowOpen ? step : 0)
      : Number.isFinite(high)
        ? high - (highOpen ? step : 0)
        : 0;
    return amountInWords(value, type?.kind);
  }
  const choices = limit.allowed ? [...limit.allowed] : type?.kind === 'enum' ? type.values : [];
  return choices.find((word) => !limit.excluded.has(word)) ?? `not ${[...limit.excluded].join(' or ')}`;
}

/** What a limit demands: `above 5 GB`, `business or consumer`. */
export function inWords(limit: Limit, type: FactType | undefined): string {
  if (limit.kind === 'words') {
    const { allowed, excluded } = limit;
    return allowed && allowed.size > 0 ? some(allowed) : `none of ${some(excluded)}`;
  }
  const { low, high, lowOpen, highOpen } = limit;
  const amount = (value: number) => amountInWords(value, type?.kind);
  if (low === high && !lowOpen && !highOpen) return amount(low);
  const bounds = [
    ...(low > 0 || (Number.isFinite(low) && (lowOpen || !Number.isFinite(high)))
      ? [`${lowOpen ? 'above' : 'at least'} ${amount(low)}`]
      : []),
    ...(Number.isFinite(high) ? [`${highOpen ? 'below' : 'at most'} ${amount(high)}`] : []),
  ];
  return bounds.join(' and ');
}

function some(words: ReadonlySet<string>): string {
  const all = [...words];
  return all.length > 6 ? `${all.slice(0, 6).join(', ')}, …` : all.join(' or ');
}

function rangeOf(
  fact: string,
  operator: LeafCondition['operator'],
  value: number,
  negated: boolean,
  type: FactType | undefined,
): Range | undefined {
  const isSign = fact.startsWith('sign(');
  const lowest = isSign ? -1 : type && ['duration', 'data', 'count'].includes(type.kind) ? 0 : -Infinity;
  const everything: Range = {
    kind: 'range',
    low: lowest,
    lowOpen: false,
    high: isSign ? 1 : Infinity,
    highOpen: false,
    whole: type?.kind !== 'money' && !fact.endsWith('.median'),
  };
  const above = (open: boolean): Range => (value < lowest ? everything : { ...everything, low: value, lowOpen: open });
  const below = (open: boolean): Range =>
    value > everything.high ? everything : { ...everything, high: value, highOpen: open };
  switch (operator) {
    case 'equal':
      return negated ? undefined : { ...everything, low: value, high: value };
    case 'greaterThan':
      return negated ? below(false) : above(true);
    case 'greaterThanInclusive':
      return negated ? below(true) : above(false);
    case 'lessThan':
      return negated ? above(false) : below(true);
    case 'lessThanInclusive':
      return negated ? above(true) : below(false);
    default:
      return undefined;
  }
}
