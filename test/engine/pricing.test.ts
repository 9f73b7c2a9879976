import { describe, expect, test } from 'vitest';
import { formatExact } from '../../engine/money.ts';
import { flat } from '../../engine/pricing/flat.ts';
import { graduated } from '../../engine/pricing/graduated.ts';
import { packaged } from '../../engine/pricing/package.ts';

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

  test('a graduated price takes what the tier has room for; the bound belongs to the tier below it', () => {
    const tiers = [
      { upTo: 40, price: { amount: '1.20', per: 1 } },
      { upTo: 140, price: { amount: '0.80', per: 1 } },
      { price: { amount: '0.50', per: 1 } },
    ];
    expect(graduated(tiers, 0, 50)).toMatchObject({ tier: 1, quantity: 40 });
    expect(graduated(tiers, 40, 10)).toMatchObject({ tier: 2, quantity: 10 });
    expect(graduated(tiers, 39, 1)).toMatchObject({ tier: 1, quantity: 1 });
    expect(graduated(tiers, 500, 7)).toMatchObject({ tier: 3, quantity: 7 });
  });
});
