/** Volume price: one price for everything, by what was used in the whole cycle. */
import type { Tier, TieredPrice } from '../outcomes.ts';

/** The tier that a cycle's total lies in; the bound belongs to the tier below it, or by the plan's policy to the one above. 0-based. */
export function tierOfTotal(tiers: readonly Tier[], total: number, boundIn?: TieredPrice['boundIn']): number {
  const isWithin = (upTo: number) => (boundIn === 'higher tier' ? total < upTo : total <= upTo);
  const found = tiers.findIndex(({ upTo }) => upTo === undefined || isWithin(upTo));
  return found < 0 ? tiers.length - 1 : found;
}
