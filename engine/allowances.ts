/** Allowances: what a cycle grants, in which order it is used up, and what is left for the next cycles. */
import type { AccountCycle, AllowanceBalance, Subscription } from './model.ts';
import { cycleIndex, cycleStart, daysIn, intersect } from './period.ts';
import { planOn } from './plans.ts';
import type { Allowance, RuleSet } from './rule-set.ts';
import { compareText } from './usage.ts';

/** A balance while the cycle uses it up. */
export interface OpenBalance {
  readonly balance: AllowanceBalance;
  /** The allowance as the plan states it; the title of a line comes from it. */
  readonly allowance: Allowance | undefined;
  remaining: number;
}

/**
 * Balances a subscription may use in the cycle, in the order of use: the oldest grant first, then as declared. The plan in
 * force at the cycle's start (or at activation) grants; a part cycle grants by its days, rounded down to the base unit.
 */
export function openBalances(
  cycle: AccountCycle,
  subscription: Subscription,
  document: RuleSet,
): readonly OpenBalance[] {
  const { bounds } = cycle;
  const active = intersect(bounds, { from: subscription.activatedOn, until: subscription.cancelledOn });
  const allowances = planOn(document, subscription.plan, active.from)?.allowances ?? [];
  const kept = cycle.balances
    .filter((balance) => balance.subscriptionId === subscription.id && balance.expiresOn > bounds.from)
    .map((balance) => ({ balance, allowance: allowances.find((one) => one.id === balance.allowance) }));
  const granted = allowances.map((allowance) => ({
    allowance,
    balance: {
      subscriptionId: subscription.id,
      allowance: allowance.id,
      service: allowance.service,
      remaining: grantOf(allowance, daysIn(active), daysIn(bounds)),
      grantedOn: active.from,
      expiresOn: expiry(cycle, allowance),
    },
  }));
  const declared = (one: { readonly balance: AllowanceBalance }) =>
    allowances.findIndex((allowance) => allowance.id === one.balance.allowance);
  return [...kept, ...granted]
    .sort((a, b) => compareText(a.balance.grantedOn, b.balance.grantedOn) || declared(a) - declared(b))
    .map((one) => ({ ...one, remaining: one.balance.remaining }));
}

/** What the next cycle opens with: every remainder that has not expired by then. A cancelled line keeps nothing. */
export function remainingBalances(
  open: readonly OpenBalance[],
  subscription: Subscription,
  cycle: AccountCycle,
): readonly AllowanceBalance[] {
  const { until } = cycle.bounds;
  if (subscription.cancelledOn !== undefined && subscription.cancelledOn <= until) return [];
  return open
    .filter(({ balance, remaining }) => remaining > 0 && balance.expiresOn > until)
    .map(({ balance, remaining }) => ({ ...balance, remaining }));
}

function grantOf(allowance: Allowance, activeDays: number, cycleDays: number): number {
  if (activeDays === 0) return 0;
  if (allowance.prorated === 'never' || activeDays === cycleDays) return allowance.quantity;
  return Number((BigInt(allowance.quantity) * BigInt(activeDays)) / BigInt(cycleDays));
}

/** The first cycle that can no longer use what this one grants. */
function expiry({ account, bounds }: AccountCycle, allowance: Allowance): string {
  if (allowance.rolloverCycles === 0) return bounds.until;
  if (allowance.rolloverCycles === 1) return bounds.nextUntil;
  return cycleStart(account.cycleDay, cycleIndex(account.cycleDay, bounds.from) + 1 + allowance.rolloverCycles);
}
