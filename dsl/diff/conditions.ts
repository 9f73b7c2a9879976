/** Conditions compared by what they mean, and said in the language's own words. */
import type { Condition, FactType, LeafCondition, TopCondition } from '../../engine/rule-set.ts';
import { canonicalJson } from '../check/canonical.ts';
import { amountInWords } from '../check/quantities.ts';

/** The type of a fact, where it has one. */
export type TypeOf = (fact: string) => FactType | undefined;

/** All of these must hold; nested `all` is taken apart, what is said twice is said once. */
export function partsOf(conditions: TopCondition): readonly Condition[] {
  const { all } = canonical({ all: [conditions] }) as { readonly all: readonly Condition[] };
  return all.filter((part) => !('fact' in part && part.fact === 'always'));
}

/** The parts that only one side has, in the order of the text. */
export function partsOnlyIn(parts: readonly Condition[], others: readonly Condition[]): readonly Condition[] {
  const known = new Set(others.map(canonicalJson));
  return parts.filter((part) => !known.has(canonicalJson(part)));
}

/** `currency` is that of amounts of money, where it is known. */
export function conditionInWords(condition: Condition, typeOf: TypeOf, currency?: string): string {
  if ('fact' in condition) return leafInWords(condition, typeOf, currency);
  if ('not' in condition) return `not (${conditionInWords(condition.not, typeOf, currency)})`;
  const [parts, joint] = 'all' in condition ? [condition.all, ' and '] : [condition.any, ' or '];
  return parts.map((part) => bracketed(part, typeOf, currency)).join(joint);
}

function bracketed(part: Condition, typeOf: TypeOf, currency: string | undefined): string {
  const words = conditionInWords(part, typeOf, currency);
  return 'all' in part || 'any' in part ? `(${words})` : words;
}

function leafInWords({ fact, operator, value }: LeafCondition, typeOf: TypeOf, currency: string | undefined): string {
  const sides = /^sign\((.*), (.*)\)$/.exec(fact);
  if (sides) return `${sides[1]} ${signs[operator] ?? operator} ${sides[2]}`;
  if (fact.endsWith('.known')) return `${fact.slice(0, -6)} is ${value === true ? 'known' : 'missing'}`;
  if (fact.startsWith('time.')) return `time is ${value === true ? '' : 'not '}${fact.slice('time.'.length)}`;
  const type = typeOf(fact);
  const words = (Array.isArray(value) ? value : [value]).map((one) =>
    typeof one === 'number'
      ? amountInWords(one, type?.kind) + (type?.kind === 'money' && currency !== undefined ? ` ${currency}` : '')
      : one === true
        ? 'yes'
        : one === false
          ? 'no'
          : String(one),
  );
  return `${fact} ${signs[operator] ?? operator} ${words.join(' or ')}`;
}

const signs: Readonly<Record<string, string>> = {
  equal: 'is',
  in: 'is',
  notEqual: 'is not',
  notIn: 'is not',
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
  greaterThanInclusive: '>=',
  contains: 'include',
  doesNotContain: 'do not include',
};

/** One form for what is written in several ways: flat groups, sorted and without repetition; negation next to the leaf. */
function canonical(condition: Condition, negated = false): Condition {
  if ('not' in condition) return canonical(condition.not, !negated);
  if ('fact' in condition) return canonicalLeaf(condition, negated);
  const together = 'all' in condition !== negated;
  const parts = ('all' in condition ? condition.all : condition.any).map((part) => canonical(part, negated));
  const flat = parts.flatMap((part) => {
    if (together) return 'all' in part ? part.all : [part];
    return 'any' in part ? part.any : [part];
  });
  const sorted = distinct(together ? flat : mergedValues(flat));
  const [only] = sorted;
  if (together) return { all: sorted };
  return sorted.length === 1 && only ? only : { any: sorted };
}

function canonicalLeaf(leaf: LeafCondition, negated: boolean): Condition {
  const operator = negated ? opposites[leaf.operator] : leaf.operator;
  if (operator === undefined) return { not: leaf };
  if (typeof leaf.value === 'boolean' && operator === 'notEqual')
    return { ...leaf, operator: 'equal', value: !leaf.value };
  if (operator === 'in' || operator === 'notIn') {
    const values = [...new Set(leaf.value as readonly string[])].sort();
    const [only] = values;
    if (values.length === 1 && only !== undefined)
      return { fact: leaf.fact, operator: operator === 'in' ? 'equal' : 'notEqual', value: only };
    return { fact: leaf.fact, operator, value: values };
  }
  return { fact: leaf.fact, operator, value: leaf.value };
}

/** `x is a or x is b` is `x is a or b`. */
function mergedValues(parts: readonly Condition[]): readonly Condition[] {
  const words = new Map<string, string[]>();
  const rest: Condition[] = [];
  for (const part of parts) {
    if ('fact' in part && (part.operator === 'in' || (part.operator === 'equal' && typeof part.value === 'string'))) {
      const values = Array.isArray(part.value) ? part.value : [part.value as string];
      words.set(part.fact, [...(words.get(part.fact) ?? []), ...values]);
    } else rest.push(part);
  }
  return [...rest, ...[...words].map(([fact, value]) => canonicalLeaf({ fact, operator: 'in', value }, false))];
}

function distinct(parts: readonly Condition[]): readonly Condition[] {
  const byText = new Map(parts.map((part) => [canonicalJson(part), part]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

/** Facts are never undefined, so that each comparison has an opposite. A list without a value is no opposite of one with it. */
const opposites: Partial<Record<LeafCondition['operator'], LeafCondition['operator']>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  lessThan: 'greaterThanInclusive',
  lessThanInclusive: 'greaterThan',
  greaterThan: 'lessThanInclusive',
  greaterThanInclusive: 'lessThan',
  in: 'notIn',
  notIn: 'in',
  contains: 'doesNotContain',
  doesNotContain: 'contains',
};
