/** Comparing two amounts, and noting what a rule reads. */
import type { Condition, LeafCondition, Operator } from '../../engine/rule-set.ts';
import type { Comparison } from '../syntax/tree.ts';
import type { Amount } from './amounts.ts';
import { factsBehind, noteFact } from './facts-read.ts';
import type { Scene } from './scene.ts';

/** A condition; true or false if it never depends on a fact; undefined if it has been reported. */
export type Lowered = Condition | boolean | undefined;

export const always: LeafCondition = { fact: 'always', operator: 'equal', value: true };

/** Fact against constant is a plain condition; anything else goes through the sign of the exact difference. */
export function compare(left: Amount, operator: Comparison['operator'], right: Amount, scene: Scene): Lowered {
  const [a, b] = [left.derivation, right.derivation];
  if (a.op === 'number' && b.op === 'number') return holds(Number(a.value), operator, Number(b.value));
  if (a.op === 'number') return compare(right, mirrored[operator], left, scene);
  if (a.op === 'fact' && b.op === 'number') {
    noteFact(a.fact, scene);
    return { fact: a.fact, operator: operators[operator], value: Number(b.value) };
  }
  for (const fact of [a, b].flatMap(factsBehind)) noteFact(fact, scene);
  const name = `sign(${left.name}, ${right.name})`;
  scene.book.derived.set(name, { name, type: { kind: 'count' }, expression: { op: 'sign', left: a, right: b } });
  return { fact: name, operator: operators[operator], value: 0 };
}

function holds(left: number, operator: Comparison['operator'], right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

const operators: Readonly<Record<Comparison['operator'], Operator>> = {
  '<': 'lessThan',
  '<=': 'lessThanInclusive',
  '>': 'greaterThan',
  '>=': 'greaterThanInclusive',
};

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
