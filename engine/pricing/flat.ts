/** Flat price: so much for every unit, to the last base unit. */
import { parseDecimal, type Rational } from '../money.ts';
import type { UnitPrice } from '../outcomes.ts';

export function flat(price: UnitPrice, quantity: number): Rational {
  const { n, d } = pricePerBaseUnit(price);
  return { n: n * BigInt(quantity), d };
}

/** A price list is read once, whatever is charged by it. */
function pricePerBaseUnit(price: UnitPrice): Rational {
  const known = prices.get(price);
  if (known) return known;
  const { n, d } = parseDecimal(price.amount);
  const exact = { n, d: d * BigInt(price.per) };
  prices.set(price, exact);
  return exact;
}

const prices = new WeakMap<UnitPrice, Rational>();
