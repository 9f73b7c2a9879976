/** How far the tiers of each price have come in a cycle: by line or by account, by quantity or by events. */
import type { TieredPrice } from './outcomes.ts';
import { nextTier } from './pricing/graduated.ts';
import { tierOfTotal } from './pricing/volume.ts';
import type { SourceLocation } from './rule-set.ts';

/** Totals of a whole cycle, by the key of the tiers: what prices by volume are chosen by. */
export type CycleTotals = ReadonlyMap<string, number>;

export interface TierCounts {
  /** Counts usage towards tiers without pricing it: what an allowance covers. */
  count(key: string, price: TieredPrice, event: string, quantity: number): void;
  /** As much of `quantity` as has one price, counted; `tier` is 0-based. */
  next(
    key: string,
    price: TieredPrice,
    event: string,
    quantity: number,
  ): { readonly tier: number; readonly quantity: number };
  /** True once for each tier of a cycle: its flat fee is due. */
  isFirstIn(key: string, tier: number): boolean;
  /** Whether a tier, or without one any, has been reached. */
  isReached(key: string, tier?: number): boolean;
  readonly totals: CycleTotals;
}

/** `known` are the totals of the cycle; without them a price by volume is that of what came so far, and only counts. */
export function startTierCounts(known: CycleTotals | undefined): TierCounts {
  const totals = new Map<string, number>();
  const reached = new Set<string>();
  /** The number that each event has by each key: its later portions, and parts, have the same. */
  const places = new Map<string, Map<string, number>>();

  function before(key: string, { counts }: TieredPrice, event: string): number {
    const total = totals.get(key) ?? 0;
    return counts === 'events' ? (places.get(key)?.get(event) ?? total) : total;
  }

  function count(key: string, price: TieredPrice, event: string, quantity: number): void {
    const total = totals.get(key) ?? 0;
    if (price.counts === 'usage') {
      totals.set(key, total + quantity);
      return;
    }
    const numbers = places.get(key) ?? new Map<string, number>();
    if (numbers.has(event)) return;
    places.set(key, numbers.set(event, total));
    totals.set(key, total + 1);
  }

  return {
    totals,
    count,
    next(key, price, event, quantity) {
      const at = before(key, price, event);
      const found =
        price.kind === 'volume'
          ? { tier: tierOfTotal(price.tiers, known?.get(key) ?? at, price.boundIn), quantity }
          : price.counts === 'events'
            ? { tier: nextTier(price.tiers, at, 1).tier, quantity }
            : nextTier(price.tiers, at, quantity);
      count(key, price, event, found.quantity);
      return found;
    },
    isFirstIn(key, tier) {
      const place = `${key} ${tier}`;
      if (reached.has(place)) return false;
      reached.add(place);
      return true;
    },
    isReached: (key, tier) =>
      tier === undefined ? [...reached].some((place) => place.startsWith(`${key} `)) : reached.has(`${key} ${tier}`),
  };
}

/** Lines of an account count together where their prices stand in one place of the text, as with `like`. */
export function tierKey(
  of: {
    readonly rule: string;
    readonly at: SourceLocation;
    readonly service: string;
    readonly subscriptionId: string;
  },
  { perAccount }: TieredPrice,
): string {
  return perAccount ? `${of.service} ${of.at.file}:${of.at.line}` : `${of.subscriptionId} ${of.rule}`;
}
