/**
 * Whether a condition holds, read off the page. Undefined where that hangs on a fact that is missing: a rule must never let it
 * come to that.
 */
import type { Expression, ItemTestNode, Membership, Value } from '../../../dsl/syntax/tree.ts';
import type { Item } from '../../../engine/rule-set.ts';
import { type Fraction, fraction, more } from '../../engine/oracle-fraction.ts';
import { amountOf, literalOf } from './amounts.ts';
import { isInCalendar } from './clock.ts';
import type { Held, Reader, World } from './world.ts';

export type Answer = boolean | undefined;

export function holds(expression: Expression, world: World, read: Reader): Answer {
  const inside = (one: Expression) => holds(one, world, read);
  const amount = (one: Expression) => amountOf(one, world.zone, (fact) => read(fact) as Fraction | undefined);
  switch (expression.kind) {
    case 'and':
      return allOf(expression.terms.map(inside));
    case 'or':
      return anyOf(expression.terms.map(inside));
    case 'not':
      return opposite(inside(expression.of));
    case 'comparison': {
      const [left, right] = [amount(expression.left), amount(expression.right)];
      return left && right && compares(left, expression.operator, right);
    }
    case 'state':
      return (read(nameOf(expression.of)) === undefined) === (expression.state === 'missing');
    case 'has':
      return said(`${expression.owner.name} has ${expression.thing.text}`, expression.negated, world, read);
    case 'mentions':
    case 'starts with': {
      const text = read(nameOf(expression.left)) as string | undefined;
      const words = expression.texts.map(wordOf);
      if (text === undefined) return undefined;
      return words.some((word) => (expression.kind === 'mentions' ? mentions(text, word) : text.startsWith(word)));
    }
    case 'is in': {
      const held = read(nameOf(expression.left));
      const lists = expression.values.flatMap((list) => world.lists.get(wordOf(list)) ?? []);
      return held === undefined ? undefined : lists.includes(held as string) !== expression.negated;
    }
    case 'include': {
      const held = read(nameOf(expression.left)) as readonly string[] | undefined;
      return held && expression.values.some((value) => held.includes(wordOf(value)));
    }
    case 'include any of': {
      const [one, other] = [read(nameOf(expression.left)), read(expression.other.name)] as (
        | readonly string[]
        | undefined
      )[];
      return one && other && one.some((word) => other.includes(word));
    }
    case 'include item': {
      const items = read(nameOf(expression.left)) as readonly Item[] | undefined;
      return items?.some((item) => expression.tests.every((test) => passes(item, test)));
    }
    case 'is':
      return is(expression, world, read);
    default:
      throw new Error(`${expression.kind} is no condition.`);
  }
}

/** One and the same item; a price in another currency is neither above nor below. */
function passes(item: Item, test: ItemTestNode): boolean {
  if (test.attribute === 'category') return test.values.some((value) => wordOf(value) === item.category);
  const { amount, operator } = test;
  const price = literalOf(amount, '');
  return (
    item.currency === amount.currency.text &&
    price !== undefined &&
    compares(fraction(String(item.price)), operator, price)
  );
}

export function allOf(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

export function anyOf(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

export function opposite(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer;
}

export function compares(left: Fraction, operator: '<' | '<=' | '>' | '>=', right: Fraction): boolean {
  switch (operator) {
    case '<':
      return more(right, left);
    case '<=':
      return !more(left, right);
    case '>':
      return more(left, right);
    case '>=':
      return !more(right, left);
  }
}

function is(expression: Membership, world: World, read: Reader): Answer {
  const { left, values, negated } = expression;
  const name = nameOf(left);
  if (name === 'time') {
    const at = Number((read('at') as Fraction)[0]);
    return values.some((value) => isIn(wordOf(value), at, world, read)) !== negated;
  }
  const [only] = values;
  if (name === 'customer' && values.every((value) => world.segments.has(wordOf(value)))) {
    const segments = read('customer.segments') as readonly string[];
    return values.some((value) => segments.includes(wordOf(value))) !== negated;
  }
  if (!world.facts.has(name)) return said(`${name} is ${only ? wordOf(only) : ''}`, negated, world, read);
  const held = read(name) ?? (left.kind === 'if missing' ? heldBy(left.value, world) : undefined);
  return held === undefined ? undefined : values.some((value) => equals(held, value, world)) !== negated;
}

function equals(held: Held, value: Value, world: World): boolean {
  const meant = heldBy(value, world);
  if (Array.isArray(held) && Array.isArray(meant)) {
    const [a, b] = [held, meant] as unknown as [Fraction, Fraction];
    return !more(a, b) && !more(b, a);
  }
  if (typeof held === 'boolean') return held === (meant === 'yes');
  return held === (typeof meant === 'string' ? meant : wordOf(value));
}

function heldBy(value: Value, world: World): Held | undefined {
  return literalOf(value, world.zone) ?? wordOf(value);
}

/** Yes/no facts are said as a sentence. */
function said(sentence: string, negated: boolean, world: World, read: Reader): Answer {
  const fact = [...world.facts.values()].find((one) => one.sentence === sentence);
  if (!fact) throw new Error(`Nothing is said as “${sentence}”.`);
  const held = read(fact.name) as boolean | undefined;
  return held === undefined ? undefined : held !== negated;
}

function isIn(name: string, at: number, world: World, read: Reader): boolean {
  const calendar = world.calendars.get(name);
  if (!calendar) throw new Error(`There is no calendar ${name}.`);
  const { text } = calendar.zone;
  const zone = text === 'customer' ? read('customer.zone') : text === 'plan' ? read('account.zone') : text;
  return isInCalendar(calendar, at, String(zone), world.holidays);
}

/** Whole words, whatever their case; ß is ss. */
function mentions(text: string, words: string): boolean {
  const [inText, sought] = [folded(text), folded(words)];
  const isPart = (character: string | undefined) => character !== undefined && /[\p{L}\p{M}\p{N}_]/u.test(character);
  for (let at = inText.indexOf(sought); at >= 0; at = inText.indexOf(sought, at + 1))
    if (!isPart(inText[at - 1]) && !isPart(inText[at + sought.length])) return true;
  return false;
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss');
}

function nameOf(expression: Expression): string {
  if (expression.kind === 'fact') return expression.name;
  if (expression.kind === 'if missing') return nameOf(expression.of);
  throw new Error(`${expression.kind} is no fact.`);
}

/** A word, a text or a code. */
function wordOf(value: Value): string {
  return 'text' in value ? value.text : value.kind === 'quantity' ? value.number : '';
}
