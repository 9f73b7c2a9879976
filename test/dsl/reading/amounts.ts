/** Quantities as the language means them, read off the page: exact fractions of base units. */
import type { Expression, Value } from '../../../dsl/syntax/tree.ts';
import { type Fraction, fraction, minus, plus, times } from '../../engine/oracle-fraction.ts';
import { dayNumberOf, instantOf, minutesOf } from './clock.ts';

const size: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60 * 1000,
  h: 60 * 60 * 1000,
  day: 24 * 60 * 60 * 1000,
  week: 7 * 24 * 60 * 60 * 1000,
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  call: 1,
  message: 1,
  event: 1,
  item: 1,
};

/** Milliseconds, bytes, or how many; a month or a year has no size. */
export function quantityOf(number: string, unit: string | undefined): Fraction {
  if (unit === undefined) return fraction(number);
  const one = size[unit] ?? size[unit.replace(/s$/, '')];
  if (one === undefined) throw new Error(`Nothing measures ${unit}.`);
  return times(fraction(number), fraction(one));
}

/** An amount that stands in the text; undefined for a word. */
export function literalOf(value: Value, zone: string): Fraction | undefined {
  switch (value.kind) {
    case 'quantity':
      return quantityOf(value.number, value.unit?.text);
    case 'money':
      return times(fraction(value.amount), fraction(1_000_000));
    case 'percentage':
      return times(fraction(value.number), fraction(10_000));
    case 'instant':
      return fraction(instantOf(value.date, minutesOf(value.time), value.zone?.text ?? zone));
    case 'date':
      return fraction(dayNumberOf(value.text));
    case 'time':
      return fraction(minutesOf(value.text));
    default:
      return undefined;
  }
}

/** What an amount comes to; undefined where a fact in it is missing. */
export function amountOf(
  expression: Expression,
  zone: string,
  read: (fact: string) => Fraction | undefined,
): Fraction | undefined {
  const both = (left: Expression, right: Expression, work: (a: Fraction, b: Fraction) => Fraction) => {
    const [a, b] = [amountOf(left, zone, read), amountOf(right, zone, read)];
    return a && b && work(a, b);
  };
  switch (expression.kind) {
    case 'fact':
      return read(expression.name);
    case 'if missing':
      return amountOf(expression.of, zone, read) ?? literalOf(expression.value, zone);
    case '+':
      return both(expression.left, expression.right, plus);
    case '-':
      return both(expression.left, expression.right, (a, b) => plus(a, minus(b)));
    case '*':
      return both(expression.left, expression.right, times);
    default: {
      const literal = literalOf(expression as Value, zone);
      if (!literal) throw new Error(`${expression.kind} is no amount.`);
      return literal;
    }
  }
}
