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
  if (operator === 'contains' || operator === 'doesNotContain') return yesOrNo((operator === 'contains') !== negated);
  const includes = operator === 'equal' || operator === 'in';
  const all = typeof value === 'boolean' ? ['true', 'false'] : type?.kind === 'enum' ? type.values : undefined;
  if (includes !== negated) return { kind: 'words', allowed: new Set(words), excluded: new Set() };
  const left = all?.filter((word) => !words.includes(word));
  return { kind: 'words', ...(left && { allowed: new Set(left) }), excluded: new Set(words) };
}

/** Everything that a fact can be; `limit` tells whether it is a word or a number. */
export function wholeOf(limit: Limit, fact: string, typeOf: TypeOf): Limit {
  const type = typeOf(fact);
  if (limit.kind === 'range') return everyNumber(fact, type);
  const words = isYesOrNo(fact, type) ? ['true', 'false'] : type?.kind === 'enum' ? type.values : undefined;
  return { kind: 'words', ...(words && { allowed: new Set(words) }), excluded: new Set() };
}

/** What the first leaves that the second does not take, in pieces that share nothing. */
export function minus(limit: Limit, taken: Limit): readonly Limit[] {
  if (limit.kind === 'words' && taken.kind === 'words') return wordsMinus(limit, taken);
  if (limit.kind !== 'range' || taken.kind !== 'range') return [limit];
  const below: Range = {
    ...limit,
    high: Math.min(limit.high, taken.low),
    highOpen: taken.low <= limit.high ? !taken.lowOpen : limit.highOpen,
  };
  const above: Range = {
    ...limit,
    low: Math.max(limit.low, taken.high),
    lowOpen: taken.high >= limit.low ? !taken.highOpen : limit.lowOpen,
  };
  return [...(Number.isFinite(taken.low) ? [below] : []), ...(Number.isFinite(taken.high) ? [above] : [])].filter(
    (piece) => !isEmpty(piece),
  );
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

function wordsMinus(
  limit: Extract<Limit, { kind: 'words' }>,
  taken: Extract<Limit, { kind: 'words' }>,
): readonly Limit[] {
  const mayBe = (word: string) => !limit.excluded.has(word) && (limit.allowed?.has(word) ?? true);
  if (!taken.allowed) return someWords([...taken.excluded].filter(mayBe));
  if (limit.allowed) return someWords([...limit.allowed].filter((word) => !taken.allowed?.has(word)));
  return [{ kind: 'words', excluded: new Set([...limit.excluded, ...taken.allowed]) }];
}

function someWords(words: readonly string[]): readonly Limit[] {
  return words.length > 0 ? [{ kind: 'words', allowed: new Set(words), excluded: new Set() }] : [];
}

function yesOrNo(yes: boolean): Limit {
  return { kind: 'words', allowed: new Set([String(yes)]), excluded: new Set() };
}

/** Companions of facts that may be missing, and questions after a member of a list, are yes/no. */
function isYesOrNo(fact: string, type: FactType | undefined): boolean {
  return type?.kind === 'boolean' || fact.endsWith('.known') || fact.includes(' include ');
}

function everyNumber(fact: string, type: FactType | undefined): Range {
  const isSign = fact.startsWith('sign(');
  const isNeverNegative = type && ['duration', 'data', 'count'].includes(type.kind);
  return {
    kind: 'range',
    low: isSign ? -1 : isNeverNegative ? 0 : -Infinity,
    lowOpen: false,
    high: isSign ? 1 : Infinity,
    highOpen: false,
    // Sums of money and medians have halves.
    whole: type?.kind !== 'money' && !fact.endsWith('.median'),
  };
}

function rangeOf(
  fact: string,
  operator: LeafCondition['operator'],
  value: number,
  negated: boolean,
  type: FactType | undefined,
): Range | undefined {
  const everything = everyNumber(fact, type);
  const lowest = everything.low;
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
