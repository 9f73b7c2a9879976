/**
 * Which rules are worth asking: a price list has hundreds of rows of which one fits, and most say in their first condition
 * which value of a fact they are for. Rules are parted by the values of such a fact, again and again, until few are left; what a
 * branch has settled is not asked again in it. The meaning stays that of the conditions: a rule that does not speak of the fact
 * stands in every branch.
 */
import type { Condition, LeafCondition } from '../rule-set.ts';

export type Branch =
  | { readonly kind: 'rules'; readonly rules: readonly OpenRule[] }
  | {
      readonly kind: 'by value';
      readonly fact: string;
      /** Index of the case of each value that has one. */
      readonly caseOf: ReadonlyMap<string | number | boolean, number>;
      readonly cases: readonly Branch[];
      readonly otherwise: Branch;
    };

/** A rule and those of its conditions that are still to be asked; all of them must hold. */
export interface OpenRule {
  readonly index: number;
  readonly conditions: readonly Condition[];
}

/** So few rules are asked one after the other. */
const few = 3;

/** `conditions` are those of the rules, in their order, which every branch keeps. */
export function branchesOf(conditions: readonly Condition[]): Branch {
  return part(
    conditions.map((condition, index) => ({ index, conditions: 'all' in condition ? condition.all : [condition] })),
  );
}

function part(rules: readonly OpenRule[]): Branch {
  if (rules.length <= few) return { kind: 'rules', rules };
  const [best] = factsOf(rules)
    .map((fact) => partBy(rules, fact))
    .filter(({ most, copies }) => most * 2 <= rules.length && copies <= rules.length * mostCopies)
    .sort((a, b) => a.most - b.most);
  if (!best) return { kind: 'rules', rules };
  return {
    kind: 'by value',
    fact: best.fact,
    caseOf: best.caseOf,
    cases: best.cases.map(part),
    otherwise: part(best.free),
  };
}

/** A rule that does not speak of the fact stands in every branch; code that copies more often is not worth its size. */
const mostCopies = 4;

/** Facts that a rule asks to have a certain value, or one of several. */
function factsOf(rules: readonly OpenRule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ conditions }) => conditions.filter(isByValue).map(({ fact }) => fact)))];
}

type Value = string | number | boolean;

/** `most` and `copies` say how many rules are left in the fullest branch, and in all. */
function partBy(rules: readonly OpenRule[], fact: string) {
  const free: OpenRule[] = [];
  const bound = new Map<Value, OpenRule[]>();
  for (const rule of rules) {
    const values = valuesOf(rule.conditions, fact);
    if (!values) free.push(rule);
    const settled = { ...rule, conditions: without(rule.conditions, fact) };
    for (const value of new Set(values)) bound.set(value, [...(bound.get(value) ?? []), settled]);
  }
  // Values that the same rules want are one case.
  const caseOf = new Map<Value, number>();
  const known = new Map<string, number>();
  const cases: (readonly OpenRule[])[] = [];
  for (const [value, own] of bound) {
    const key = own.map(({ index }) => index).join(' ');
    const at = known.get(key) ?? cases.push([...own, ...free].sort((a, b) => a.index - b.index)) - 1;
    known.set(key, at);
    caseOf.set(value, at);
  }
  const sizes = [free.length, ...cases.map(({ length }) => length)];
  return { fact, caseOf, cases, free, most: Math.max(...sizes), copies: sizes.reduce((a, b) => a + b) };
}

/** The values with which a rule can fit at all; undefined if it does not say. */
function valuesOf(conditions: readonly Condition[], fact: string): readonly Value[] | undefined {
  const [first] = conditions.filter((one): one is LeafCondition => isByValue(one) && one.fact === fact);
  return first && listOf(first);
}

/** Takes out the condition that the value of the branch has settled. */
function without(conditions: readonly Condition[], fact: string): readonly Condition[] {
  const at = conditions.findIndex((one) => isByValue(one) && one.fact === fact);
  return conditions.filter((_, index) => index !== at);
}

function isByValue(condition: Condition): condition is LeafCondition {
  if (!('operator' in condition)) return false;
  return condition.operator === 'equal' ? typeof condition.value !== 'object' : condition.operator === 'in';
}

function listOf({ value }: LeafCondition): readonly Value[] {
  return typeof value === 'object' ? (value as readonly Value[]) : [value as Value];
}
