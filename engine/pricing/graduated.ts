/** Graduated price: each tier has its own price, and usage is split at the tiers' bounds. */
import type { Tier } from '../outcomes.ts';

/** The tier that is reached after `before`, and how much of `quantity` it has room for. The last tier has no end. 0-based. */
export function nextTier(
  tiers: readonly Tier[],
  before: number,
  quantity: number,
): { readonly tier: number; readonly quantity: number } {
  const found = tiers.findIndex(({ upTo }) => upTo === undefined || before < upTo);
  const upTo = tiers[found]?.upTo;
  if (upTo === undefined) return { tier: found < 0 ? tiers.length - 1 : found, quantity };
  return { tier: found, quantity: Math.min(quantity, upTo - before) };
}
