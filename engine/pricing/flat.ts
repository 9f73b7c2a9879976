/** Flat price: so much for every unit, to the last base unit. */
import { parseDecimal, type Rational } from '../money.ts';
import type { UnitPrice } from '../outcomes.ts';

export function flat({ amount, per }: UnitPrice, quantity: number): Rational {
  const { n, d } = parseDecimal(amount);
  return { n: n * BigInt(quantity), d: d * BigInt(per) };
}
