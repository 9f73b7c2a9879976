/** Price per event: so much for each, however long or large it is. */
import { parseDecimal, type Rational, zero } from '../money.ts';

/** Once for an event, however often it is cut. */
export function perEvent(amount: string, isPaid: boolean): Rational {
  return isPaid ? zero : parseDecimal(amount);
}
