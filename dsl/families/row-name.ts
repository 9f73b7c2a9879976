/** Names of rows, derived from their conditions without the numbers: a changed threshold is not another rule. */
import type { ConditionClause } from '../syntax/clauses.ts';
import type { Expression, Value } from '../syntax/tree.ts';

const orderings = { '<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least' } as const;

/** `destination is eu or efta` → `destination-is-eu-or-efta`. */
export function rowName(conditions: readonly ConditionClause[]): string {
  const words = conditions.flatMap(({ kind, condition }) => [...(kind === 'unless' ? ['unless'] : []), say(condition)]);
  return slug(words.join(' '));
}

export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** The same with the letters of all languages: a fee is named as it stands on the invoice. */
export function feeSlug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

function say(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.map(say).join(` ${expression.kind} `);
    case 'not':
      return `not ${say(expression.of)}`;
    case 'comparison':
      return `${say(expression.left)} ${orderings[expression.operator]} ${say(expression.right)}`;
    case 'is':
      return `${say(expression.left)} is ${expression.negated ? 'not ' : ''}${list(expression.values)}`;
    case 'is in':
      return `${say(expression.left)} is ${expression.negated ? 'not ' : ''}in ${list(expression.values)}`;
    case 'include':
      return `${say(expression.left)} includes ${list(expression.values)}`;
    case 'state':
      return `${say(expression.of)} is ${expression.state}`;
    case 'has':
      return `${expression.owner.name} has ${expression.negated ? 'no ' : ''}${expression.thing.text}`;
    case 'mentions':
    case 'starts with':
      return `${say(expression.left)} ${expression.kind} ${list(expression.texts)}`;
    case '+':
    case '-':
    case '*':
      return `${say(expression.left)} ${say(expression.right)}`;
    case 'if missing':
      return say(expression.of);
    case 'count':
      return `count of ${[expression.service, ...expression.to].map(({ text }) => text).join(' ')}`;
    case 'fact':
      return expression.name;
    default:
      return 'text' in expression && expression.kind !== 'date' && expression.kind !== 'time' ? expression.text : '';
  }
}

function list(values: readonly Value[]): string {
  return values.map(say).filter(Boolean).join(' or ');
}
