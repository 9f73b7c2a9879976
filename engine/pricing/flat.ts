/** Flat price: so much for every unit, to the last base unit. */
import { parseDecimal, type Rational } from '../money.ts';
import { onceOf } from '../once-of.ts';
import type { UnitPrice } from '../outcomes.ts';

export function flat(price: UnitPrice, quantity: number): Rational {
  const { n, d } = pricePerBaseUnit(price);
  return { n: n * BigInt(quantity), d };
}

/** A price list is read once, whatever is charged by it. */
const pricePerBaseUnit = onceOf((price: UnitPrice): Rational => {
  const { n, d } = parseDecimal(price.amount);
  return { n, d: d * BigInt(price.per) };
});
