/** From a condition as written to conditions that json-rules-engine evaluates. */
import type { Condition, TopCondition } from '../../engine/rule-set.ts';
import type { ConditionClause } from '../syntax/clauses.ts';
import type { Comparison, Expression, Fact, Node, State } from '../syntax/tree.ts';
import { agree, isAmountType, kindName, lowerAmount } from './amounts.ts';
import { always, compare, type Lowered } from './compare.ts';
import { type Guarded, isKnown, knownIn, missingIn, termsOf } from './guards.ts';
import { lowerItemSearch, lowerSharing } from './lists.ts';
import { lowerMembership, lowerPossession, lowerTextSearch, wordFor } from './membership.ts';
import { unitsOf } from './quantities.ts';
import { type Scene, seeFact } from './scene.ts';

/**
 * The condition of a rule: all of its `when`, none of its `unless`, and `also` what other clauses demand. Guards of
 * facts that may be missing come first, in the outermost `all`. Undefined if something has been reported.
 */
export function lowerRule(
  clauses: readonly ConditionClause[],
  scene: Scene,
  also: readonly Condition[] = [],
): TopCondition | undefined {
  const mixed = clauses.flatMap(({ condition }) => mixture(condition) ?? []);
  for (const term of mixed) {
    scene.report(
      'and-or',
      term.span,
      '`and` and `or` stand in one condition, which can be read in two ways',
      'put the part that belongs together in parentheses',
    );
  }
  if (mixed.length > 0) return undefined;
  const wanted = clauses.filter(({ kind }) => kind !== 'unless').flatMap(({ condition }) => termsOf(condition, 'and'));
  const unwanted = clauses.filter(({ kind }) => kind === 'unless').flatMap(({ condition }) => termsOf(condition, 'or'));
  const guarded = new Set([...knownIn(wanted), ...missingIn(unwanted)]);
  const holds = wanted.map((term) => lowerCondition(term, scene, guarded));
  const fails = unwanted.map((term) => negate(lowerCondition(term, scene, guarded)));
  const parts: Condition[] = [];
  for (const part of [...holds, ...fails]) {
    if (part === undefined) return undefined;
    if (typeof part !== 'boolean') parts.push(part);
    else if (!part) parts.push({ ...always, value: false });
  }
  const guards = [...guarded].sort().map((fact) => isKnown(fact));
  const all = distinct([...guards, ...also, ...parts]);
  return { all: all.length > 0 ? all : [always] };
}

/** The first part joined by `and` that stands bare among alternatives. */
function mixture(expression: Expression): Expression | undefined {
  if (expression.kind === 'not') return mixture(expression.of);
  if (expression.kind !== 'and' && expression.kind !== 'or') return undefined;
  const bare = expression.terms.find((term) => expression.kind === 'or' && term.kind === 'and' && !term.grouped);
  return bare ?? expression.terms.flatMap((term) => mixture(term) ?? [])[0];
}

export function lowerCondition(expression: Expression, scene: Scene, guarded: Guarded): Lowered {
  switch (expression.kind) {
    case 'and':
      return conjunction(expression.terms, scene, guarded);
    case 'or':
      return joined(
        'any',
        expression.terms.map((term) => lowerCondition(term, scene, guarded)),
      );
    case 'not':
      return negate(lowerCondition(expression.of, scene, guarded));
    case 'state':
      return state(expression, scene);
    case 'comparison':
      return withFallbacks(expression, scene, guarded, comparison);
    case 'is':
    case 'is in':
    case 'include':
      return withFallbacks(expression, scene, guarded, lowerMembership);
    case 'has':
      return lowerPossession(expression, scene, guarded);
    case 'mentions':
    case 'starts with':
      return lowerTextSearch(expression, scene, guarded);
    case 'include item':
      return lowerItemSearch(expression, scene, guarded);
    case 'include any of':
      return lowerSharing(expression, scene, guarded);
    default:
      scene.report(
        'not-a-condition',
        expression.span,
        'this is an amount, not a condition',
        'compare it: with `is`, `<`, `<=`, `>` or `>=`',
      );
      return undefined;
  }
}

function conjunction(terms: readonly Expression[], scene: Scene, guarded: Guarded): Lowered {
  const inside = new Set([...guarded, ...knownIn(terms)]);
  return joined(
    'all',
    terms.map((term) => lowerCondition(term, scene, inside)),
  );
}

function joined(group: 'all' | 'any', parts: readonly Lowered[]): Lowered {
  if (parts.some((part) => part === undefined)) return undefined;
  const decides = group === 'any';
  if (parts.some((part) => part === decides)) return decides;
  const conditions = distinct(parts.filter((part): part is Condition => typeof part === 'object'));
  const [only] = conditions;
  if (!only) return !decides;
  return conditions.length === 1 ? only : group === 'all' ? { all: conditions } : { any: conditions };
}

