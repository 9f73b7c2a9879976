/** Percentage: a share of what the event is worth, to the last digit. */
import { parseDecimal, type Rational } from '../money.ts';

/** `valueMicro` is in millionths of the currency, as quantities of services measured in value are. */
export function percentage(percent: string, valueMicro: number): Rational {
  const { n, d } = parseDecimal(percent);
  return { n: n * BigInt(valueMicro), d: d * 100_000_000n };
}
