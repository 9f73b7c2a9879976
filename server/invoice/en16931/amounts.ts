import type { Amount } from '../../../engine/model.ts';
import {
  compare,
  formatExact,
  minorUnits,
  negate,
  parseDecimal,
  type Rational,
  roundTo,
} from '../../../engine/money.ts';
import type { UblNode } from './node.ts';

/** What EN 16931 cannot say, though the invoice is right; the message says what, in a sentence for the operator. */
export class NotExpressible extends Error {}

/**
 * Amounts of EN 16931 have at most two decimals (BR-DEC-01 to 28), whatever the currency has.
 *
 * @throws NotExpressible where the third decimal of a currency such as the Kuwaiti dinar counts.
 */
export function ublAmount(amount: Amount | Rational, currency: string): string {
  const value = typeof amount === 'string' ? parseDecimal(amount) : amount;
  const rounded = roundTo(value, 2, 'down');
  if (compare(rounded, value) !== 0)
    throw new NotExpressible(
      `EN 16931 knows amounts of two decimals, and ${currency} has ${formatExact(value)} here: send the PDF`,
    );
  const [whole = '', fraction = ''] = decimalText(value, 2).split('.');
  const digits = Math.min(2, minorUnits(currency));
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}`;
}

/** An amount with its currency beside it, as an element. */
export function money(element: string, amount: Amount | Rational, currency: string): UblNode {
  return { [element]: ublAmount(amount, currency), [`${element}@currencyID`]: currency };
}

/** Without its sign: allowances are positive. */
export function positive(amount: Amount): Rational {
  const value = parseDecimal(amount);
  return value.n < 0n ? negate(value) : value;
}

/** A fraction of at most so many decimals, with no more digits than it needs. */
export function decimalText(value: Rational, decimals: number): string {
  const { n } = roundTo(value, decimals, 'half even');
  const digits = (n < 0n ? -n : n).toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${n < 0n ? '-' : ''}${digits.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`;
}
