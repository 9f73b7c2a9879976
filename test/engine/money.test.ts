import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  formatAmount,
  formatExact,
  minorUnits,
  multiply,
  parseDecimal,
  parseExact,
  rational,
  roundToInteger,
  roundToMinor,
  subtract,
  sum,
} from '../../engine/money.ts';

const decimal = (text: string) => parseDecimal(text);

describe('money', () => {
  test('one second at 0.02 EUR per minute is exactly 1/3000 EUR', () => {
    expect(formatExact(divide(multiply(decimal('0.02'), rational(1)), rational(60)))).toBe('1/3000');
  });

  test('ten times 0.1 is exactly 1', () => {
    expect(formatExact(sum(Array.from({ length: 10 }, () => decimal('0.1'))))).toBe('1');
  });

  test('each currency is rounded to its own minor unit', () => {
    expect([minorUnits('JPY'), minorUnits('EUR'), minorUnits('KWD')]).toEqual([0, 2, 3]);
    expect(roundToMinor(decimal('1234.5'), 'JPY', 'half up')).toBe('1235');
    expect(roundToMinor(decimal('1.0005'), 'KWD', 'half up')).toBe('1.001');
    expect(roundToMinor(rational(16, 5), 'EUR', 'half even')).toBe('3.20');
  });

  test.each([
    ['0.125', ['0.12', '0.13', '0.12', '0.13', '0.12']],
    ['0.135', ['0.14', '0.14', '0.13', '0.14', '0.13']],
    ['0.1351', ['0.14', '0.14', '0.14', '0.14', '0.13']],
    ['-0.125', ['-0.12', '-0.13', '-0.12', '-0.13', '-0.12']],
    ['-0.001', ['0.00', '0.00', '0.00', '-0.01', '0.00']],
  ])('%s EUR rounds as its mode says', (amount, expected) => {
    const modes = ['half even', 'half up', 'half down', 'up', 'down'] as const;
    expect(modes.map((mode) => roundToMinor(decimal(amount), 'EUR', mode))).toEqual(expected);
  });

  test('an amount that is not rounded is never printed as if it were', () => {
    expect(formatAmount(decimal('-5.2'), 'EUR')).toBe('-5.20');
    expect(() => formatAmount(decimal('0.001'), 'EUR')).toThrow(RangeError);
  });

  test.each(['', '1,5', '1e3', '+1', '1.', '.5', 'NaN'])('"%s" is not a decimal number', (text) => {
    expect(() => parseDecimal(text)).toThrow(SyntaxError);
  });

  const rationals = fc
    .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 6n }))
    .map(([n, d]) => rational(n, d));

  test('sums do not depend on their order', () => {
    fc.assert(fc.property(fc.array(rationals), (amounts) => compare(sum(amounts), sum([...amounts].reverse())) === 0));
  });

  test('what is added can be taken away again, and text loses nothing', () => {
    fc.assert(
      fc.property(rationals, rationals, (a, b) => {
        expect(compare(subtract(add(a, b), b), a)).toBe(0);
        expect(compare(parseExact(formatExact(a)), a)).toBe(0);
      }),
    );
  });

  test('rounding to the nearest is never further than a half away', () => {
    fc.assert(
      fc.property(
        rationals,
        fc.constantFrom('half even' as const, 'half up' as const, 'half down' as const),
        (a, mode) => {
          const off = subtract(rational(roundToInteger(a, mode)), a);
          expect(compare(multiply(off, off), rational(1, 4))).toBeLessThanOrEqual(0);
        },
      ),
    );
  });
});
