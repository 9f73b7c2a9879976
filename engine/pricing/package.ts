/** Package price: so much for every started block. */
import { parseDecimal, type Rational } from '../money.ts';
import type { UnitPrice } from '../outcomes.ts';

/** Blocks are counted per event: only those that `quantity` starts on top of what came `before` it in the event. */
export function packaged({ amount, per }: UnitPrice, before: number, quantity: number): Rational {
  const { n, d } = parseDecimal(amount);
  const started = Math.ceil((before + quantity) / per) - Math.ceil(before / per);
  return { n: n * BigInt(started), d };
}
