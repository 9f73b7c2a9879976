/** Volume price: one price for everything, by what was used in the whole cycle. */
import type { Tier } from '../outcomes.ts';

/** The tier that a cycle's total lies in; the bound belongs to the tier below it. 0-based. */
export function tierOfTotal(tiers: readonly Tier[], total: number): number {
  const found = tiers.findIndex(({ upTo }) => upTo === undefined || total <= upTo);
  return found < 0 ? tiers.length - 1 : found;
}
