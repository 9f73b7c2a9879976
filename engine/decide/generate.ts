/**
 * Generates one function per decision set from the compiled rules: base facts in, indices of all matching rules out.
 *
 * The functions have no semantics of their own: each operator does what json-rules-engine's operator of that name does for
 * the types of value that the compiler emits, and a test holds the two together. Nothing is allocated where no rule matches, or one. Rules
 * that a value of some fact rules out are not asked (`branches.ts`), and a derived fact is worked out where it is first read.
 */
import type { FactReader } from '../derive.ts';
import type { Condition, DecisionSet, Facts, FactValue, LeafCondition } from '../rule-set.ts';
import { type Branch, branchesOf, type OpenRule } from './branches.ts';

/** Indices into the set's rules, ascending, before any policy. */
export type DecisionFunction = (facts: Facts) => readonly number[];

/** For each condition of the set without parts, in the order of rules and of their text, whether it holds. */
export type LeafTrace = (facts: Facts) => boolean[];

/** Copies the facts a decision reads; throws an Error naming a fact that is undefined, since a fact never may be. */
export type FactProjection = (facts: Facts) => Record<string, FactValue>;

/** Throws likewise, and gives the facts themselves: where nothing is recorded, nothing is copied. */
export type FactCheck = (facts: Facts) => Facts;

/** `readers` gives the derived facts; every other fact is read from the object. Throws for an operator it does not know. */
export function generateDecision(set: DecisionSet, readers: ReadonlyMap<string, FactReader>): DecisionFunction {
  return generate(set, readers, (context) => [
    `let m = ${context.constant(noMatch)};`,
    ...branchCode(branchesOf(set.rules.map(({ conditions }) => conditions)), context, new Set()),
    'return m;',
  ]);
}

/** The same conditions one by one: for coverage, which asks for each whether it ever held and ever failed. */
export function generateLeafTrace(set: DecisionSet, readers: ReadonlyMap<string, FactReader>): LeafTrace {
  const leaves = set.rules.flatMap((rule) => leavesOf(rule.conditions));
  const read = new Set(leaves.map(({ fact }) => fact));
  return generate(set, readers, (context) => [
    ...declare(read, context, new Set()),
    `return [${leaves.map((leaf) => leafCode(leaf, context)).join(', ')}];`,
  ]);
}

/** The conditions without parts, in the order of the text. */
export function leavesOf(condition: Condition): readonly LeafCondition[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

function generate<T>(
  set: DecisionSet,
  readers: ReadonlyMap<string, FactReader>,
  statements: (context: Context) => readonly string[],
): (facts: Facts) => T {
  const constants: unknown[] = [];
  const constant = (value: unknown) => `k[${constants.push(value) - 1}]`;
  const variables = new Map(set.facts.map((fact, index) => [fact, `v${index}`]));
  const reading = (fact: string) => {
    const reader = readers.get(fact);
    return reader ? `${constant(reader)}(f)` : `f[${JSON.stringify(fact)}]`;
  };
  const body = ['"use strict";', 'return (f) => {', ...statements({ constant, variables, reading }), '};'];
  return new Function('k', body.join('\n'))(constants) as (facts: Facts) => T;
}

export function generateProjection(inputs: readonly string[]): FactProjection {
  const names = inputs.map((name) => JSON.stringify(name));
  const properties = names.map((name) => `${name}: f[${name}] ?? missing(${name})`);
  return new Function('missing', `"use strict";\nreturn (f) => ({ ${properties.join(', ')} });`)(
    missing,
  ) as FactProjection;
}

export function generateCheck(inputs: readonly string[]): FactCheck {
  const names = inputs.map((name) => JSON.stringify(name));
  const checks = names.map((name) => `if (f[${name}] === undefined) missing(${name});`);
  return new Function('missing', `"use strict";\nreturn (f) => { ${checks.join('\n')}\nreturn f; };`)(
    missing,
  ) as FactCheck;
}

function missing(name: string): never {
  throw new Error(`The fact ${name} has no value.`);
}

const noMatch: readonly number[] = [];

interface Context {
  readonly constant: (value: unknown) => string;
  readonly variables: ReadonlyMap<string, string>;
  /** The code that reads a fact. */
  readonly reading: (fact: string) => string;
}

/** `known` are the facts that the code around it has read already. */
function branchCode(branch: Branch, context: Context, known: ReadonlySet<string>): readonly string[] {
  switch (branch.kind) {
    case 'rules': {
      const read = new Set(
        branch.rules.flatMap(({ conditions }) => conditions.flatMap(leavesOf)).map(({ fact }) => fact),
      );
      return [...declare(read, context, known), ...branch.rules.map((rule) => ruleCode(rule, context))];
    }
    case 'by value': {
      const inside = new Set([...known, branch.fact]);
      const cases = branch.cases.map((one, index) => [
        `case ${index}: {`,
        ...branchCode(one, context, inside),
        'break; }',
      ]);
      return [
        ...declare([branch.fact], context, known),
        `switch (${context.constant(branch.caseOf)}.get(${context.variables.get(branch.fact)})) {`,
        ...cases.flat(),
        'default: {',
        ...branchCode(branch.otherwise, context, inside),
        '} }',
      ];
    }
  }
}

function declare(facts: Iterable<string>, context: Context, known: ReadonlySet<string>): readonly string[] {
  return [...facts]
    .filter((fact) => !known.has(fact))
    .flatMap((fact) => {
      const variable = context.variables.get(fact);
      // A condition on a fact that the set does not list is refused where its code is made.
      return variable === undefined ? [] : [`const ${variable} = ${context.reading(fact)};`];
    });
}

function ruleCode({ index, conditions }: OpenRule, context: Context): string {
  const found = `m = m.length === 0 ? ${context.constant([index])} : [...m, ${index}];`;
  if (conditions.length === 0) return found;
  return `if (${conditions.map((condition) => conditionCode(condition, context)).join(' && ')}) ${found}`;
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