/** A yes/no fact is turned round rather than wrapped, so that guards stay outside every `not`. */
function negate(lowered: Lowered): Lowered {
  if (lowered === undefined) return undefined;
  if (typeof lowered === 'boolean') return !lowered;
  if ('fact' in lowered && typeof lowered.value === 'boolean') return { ...lowered, value: !lowered.value };
  return 'not' in lowered ? lowered.not : { not: lowered };
}

function state(expression: State, scene: Scene): Lowered {
  if (expression.of.kind !== 'fact') {
    scene.report(
      'not-a-condition',
      expression.of.span,
      'only a fact can be known or missing',
      'write the name of a fact',
    );
    return undefined;
  }
  const definition = seeFact(expression.of, scene);
  if (!definition) return undefined;
  if (definition.optional) return isKnown(definition.name, expression.state === 'known');
  scene.report('wrong-type', expression.span, `\`${definition.name}\` is always known`, 'leave this condition out');
  return undefined;
}

function comparison(expression: Comparison, scene: Scene, guarded: Guarded): Lowered {
  const left = lowerAmount(expression.left, scene, guarded);
  // What stands right of a fault is often its other half: `customer.country > DE`.
  const right = left || expression.right.kind !== 'fact' ? lowerAmount(expression.right, scene, guarded) : undefined;
  if (!left || !right) return undefined;
  if (!agree(left.type, right.type)) {
    scene.report(
      'wrong-unit',
      expression.right.span,
      `${kindName(left.type)} cannot be compared with ${kindName(right.type)}`,
      `write it in ${unitsOf(left.type)}`,
    );
    return undefined;
  }
  return compare(left, expression.operator, right, scene);
}

/** `x if missing v`: the condition with x where x is known, with v where it is missing. */
function withFallbacks<E extends Expression>(
  expression: E,
  scene: Scene,
  guarded: Guarded,
  lower: (expression: E, scene: Scene, guarded: Guarded) => Lowered,
): Lowered {
  const fallback = findFallback(expression);
  if (!fallback) return lower(expression, scene, guarded);
  if (countFallbacks(expression) > mostFallbacks) {
    scene.report(
      'too-deep',
      expression.span,
      'too many facts may be missing in one comparison',
      `use \`if missing\` at most ${mostFallbacks} times, and \`unless … is missing\` for the rest`,
    );
    return undefined;
  }
  const fact = fallback.of as Fact;
  const definition = seeFact(fact, scene);
  if (!definition) return undefined;
  if (!definition.optional) {
    scene.report('wrong-type', fallback.span, `\`${fact.name}\` is always known`, 'leave out `if missing`');
    return undefined;
  }
  if (!isAmountType(definition.type) && wordFor(fallback.value, definition, scene) === undefined) return undefined;
  const known = withFallbacks(replaced(expression, fallback, fact), scene, new Set([...guarded, fact.name]), lower);
  const missing = withFallbacks(replaced(expression, fallback, fallback.value), scene, guarded, lower);
  if (known === undefined || missing === undefined) return undefined;
  return joined('any', [
    joined('all', [isKnown(fact.name), known]),
    joined('all', [isKnown(fact.name, false), missing]),
  ]);
}

/** Each one doubles the cases. */
const mostFallbacks = 6;

function countFallbacks(expression: Expression): number {
  if (expression.kind === 'if missing') return 1;
  if (!('left' in expression)) return 0;
  return countFallbacks(expression.left) + ('right' in expression ? countFallbacks(expression.right) : 0);
}

function findFallback(expression: Expression): Extract<Expression, { kind: 'if missing' }> | undefined {
  if (expression.kind === 'if missing') return expression;
  if ('left' in expression) {
    return findFallback(expression.left) ?? ('right' in expression ? findFallback(expression.right) : undefined);
  }
  return undefined;
}

function replaced<E extends Expression>(expression: E, from: Node, to: Expression): E {
  if ((expression as Node) === from) return to as E;
  if (!('left' in expression)) return expression;
  const left = replaced(expression.left, from, to);
  return 'right' in expression
    ? { ...expression, left, right: replaced(expression.right, from, to) }
    : { ...expression, left };
}

function distinct(conditions: readonly Condition[]): Condition[] {
  const seen = new Set<string>();
  return conditions.filter((condition) => {
    const text = JSON.stringify(condition);
    return seen.has(text) ? false : seen.add(text);
  });
}
