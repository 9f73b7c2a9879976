/**
 * What conditions can be proved to share. A condition becomes the cases in which it holds, each a set of limits on
 * single facts; what cannot be put so is opaque, and nothing is claimed about it.
 */
import type { Condition, DerivedFact, FactType, LeafCondition } from '../../engine/rule-set.ts';
import { amountInWords } from './quantities.ts';

/** Limits on one fact: allowed or excluded words, or a closed range of integers. */
type Limit =
  | { readonly kind: 'words'; readonly allowed?: ReadonlySet<string>; readonly excluded: ReadonlySet<string> }
  | { readonly kind: 'range'; readonly low: number; readonly high: number };

export interface Case {
  readonly limits: ReadonlyMap<string, Limit>;
  /** Something in it is opaque: it may hold less often than its limits say. */
  readonly opaque: boolean;
}

/** Beyond this many cases a condition is opaque as a whole. */
const mostCases = 64;

export function casesOf(condition: Condition, negated = false): readonly Case[] {
  if ('fact' in condition) return [leafCase(condition, negated)];
  if ('not' in condition) return casesOf(condition.not, !negated);
  const parts = 'all' in condition ? condition.all : condition.any;
  const together = 'all' in condition !== negated;
  if (!together) return limited(parts.flatMap((part) => casesOf(part, negated)));
  return parts.reduce<readonly Case[]>(
    (cases, part) => limited(cases.flatMap((one) => casesOf(part, negated).flatMap((other) => meet(one, other) ?? []))),
    [{ limits: new Map(), opaque: false }],
  );
}

/** A case in which both hold, certainly; undefined if none can be named. */
export function commonCase(a: Condition, b: Condition, derived: ReadonlyMap<string, DerivedFact>): Case | undefined {
  for (const one of casesOf(a)) {
    for (const other of casesOf(b)) {
      const both = meet(one, other);
      if (both && !both.opaque && isFree(both, derived)) return both;
    }
  }
  return undefined;
}

/** Whether two conditions certainly never hold together. */
export function areDisjoint(a: Condition, b: Condition): boolean {
  return casesOf(a).every((one) => casesOf(b).every((other) => meet(one, other) === undefined));
}

/** An example in words: `destination is eu, cycle.data is 50000000001`. */
export function describeCase({ limits }: Case, typeOf: (fact: string) => FactType | undefined): string {
  const facts = [...limits]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fact, limit]) => `${fact} is ${exampleOf(limit, typeOf(fact))}`);
  return facts.length > 0 ? facts.join(', ') : 'any case';
}

function leafCase({ fact, operator, value }: LeafCondition, negated: boolean): Case {
  const limit = limitOf(operator, value, negated);
  if (fact === 'always') return { limits: new Map(), opaque: (value === true) === negated };
  return limit ? { limits: new Map([[fact, limit]]), opaque: false } : { limits: new Map(), opaque: true };
}

function limitOf(
  operator: LeafCondition['operator'],
  value: LeafCondition['value'],
  negated: boolean,
): Limit | undefined {
  if (typeof value === 'number') {
    const low = { greaterThan: value + 1, greaterThanInclusive: value }[operator as string];
    const high = { lessThan: value - 1, lessThanInclusive: value }[operator as string];
    if (operator === 'equal') return negated ? undefined : { kind: 'range', low: value, high: value };
    if (low !== undefined)
      return negated ? { kind: 'range', low: -Infinity, high: low - 1 } : { kind: 'range', low, high: Infinity };
    if (high !== undefined)
      return negated ? { kind: 'range', low: high + 1, high: Infinity } : { kind: 'range', low: -Infinity, high };
    return undefined;
  }
  const words = Array.isArray(value) ? value.map(String) : [String(value)];
  if (typeof value === 'boolean')
    return { kind: 'words', allowed: new Set([String(negated ? !value : value)]), excluded: new Set() };
  const includes = operator === 'equal' || operator === 'in';
  if (!includes && operator !== 'notEqual' && operator !== 'notIn') return undefined;
  return includes !== negated
    ? { kind: 'words', allowed: new Set(words), excluded: new Set() }
    : { kind: 'words', excluded: new Set(words) };
}

function meet(a: Case, b: Case): Case | undefined {
  const limits = new Map(a.limits);
  for (const [fact, limit] of b.limits) {
    const known = limits.get(fact);
    const both = known ? meetLimits(known, limit) : limit;
    if (!both) return undefined;
    limits.set(fact, both);
  }
  return { limits, opaque: a.opaque || b.opaque };
}

function meetLimits(a: Limit, b: Limit): Limit | undefined {
  if (a.kind === 'range' || b.kind === 'range') {
    if (a.kind !== 'range' || b.kind !== 'range') return undefined;
    const low = Math.max(a.low, b.low);
    const high = Math.min(a.high, b.high);
    return low <= high ? { kind: 'range', low, high } : undefined;
  }
  const excluded = new Set([...a.excluded, ...b.excluded]);
  if (!a.allowed && !b.allowed) return { kind: 'words', excluded };
  const allowed = new Set(
    [...(a.allowed ?? b.allowed ?? [])].filter((word) => !excluded.has(word) && (b.allowed?.has(word) ?? true)),
  );
  return allowed.size > 0 ? { kind: 'words', allowed, excluded } : undefined;
}

/** Facts worked out from others may exclude each other in ways not seen here: at most one of them, and no comparison of facts. */
function isFree({ limits }: Case, derived: ReadonlyMap<string, DerivedFact>): boolean {
  const workedOut = [...limits.keys()].flatMap((fact) => derived.get(fact)?.expression ?? []);
  if (workedOut.some(({ op }) => op !== 'look-up' && op !== 'in calendar')) return false;
  const sources = workedOut.map((expression) => (expression.op === 'look-up' ? expression.key : 'at'));
  return new Set(sources).size === sources.length && !sources.some((source) => limits.has(source));
}

function exampleOf(limit: Limit, type: FactType | undefined): string {
  if (limit.kind === 'range') {
    const value = Number.isFinite(limit.low) ? limit.low : Number.isFinite(limit.high) ? limit.high : 0;
    return amountInWords(value, type?.kind);
  }
  const choices = limit.allowed ? [...limit.allowed] : type?.kind === 'enum' ? type.values : [];
  return choices.find((word) => !limit.excluded.has(word)) ?? `not ${[...limit.excluded].join(' or ')}`;
}

function limited(cases: readonly Case[]): readonly Case[] {
  return cases.length <= mostCases ? cases : [{ limits: new Map(), opaque: true }];
}
