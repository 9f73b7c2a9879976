/** Values that stand in for a fact where it is missing: `history.data.median if missing 0 GB is 0 GB`. */
import type { Expression, Membership, Value } from '../syntax/tree.ts';
import { lowerAmount } from './amounts.ts';
import type { Lowered } from './compare.ts';
import type { Scene } from './scene.ts';

/** `is`, `is in` of the value itself: nothing is left open. */
export function isSaidOf(held: Value, { kind, values, negated, left }: Membership, scene: Scene): Lowered {
  if (kind === 'include') {
    scene.report('wrong-type', left.span, 'one word is no list', 'write `… is known and … include …`');
    return undefined;
  }
  const meant = kind === 'is in' ? values.flatMap((list) => scene.book.lists.get(textOf(list)) ?? []) : values;
  const same = meant.some((value) => {
    if (typeof value === 'string') return value === textOf(held);
    const [a, b] = [amountOf(held, scene), amountOf(value, scene)];
    return a === undefined || b === undefined ? textOf(held) === textOf(value) : a === b;
  });
  return same !== negated;
}

function amountOf(value: Value, scene: Scene): string | undefined {
  if (value.kind === 'word' || value.kind === 'text' || value.kind === 'phone') return undefined;
  const amount = lowerAmount(value, scene, new Set());
  return amount?.derivation.op === 'number' ? amount.derivation.value : undefined;
}

/** The value itself, where one stands; in place of a fact that may be missing. */
export function literalIn(expression: Expression): Value | undefined {
  switch (expression.kind) {
    case 'quantity':
    case 'money':
    case 'percentage':
    case 'date':
    case 'time':
    case 'instant':
    case 'word':
    case 'text':
    case 'phone':
      return expression;
    default:
      return undefined;
  }
}

/** A word, a text or a code as it is written. */
export function textOf(value: Value): string {
  return 'text' in value ? value.text : value.kind === 'quantity' ? value.number : '';
}
