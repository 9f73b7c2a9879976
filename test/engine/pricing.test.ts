import { describe, expect, test } from 'vitest';
import { formatExact, parseExact } from '../../engine/money.ts';
import type { Tier } from '../../engine/outcomes.ts';
import { boundEvent } from '../../engine/pricing/event-bounds.ts';
import { flat } from '../../engine/pricing/flat.ts';
import { nextTier } from '../../engine/pricing/graduated.ts';
import { packaged } from '../../engine/pricing/package.ts';
import { perEvent } from '../../engine/pricing/per-event.ts';
import { percentage } from '../../engine/pricing/percentage.ts';
import { tierOfTotal } from '../../engine/pricing/volume.ts';

describe('prices', () => {
  test('a flat price is exact to the last base unit', () => {
    expect(formatExact(flat({ amount: '0.02', per: 60_000 }, 1000))).toBe('1/3000');
    expect(formatExact(flat({ amount: '0.031', per: 60_000 }, Number.MAX_SAFE_INTEGER))).toBe(
      '279223176896970721/60000000',
    );
  });

  test('a package costs every block that is started, and blocks go on within an event', () => {
    const price = { amount: '3.00', per: 100 };
    expect([0, 1, 100, 101].map((quantity) => formatExact(packaged(price, 0, quantity)))).toEqual(['0', '3', '3', '6']);
    expect(formatExact(packaged(price, 50, 50))).toBe('0');
    expect(formatExact(packaged(price, 50, 51))).toBe('3');
  });

  test('a price per event is due once, however often the event is cut', () => {
    expect([false, true].map((paid) => formatExact(perEvent('0.25', paid)))).toEqual(['1/4', '0']);
  });

  test('a percentage is exact to the last digit of a value in millionths', () => {
    expect(formatExact(percentage('1.75', 19_990_000))).toBe('13993/40000');
    expect(formatExact(percentage('5', 1))).toBe('1/20000000');
  });

  const tiers: readonly Tier[] = [
    { upTo: 40, price: { kind: 'flat', price: { amount: '1.20', per: 1 } } },
    { upTo: 140, price: { kind: 'flat', price: { amount: '0.80', per: 1 } } },
    { price: { kind: 'flat', price: { amount: '0.50', per: 1 } } },
  ];

  test('a graduated price takes what the tier has room for; the bound belongs to the tier below it', () => {
    expect(nextTier(tiers, 0, 50)).toEqual({ tier: 0, quantity: 40 });
    expect(nextTier(tiers, 40, 10)).toEqual({ tier: 1, quantity: 10 });
    expect(nextTier(tiers, 39, 1)).toEqual({ tier: 0, quantity: 1 });
    expect(nextTier(tiers, 500, 7)).toEqual({ tier: 2, quantity: 7 });
  });

  test('a price by volume is that of the tier in which the total lies, its bound included', () => {
    expect([0, 40, 41, 140, 141].map((total) => tierOfTotal(tiers, total))).toEqual([0, 0, 1, 1, 2]);
  });

  test('an event is raised to its minimum, lowered to its maximum, then rounded', () => {
    const bounded = (terms: Parameters<typeof boundEvent>[0], price: string) =>
      boundEvent(terms, parseExact(price)).map(({ part, exact }) => [part, formatExact(exact)]);
    const terms = { minimum: '0.10', maximum: '2.005', rounded: { mode: 'up', decimals: 2 } } as const;
    expect(bounded(terms, '1/20')).toEqual([['minimum', '1/20']]);
    expect(bounded(terms, '3')).toEqual([
      ['maximum', '-199/200'],
      ['rounding', '1/200'],
    ]);
    expect(bounded(terms, '7/60')).toEqual([['rounding', '1/300']]);
    expect(bounded(terms, '1')).toEqual([]);
  });
});
