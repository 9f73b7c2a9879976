/** Missing is not false: a fact that may be missing is read only where the rule says what happens then. */
import type { FactDefinition, LeafCondition } from '../../engine/rule-set.ts';
import type { Expression, Fact } from '../syntax/tree.ts';
import type { Scene } from './scene.ts';

/** Names of facts that are known where the condition stands. */
export type Guarded = ReadonlySet<string>;

/** The yes/no fact that travels with an optional one. */
export function knownName(fact: string): string {
  return `${fact}.known`;
}

export function isKnown(fact: string, known = true): LeafCondition {
  return { fact: knownName(fact), operator: 'equal', value: known };
}

export function requireGuard(fact: Fact, definition: FactDefinition, scene: Scene, guarded: Guarded): boolean {
  if (!definition.optional || guarded.has(fact.name)) return true;
  scene.report(
    'may-be-missing',
    fact.span,
    `\`${fact.name}\` may be missing, and the rule does not say what happens then`,
    `add \`unless ${fact.name} is missing\`, or write \`${fact.name} if missing …\` with a value`,
  );
  return false;
}

/** The facts that must be known for a conjunction to hold: those it says `is known` of. */
export function knownIn(terms: readonly Expression[]): readonly string[] {
  return terms.flatMap((term) =>
    term.kind === 'state' && term.state === 'known' && term.of.kind === 'fact' ? [term.of.name] : [],
  );
}

/** The facts that must be known for none of the alternatives to hold: those it says `is missing` of. */
export function missingIn(terms: readonly Expression[]): readonly string[] {
  return terms.flatMap((term) =>
    term.kind === 'state' && term.state === 'missing' && term.of.kind === 'fact' ? [term.of.name] : [],
  );
}

/** The parts of a condition joined by a word; a condition without it is its only part. */
export function termsOf(expression: Expression, joint: 'and' | 'or'): readonly Expression[] {
  return expression.kind === joint ? expression.terms.flatMap((term) => termsOf(term, joint)) : [expression];
}
