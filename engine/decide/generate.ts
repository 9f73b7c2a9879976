/**
 * Generates one function per decision set from the compiled rules: base facts in, indices of all matching rules out.
 *
 * The functions have no semantics of their own: each operator does what json-rules-engine's operator of that name does for
 * the types of value that the compiler emits, and a test holds the two together. Nothing is allocated but the result.
 */
import type { FactReader } from '../derive.ts';
import type { Condition, DecisionSet, Facts, FactValue, LeafCondition } from '../rule-set.ts';

/** Indices into the set's rules, ascending, before any policy. */
export type DecisionFunction = (facts: Facts) => number[];

/** For each condition of the set without parts, in the order of rules and of their text, whether it holds. */
export type LeafTrace = (facts: Facts) => boolean[];

/** Copies the facts a decision reads; throws an Error naming a fact that is undefined, since a fact never may be. */
export type FactProjection = (facts: Facts) => Record<string, FactValue>;

/** `readers` gives the derived facts; every other fact is read from the object. Throws for an operator it does not know. */
export function generateDecision(set: DecisionSet, readers: ReadonlyMap<string, FactReader>): DecisionFunction {
  return generate(set, readers, (context) => [
    'const m = [];',
    ...set.rules.map((rule, index) => `if (${conditionCode(rule.conditions, context)}) m.push(${index});`),
    'return m;',
  ]);
}

/** The same conditions one by one: for coverage, which asks for each whether it ever held and ever failed. */
export function generateLeafTrace(set: DecisionSet, readers: ReadonlyMap<string, FactReader>): LeafTrace {
  const leaves = set.rules.flatMap((rule) => leavesOf(rule.conditions));
  return generate(set, readers, (context) => [`return [${leaves.map((leaf) => leafCode(leaf, context)).join(', ')}];`]);
}

/** The conditions without parts, in the order of the text. */
export function leavesOf(condition: Condition): readonly LeafCondition[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

/** A function of base facts that reads each fact of the set once. */
function generate<T>(
  set: DecisionSet,
  readers: ReadonlyMap<string, FactReader>,
  statements: (context: Context) => readonly string[],
): (facts: Facts) => T {
  const constants: unknown[] = [];
  const constant = (value: unknown) => `k[${constants.push(value) - 1}]`;
  const variables = new Map<string, string>();
  const declarations = set.facts.map((fact, index) => {
    const reader = readers.get(fact);
    variables.set(fact, `v${index}`);
    return `const v${index} = ${reader ? `${constant(reader)}(f)` : `f[${JSON.stringify(fact)}]`};`;
  });
  const body = ['"use strict";', 'return (f) => {', ...declarations, ...statements({ constant, variables }), '};'];
  return new Function('k', body.join('\n'))(constants) as (facts: Facts) => T;
}

export function generateProjection(inputs: readonly string[]): FactProjection {
  const names = inputs.map((name) => JSON.stringify(name));
  const missing = (name: unknown) => {
    throw new Error(`The fact ${name} has no value.`);
  };
  const properties = names.map((name) => `${name}: f[${name}] ?? missing(${name})`);
  return new Function('missing', `"use strict";\nreturn (f) => ({ ${properties.join(', ')} });`)(
    missing,
  ) as FactProjection;
}

interface Context {
  readonly constant: (value: unknown) => string;
  readonly variables: ReadonlyMap<string, string>;
}

function conditionCode(condition: Condition, context: Context): string {
  if ('all' in condition) return groupCode(condition.all, ' && ', context);
  if ('any' in condition) return groupCode(condition.any, ' || ', context);
  if ('not' in condition) return `!(${conditionCode(condition.not, context)})`;
  return leafCode(condition, context);
}

function groupCode(conditions: readonly Condition[], joint: string, context: Context): string {
  // The library calls an empty `any` true; a compiler that emits one has lost its alternatives.
  if (conditions.length === 0) throw new Error('A group of conditions is empty.');
  return `(${conditions.map((condition) => conditionCode(condition, context)).join(joint)})`;
}

function leafCode({ fact, operator, value }: LeafCondition, context: Context): string {
  const left = context.variables.get(fact);
  if (left === undefined) throw new Error(`A condition reads "${fact}", which the decision set does not list.`);
  const right = typeof value === 'object' ? context.constant(value) : JSON.stringify(value);
  switch (operator) {
    case 'equal':
      return `${left} === ${right}`;
    case 'notEqual':
      return `${left} !== ${right}`;
    case 'lessThan':
      return `${left} < ${right}`;
    case 'lessThanInclusive':
      return `${left} <= ${right}`;
    case 'greaterThan':
      return `${left} > ${right}`;
    case 'greaterThanInclusive':
      return `${left} >= ${right}`;
    case 'in':
      return memberCode(left, value, context);
    case 'notIn':
      return `!${memberCode(left, value, context)}`;
    // The library asks first whether the fact is a list, so both are false for anything else.
    case 'contains':
      return `(Array.isArray(${left}) && ${left}.includes(${right}))`;
    case 'doesNotContain':
      return `(Array.isArray(${left}) && !${left}.includes(${right}))`;
    default:
      throw new Error(`There is no operator "${operator satisfies never}".`);
  }
}

/** Short lists are compared in place, long ones looked up. */
function memberCode(left: string, value: LeafCondition['value'], context: Context): string {
  if (typeof value !== 'object') throw new Error('Membership needs a list of values.');
  if (value.length > 8) return `${context.constant(new Set(value))}.has(${left})`;
  return `(${value.map((member) => `${left} === ${JSON.stringify(member)}`).join(' || ') || 'false'})`;
}
