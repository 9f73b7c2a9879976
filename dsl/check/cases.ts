/**
 * What conditions can be proved to share. A condition becomes the cases in which it holds, each a set of limits on
 * single facts. What cannot be put so is opaque: its cases hold at least where it holds, and nothing is claimed from their
 * holding. Facts of one source that depend on each other are one fact here, whose words are the worlds of that source.
 */
import type { Condition, DerivedFact, LeafCondition } from '../../engine/rule-set.ts';
import { isEmpty, type Limit, limitOf, meetLimits, type TypeOf } from './limits.ts';
import type { Worlds } from './world.ts';
import { worldsWhere } from './worlds.ts';

export interface Case {
  readonly limits: ReadonlyMap<string, Limit>;
  /** Something in it is opaque: it may hold less often than its limits say. */
  readonly opaque: boolean;
}

/** What is known of the facts that conditions are about. */
export interface View {
  readonly typeOf: TypeOf;
  /** How facts that are worked out come about. */
  readonly derived: ReadonlyMap<string, DerivedFact>;
  /** By the names of the facts that are seen through worlds. */
  readonly worlds: ReadonlyMap<string, Worlds>;
}

/** Beyond this many cases a condition is opaque as a whole. */
const mostCases = 64;

/** None if the condition certainly never holds. */
export function casesOf(condition: Condition, view: View, negated = false): readonly Case[] {
  if ('fact' in condition) return leafCases(condition, view, negated);
  if ('not' in condition) return casesOf(condition.not, view, !negated);
  const parts = 'all' in condition ? condition.all : condition.any;
  const together = 'all' in condition !== negated;
  if (!together) return limited(parts.flatMap((part) => casesOf(part, view, negated)));
  return parts.reduce<readonly Case[]>((cases, part) => meetAll(cases, casesOf(part, view, negated)), [anyCase]);
}

/** The cases in which one of each holds. */
export function meetAll(some: readonly Case[], others: readonly Case[]): readonly Case[] {
  return limited(some.flatMap((one) => others.flatMap((other) => meet(one, other) ?? [])));
}

/** A case in which both hold, certainly; undefined if none can be named. */
export function commonCase(a: readonly Case[], b: readonly Case[], view: View): Case | undefined {
  for (const one of a) {
    for (const other of b) {
      const both = agree(one, other) ? meet(one, other) : undefined;
      if (both && !both.opaque && isFree(both, view)) return both;
    }
  }
  return undefined;
}

/** Whether two conditions certainly never hold together. */
export function areDisjoint(a: readonly Case[], b: readonly Case[]): boolean {
  return a.every((one) => b.every((other) => !agree(one, other)));
}

export const anyCase: Case = { limits: new Map(), opaque: false };

function leafCases(leaf: LeafCondition, view: View, negated: boolean): readonly Case[] {
  if (leaf.fact === 'always') return (leaf.value === true) === negated ? [] : [anyCase];
  const worlds = view.worlds.get(leaf.fact);
  const fact = worlds ? worlds.source : isAboutMember(leaf) ? memberName(leaf) : leaf.fact;
  const limit = worlds ? worldLimit(leaf, worlds, negated) : limitOf(leaf, negated, view.typeOf);
  if (!limit) return [{ limits: new Map(), opaque: true }];
  return isEmpty(limit) ? [] : [{ limits: new Map([[fact, limit]]), opaque: false }];
}

function worldLimit(leaf: LeafCondition, worlds: Worlds, negated: boolean): Limit | undefined {
  const allowed = worldsWhere(leaf, worlds);
  if (!allowed) return undefined;
  const ids = worlds.all.map((_, id) => String(id)).filter((id) => allowed.has(id) !== negated);
  return { kind: 'words', allowed: new Set(ids), excluded: new Set() };
}

/** Whether a list has a word is a fact of its own: lists may have any words together. */
function isAboutMember({ operator }: LeafCondition): boolean {
  return operator === 'contains' || operator === 'doesNotContain';
}

function memberName({ fact, value }: LeafCondition): string {
  return `${fact} include ${value}`;
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
export function agree(a: Case, b: Case): boolean {
  const [few, many] = a.limits.size <= b.limits.size ? [a, b] : [b, a];
  for (const [fact, limit] of few.limits) {
    const other = many.limits.get(fact);
    if (other && !meetLimits(limit, other)) return false;
  }
  return true;
}

/**
 * Whether some input has all of this at once. Facts worked out from others may exclude each other in ways not seen here, so
 * nothing else may be asked of what they are worked out from; of comparisons of facts nothing is known.
 */
function isFree({ limits }: Case, view: View): boolean {
  const byRoot = new Map<string, string[]>();
  for (const fact of limits.keys()) {
    const root = rootOf(fact, view);
    if (root === undefined) return false;
    byRoot.set(root, [...(byRoot.get(root) ?? []), fact]);
  }
  return [...byRoot.values()].every((facts) => facts.length === 1 || canBeWritten(facts, limits, view));
}

/** Whether some text mentions what it must and nothing that it must not. */
function canBeWritten(facts: readonly string[], limits: Case['limits'], { derived }: View): boolean {
  const must: (readonly string[])[] = [];
  const mustNot: string[] = [];
  for (const fact of facts) {
    const expression = derived.get(fact)?.expression;
    const limit = limits.get(fact);
    if (expression?.op !== 'mentions' || limit?.kind !== 'words') return false;
    if (limit.allowed?.has('true')) must.push(expression.words);
    else mustNot.push(...expression.words);
  }
  const clashes = (word: string) => mustNot.some((other) => word.toLowerCase().includes(other.toLowerCase()));
  return must.every((words) => words.some((word) => !clashes(word)));
}

/** The worlds that stand under the name of their source. */
export function worldsAt(source: string, { worlds }: View): Worlds | undefined {
  return [...worlds.values()].find((one) => one.source === source);
}

function rootOf(fact: string, view: View): string | undefined {
  const worlds = worldsAt(fact, view);
  if (worlds) return worlds.root;
  const expression = view.derived.get(fact)?.expression;
  switch (expression?.op) {
    case undefined:
      return fact;
    case 'look-up':
      return expression.key;
    case 'in calendar':
      return expression.at;
    case 'mentions':
    case 'starts with':
      return expression.fact;
    default:
      return undefined;
  }
}

function limited(cases: readonly Case[]): readonly Case[] {
  return cases.length <= mostCases ? cases : [{ limits: new Map(), opaque: true }];
}
