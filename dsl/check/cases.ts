/**
 * What conditions can be proved to share. A condition becomes the cases in which it holds, each a set of limits on
 * single facts. What cannot be put so is opaque: its cases hold at least where it holds, and nothing is claimed from their
 * holding.
 */
import type { Condition, DerivedFact, LeafCondition } from '../../engine/rule-set.ts';
import { exampleOf, inWords, isEmpty, type Limit, limitOf, meetLimits, type TypeOf } from './limits.ts';

export interface Case {
  readonly limits: ReadonlyMap<string, Limit>;
  /** Something in it is opaque: it may hold less often than its limits say. */
  readonly opaque: boolean;
}

/** Beyond this many cases a condition is opaque as a whole. */
const mostCases = 64;

/** None if the condition certainly never holds. */
export function casesOf(condition: Condition, typeOf: TypeOf, negated = false): readonly Case[] {
  if ('fact' in condition) return leafCases(condition, typeOf, negated);
  if ('not' in condition) return casesOf(condition.not, typeOf, !negated);
  const parts = 'all' in condition ? condition.all : condition.any;
  const together = 'all' in condition !== negated;
  if (!together) return limited(parts.flatMap((part) => casesOf(part, typeOf, negated)));
  return parts.reduce<readonly Case[]>((cases, part) => meetAll(cases, casesOf(part, typeOf, negated)), [anyCase]);
}

/** The cases in which one of each holds. */
export function meetAll(some: readonly Case[], others: readonly Case[]): readonly Case[] {
  return limited(some.flatMap((one) => others.flatMap((other) => meet(one, other) ?? [])));
}

/** A case in which both hold, certainly; undefined if none can be named. */
export function commonCase(
  a: readonly Case[],
  b: readonly Case[],
  derived: ReadonlyMap<string, DerivedFact>,
): Case | undefined {
  for (const one of a) {
    for (const other of b) {
      const both = agree(one, other) ? meet(one, other) : undefined;
      if (both && !both.opaque && isFree(both, derived)) return both;
    }
  }
  return undefined;
}

/** Whether two conditions certainly never hold together. */
export function areDisjoint(a: readonly Case[], b: readonly Case[]): boolean {
  return a.every((one) => b.every((other) => !agree(one, other)));
}

/** An example in words: `destination is eu, cycle.data is just above 50 GB`. */
export function describeCase({ limits }: Case, typeOf: TypeOf): string {
  const facts = [...limits]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fact, limit]) => `${fact} is ${exampleOf(limit, typeOf(fact))}`);
  return facts.length > 0 ? facts.join(', ') : 'any case';
}

/** Why a condition without cases has none: the fact that would have to be two things at once. */
export function describeConflict(condition: Condition, typeOf: TypeOf): string | undefined {
  if (!('all' in condition)) return undefined;
  let cases: readonly Case[] = [anyCase];
  for (const part of condition.all) {
    const more = casesOf(part, typeOf);
    const [other] = more;
    if (!other) return describeConflict(part, typeOf);
    const [one] = cases;
    if (one && areDisjoint(cases, more)) {
      for (const [fact, limit] of other.limits) {
        const known = one.limits.get(fact);
        if (known && !meetLimits(known, limit))
          return `\`${fact}\` would have to be ${inWords(known, typeOf(fact))} and ${inWords(limit, typeOf(fact))} at once`;
      }
    }
    cases = meetAll(cases, more);
  }
  return undefined;
}

const anyCase: Case = { limits: new Map(), opaque: false };

function leafCases(leaf: LeafCondition, typeOf: TypeOf, negated: boolean): readonly Case[] {
  if (leaf.fact === 'always') return (leaf.value === true) === negated ? [] : [anyCase];
  const limit = limitOf(leaf, negated, typeOf);
  if (!limit) return [{ limits: new Map(), opaque: true }];
  return isEmpty(limit) ? [] : [{ limits: new Map([[leaf.fact, limit]]), opaque: false }];
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

/** Whether some facts could fit both. */
function agree(a: Case, b: Case): boolean {
  const [few, many] = a.limits.size <= b.limits.size ? [a, b] : [b, a];
  for (const [fact, limit] of few.limits) {
    const other = many.limits.get(fact);
    if (other && !meetLimits(limit, other)) return false;
  }
  return true;
}

/** Facts worked out from others may exclude each other in ways not seen here: at most one of them, and no comparison of facts. */
function isFree({ limits }: Case, derived: ReadonlyMap<string, DerivedFact>): boolean {
  const workedOut = [...limits.keys()].flatMap((fact) => derived.get(fact)?.expression ?? []);
  if (workedOut.some(({ op }) => op !== 'look-up' && op !== 'in calendar')) return false;
  const sources = workedOut.map((expression) => (expression.op === 'look-up' ? expression.key : 'at'));
  return new Set(sources).size === sources.length && !sources.some((source) => limits.has(source));
}

function limited(cases: readonly Case[]): readonly Case[] {
  return cases.length <= mostCases ? cases : [{ limits: new Map(), opaque: true }];
}
