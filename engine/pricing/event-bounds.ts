/** What an event costs at least and at most, and to how many digits: once for each, however often it is cut. */
import { compare, parseDecimal, type Rational, roundTo, subtract } from '../money.ts';
import type { RateOutcome } from '../outcomes.ts';

export interface Adjustment {
  readonly part: 'minimum' | 'maximum' | 'rounding';
  /** What it adds to the price of the event, or takes off. */
  readonly exact: Rational;
}

/** From the sum of an event's portions to what it costs: raised, lowered, then rounded. */
export function boundEvent(
  { minimum, maximum, rounded }: Pick<RateOutcome, 'minimum' | 'maximum' | 'rounded'>,
  sum: Rational,
): readonly Adjustment[] {
  const adjustments: Adjustment[] = [];
  let price = sum;
  const become = (part: Adjustment['part'], target: Rational) => {
    if (compare(target, price) === 0) return;
    adjustments.push({ part, exact: subtract(target, price) });
    price = target;
  };
  if (minimum !== undefined && compare(price, parseDecimal(minimum)) < 0) become('minimum', parseDecimal(minimum));
  if (maximum !== undefined && compare(price, parseDecimal(maximum)) > 0) become('maximum', parseDecimal(maximum));
  if (rounded) become('rounding', roundTo(price, rounded.decimals, rounded.mode));
  return adjustments;
}
