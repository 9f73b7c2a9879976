/** Fractions as one learns them at school, for the oracle alone: whole numbers above and below a line. */
export type Fraction = readonly [above: bigint, below: bigint];

export const zero: Fraction = [0n, 1n];

/** "0.05" or a whole number. */
export function fraction(value: string | number): Fraction {
  const [whole = '', decimals = ''] = String(value).split('.');
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

export const plus = (a: Fraction, b: Fraction): Fraction => lowest([a[0] * b[1] + b[0] * a[1], a[1] * b[1]]);
export const times = (a: Fraction, b: Fraction): Fraction => lowest([a[0] * b[0], a[1] * b[1]]);
export const over = (a: number, b: number): Fraction => lowest([BigInt(a), BigInt(b)]);
export const minus = (a: Fraction): Fraction => [-a[0], a[1]];
export const total = (all: readonly Fraction[]): Fraction => all.reduce(plus, zero);
export const more = (a: Fraction, b: Fraction): boolean => a[0] * b[1] > b[0] * a[1];
export const least = (a: Fraction, b: Fraction): Fraction => (more(a, b) ? b : a);

/** "3/16", or "2" for a whole number. */
export function written(value: Fraction): string {
  const [above, below] = lowest(value);
  return below === 1n ? String(above) : `${above}/${below}`;
}

/** Whole cents; a tie goes to the even cent, or away from zero. */
export function cents(value: Fraction, tie: 'even' | 'up'): Fraction {
  const negative = value[0] < 0n;
  const above = (negative ? -value[0] : value[0]) * 100n;
  const down = above / value[1];
  const twiceTheRest = 2n * (above % value[1]);
  const up = twiceTheRest > value[1] || (twiceTheRest === value[1] && (tie === 'up' || down % 2n === 1n));
  const rounded = up ? down + 1n : down;
  return [negative ? -rounded : rounded, 100n];
}

/** "12.30" of whole cents. */
export function amount(value: Fraction): string {
  const whole = (value[0] * 100n) / value[1];
  const digits = String(whole < 0n ? -whole : whole).padStart(3, '0');
  return `${whole < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function lowest([above, below]: Fraction): Fraction {
  let [a, b] = [above < 0n ? -above : above, below];
  while (b > 0n) [a, b] = [b, a % b];
  return a === 0n ? [0n, 1n] : [above / a, below / a];
}
