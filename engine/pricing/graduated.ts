/** Graduated price: each tier has its own price, and usage is split at the tiers' bounds. */
import type { Rational } from '../money.ts';
import type { UnitPrice } from '../outcomes.ts';
import { flat } from './flat.ts';

export interface Tier {
  readonly upTo?: number;
  readonly price: UnitPrice;
}

/** As much of `quantity` as lies in the tier that is reached after `before`; the last tier has no end. `tier` is 1-based. */
export function graduated(
  tiers: readonly Tier[],
  before: number,
  quantity: number,
): { readonly tier: number; readonly quantity: number; readonly exact: Rational } {
  const found = tiers.findIndex(({ upTo }) => upTo === undefined || before < upTo);
  const index = found < 0 ? tiers.length - 1 : found;
  const tier = tiers[index];
  if (!tier) throw new Error('A graduated price has no tiers.');
  const room = found < 0 || tier.upTo === undefined ? quantity : tier.upTo - before;
  const taken = Math.min(quantity, room);
  return { tier: index + 1, quantity: taken, exact: flat(tier.price, taken) };
}
