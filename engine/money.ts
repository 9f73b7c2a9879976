/**
 * Money: exact fractions, and the only place that rounds.
 *
 * An amount in the middle of a computation is a fraction of big integers, so nothing is lost between the price list and
 * the invoice line. Fractions are not reduced until they are printed: sums of one price share one denominator, and adding
 * them is one integer addition.
 */
import type { Amount, ExactAmount } from './model.ts';
import type { RoundingMode } from './outcomes.ts';

/** `n / d`, with `d` positive; not necessarily reduced. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const zero: Rational = { n: 0n, d: 1n };

export function rational(n: bigint | number, d: bigint | number = 1n): Rational {
  const denominator = BigInt(d);
  if (denominator === 0n) throw new RangeError('A fraction needs a denominator other than zero.');
  return denominator < 0n ? { n: -BigInt(n), d: -denominator } : { n: BigInt(n), d: denominator };
}

/** Keeps the larger denominator where the smaller divides it, so that a long sum does not grow one. */
export function add(a: Rational, b: Rational): Rational {
  if (b.n === 0n) return a;
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  if (a.d % b.d === 0n) return { n: a.n + b.n * (a.d / b.d), d: a.d };
  if (b.d % a.d === 0n) return { n: a.n * (b.d / a.d) + b.n, d: b.d };
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, negate(b));
}

export function negate(a: Rational): Rational {
  return { n: -a.n, d: a.d };
}

export function multiply(a: Rational, b: Rational): Rational {
  return { n: a.n * b.n, d: a.d * b.d };
}

/** Throws a RangeError when `b` is zero. */
export function divide(a: Rational, b: Rational): Rational {
  return multiply(a, rational(b.d, b.n));
}

/** −1, 0 or 1. */
export function compare(a: Rational, b: Rational): number {
  const left = a.n * b.d;
  const right = b.n * a.d;
  return left < right ? -1 : left > right ? 1 : 0;
}

export function smaller(a: Rational, b: Rational): Rational {
  return compare(a, b) <= 0 ? a : b;
}

export function larger(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b;
}

export function sum(amounts: Iterable<Rational>): Rational {
  let total = zero;
  for (const amount of amounts) total = add(total, amount);
  return total;
}

/** Reads "12.00" or "-0.5" exactly; throws a SyntaxError for anything else, exponents included. */
export function parseDecimal(text: string): Rational {
  return (text.length <= mostExactDigits && parseShort(text)) || parseAny(text);
}

/** So many digits, a sign and a point are always less than 2^53. */
const mostExactDigits = 15;

/** Digit by digit, which takes a fraction of the time: nearly all amounts are short. Undefined if it is not a decimal number. */
function parseShort(text: string): Rational | undefined {
  const start = text.startsWith('-') ? 1 : 0;
  let digits = 0;
  let point = -1;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - codeOfZero;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (digit === codeOfPoint - codeOfZero && point < 0 && i > start) point = i;
    else return undefined;
  }
  if (text.length === start || point === text.length - 1) return undefined;
  const n = BigInt(start === 1 ? -digits : digits);
  return { n, d: powerOfTen(point < 0 ? 0 : text.length - 1 - point) };
}

const codeOfZero = '0'.charCodeAt(0);
const codeOfPoint = '.'.charCodeAt(0);

function parseAny(text: string): Rational {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new SyntaxError(`"${text}" is not a decimal number.`);
  const fraction = match[3] ?? '';
  const digits = BigInt(`${match[2]}${fraction}`);
  return { n: match[1] ? -digits : digits, d: powerOfTen(fraction.length) };
}

/** Taken to a power anew for every amount, ten would cost more than reading it. */
function powerOfTen(exponent: number): bigint {
  return powersOfTen[exponent] ?? 10n ** BigInt(exponent);
}

const powersOfTen = Array.from({ length: 16 }, (_, exponent) => 10n ** BigInt(exponent));

/** The reduced fraction as text: "16/5", "-1/3", "0", "12". */
export function formatExact(value: Rational): ExactAmount {
  const [n, d] = [Number(value.n), Number(value.d)];
  // Ordinary numbers are several times as fast where they are exact, and nearly all portions are that small.
  if (Number.isSafeInteger(n) && Number.isSafeInteger(d)) {
    const divisor = commonDivisor(Math.abs(n), d);
    return d === divisor ? `${n / divisor}` : `${n / divisor}/${d / divisor}`;
  }
  const reduced = reduce(value);
  return reduced.d === 1n ? reduced.n.toString() : `${reduced.n}/${reduced.d}`;
}

function commonDivisor(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
  return divisor;
}

export function parseExact(text: ExactAmount): Rational {
  const [n, d] = text.split('/');
  return rational(BigInt(n ?? ''), BigInt(d ?? '1'));
}

/** Digits after the point in ISO 4217 (the currencies that do not have two are listed). */
export function minorUnits(currency: string): number {
  return minorUnitsOf.get(currency) ?? 2;
}

const minorUnitsOf: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

/** Rounds to the currency's minor unit and writes it with all its digits: 16/5 EUR is "3.20". */
export function roundToMinor(value: Rational, currency: string, mode: RoundingMode): Amount {
  const digits = minorUnits(currency);
  return formatMinor(roundToInteger({ n: value.n * powerOfTen(digits), d: value.d }, mode), digits);
}

/** An amount that is already rounded, written with all digits of its currency; throws if it would have to be rounded. */
export function formatAmount(value: Rational, currency: string): Amount {
  const text = roundToMinor(value, currency, 'down');
  if (compare(parseDecimal(text), value) !== 0)
    throw new RangeError(`${formatExact(value)} ${currency} is not rounded.`);
  return text;
}

/** Rounds to so many digits after the point, whatever the currency has. */
export function roundTo(value: Rational, decimals: number, mode: RoundingMode): Rational {
  const d = powerOfTen(decimals);
  return { n: roundToInteger({ n: value.n * d, d: value.d }, mode), d };
}

/** `up` is away from zero and `down` towards it; the halves go to even, away from zero (`half up`) or towards it. */
export function roundToInteger(value: Rational, mode: RoundingMode): bigint {
  const negative = value.n < 0n;
  const n = negative ? -value.n : value.n;
  const whole = n / value.d;
  const rest = n % value.d;
  const up = rest !== 0n && goesUp(whole, compareHalf(rest, value.d), mode);
  const rounded = up ? whole + 1n : whole;
  return negative ? -rounded : rounded;
}

export function floor(value: Rational): bigint {
  return roundToInteger(value, value.n < 0n ? 'up' : 'down');
}

function goesUp(whole: bigint, half: number, mode: RoundingMode): boolean {
  switch (mode) {
    case 'up':
      return true;
    case 'down':
      return false;
    case 'half up':
      return half >= 0;
    case 'half down':
      return half > 0;
    case 'half even':
      return half > 0 || (half === 0 && whole % 2n === 1n);
  }
}

/** −1, 0 or 1 as `rest` is less than, exactly or more than half of `d`. */
function compareHalf(rest: bigint, d: bigint): number {
  const twice = rest * 2n;
  return twice < d ? -1 : twice > d ? 1 : 0;
}

function reduce({ n, d }: Rational): Rational {
  let a = n < 0n ? -n : n;
  let b = d;
  while (b !== 0n) [a, b] = [b, a % b];
  return a <= 1n ? { n, d } : { n: n / a, d: d / a };
}

function formatMinor(minor: bigint, digits: number): Amount {
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const sign = minor < 0n ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
