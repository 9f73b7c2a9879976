import type { Condition, DerivedFact, Expression } from '../../engine/rule-set.ts';
import type { Book } from './book.ts';

/** Every fact a condition names, with repetitions. */
export function factsIn(condition: Condition): readonly string[] {
  if ('fact' in condition) return [condition.fact];
  if ('not' in condition) return factsIn(condition.not);
  return ('all' in condition ? condition.all : condition.any).flatMap(factsIn);
}

/** The facts a condition needs: those it names and those that they are worked out from; sorted, once each. */
export function factsNeeded(
  conditions: readonly Condition[],
  derived: ReadonlyMap<string, DerivedFact>,
): readonly string[] {
  const needed = new Set<string>();
  const add = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    const derivation = derived.get(name) ?? derived.get(name.replace(/\.known$/, ''));
    if (derivation) for (const base of factsBehind(derivation.expression)) add(base);
  };
  for (const condition of conditions) for (const fact of factsIn(condition)) add(fact);
  return [...needed].sort();
}

/** The facts that an expression is worked out from, as it names them. */
export function factsBehind(expression: Expression): readonly string[] {
  switch (expression.op) {
    case 'number':
      return [];
    case 'fact':
    case 'mentions':
    case 'starts with':
    case 'some item':
      return [expression.fact];
    case 'look-up':
      return [expression.key, ...(expression.on ? [expression.on] : [])];
    case 'count of events':
      return ['event.service', ...(expression.to ? [expression.to.fact] : [])];
    case 'in calendar':
      return [expression.at];
    case 'multiply':
      return factsBehind(expression.of);
    case 'any of':
      return [expression.left, expression.right];
    case 'add':
    case 'subtract':
    case 'sign':
      return [...factsBehind(expression.left), ...factsBehind(expression.right)];
  }
}

/** Notes that a rule reads a fact, so that its derivation goes into the rule set. */
export function noteFact(name: string, scene: { readonly book: Book }): void {
  const { book } = scene;
  const derivation = book.derivations.get(name);
  if (!derivation) return;
  book.derived.set(name, derivation);
  if (derivation.expression.op === 'look-up') book.used.add(derivation.expression.table);
  if (derivation.expression.op === 'in calendar') book.used.add(derivation.expression.calendar);
}
