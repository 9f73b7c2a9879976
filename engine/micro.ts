/** Amounts as rules read them: whole millionths of the currency, so that a comparison is exact. */
import type { Amount } from './model.ts';
import { floor, parseDecimal, type Rational, sum } from './money.ts';

/**
 * An amount in micro-currency. A finer amount becomes its floor plus one half, which every comparison with a whole number
 * of micro-currency finds on the same side.
 */
export function toMicro(amount: Rational): number {
  const micro = { n: amount.n * 1_000_000n, d: amount.d };
  const whole = floor(micro);
  return Number(whole) + (whole * micro.d === micro.n ? 0 : 0.5);
}

/** What some amounts come to. */
export function sumInMicro(amounts: readonly { readonly amount: Amount }[]): number {
  return toMicro(sum(amounts.map(({ amount }) => parseDecimal(amount))));
}
