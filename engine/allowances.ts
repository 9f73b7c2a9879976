/** Allowances: what a cycle grants, in which order it is used up, and what is left for the next cycles. */
import type { AgreedPlan } from './contracts.ts';
import { type Group, groupsOf } from './groups.ts';
import type { AccountCycle, AllowanceBalance, LocalDate, Subscription } from './model.ts';
import { cycleIndex, cycleStart, daysIn, intersect } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { Allowance, RuleSet } from './rule-set.ts';
import { compareText } from './usage.ts';

/** A balance while the cycle uses it up. */
export interface OpenBalance {
  readonly balance: AllowanceBalance;
  /** The allowance as the plan states it; the title of a line comes from it. */
  readonly allowance: Allowance | undefined;
  /** The same for an allowance in every version of its plan, and after it was renamed. */
  readonly key: string;
  remaining: number;
  /** What each line of the group has used of the allowance in this cycle, whenever it was granted. */
  readonly usedByMember?: Map<string, number>;
}

/** All balances of an account in a cycle. */
export interface OpenBalances {
  /** By subscription, in the order of use; what a group shares stands with each of its members. */
  readonly bySubscription: ReadonlyMap<string, readonly OpenBalance[]>;
  /** What the next cycle opens with: every remainder that has not expired by then. */
  readonly remaining: () => readonly AllowanceBalance[];
}

/**
 * Balances that an account may use in the cycle. Each line uses the oldest grant first, then as declared. The plan in
 * force at the cycle's start (or at activation) grants; a part cycle grants by its days, rounded down to the base unit.
 */
export function openBalances(cycle: AccountCycle, document: RuleSet): OpenBalances {
  const lines = cycle.subscriptions.map((subscription) => {
    const active = intersect(cycle.bounds, { from: subscription.activatedOn, until: subscription.cancelledOn });
    const plan = planOn(agreedPlans(document, subscription, cycle.customer.id), active.from);
    return { subscription, active, plan };
  });
  const own = lines.map(({ subscription, active, plan }) => {
    const granted = (plan?.allowances ?? []).filter((allowance) => !allowance.sharedByGroup);
    const open = openFor(subscription.id, granted, allowancesOf(plan), active, daysIn(active), cycle);
    return { subscription, plan, open };
  });
  const groups = groupsOf(lines, cycle.bounds).map((group) => ({ group, open: openForGroup(group, cycle) }));
  const bySubscription = own.map(({ subscription, plan, open }) => {
    const shared = groups.flatMap((one) => (one.group.members.includes(subscription) ? one.open : []));
    return [subscription.id, [...open, ...shared].sort(inOrderOfUse(allowancesOf(plan)))] as const;
  });
  return {
    bySubscription: new Map(bySubscription),
    remaining: () => [
      ...own.flatMap(({ subscription, open }) => remainingOf(open, [subscription], cycle)),
      ...groups.flatMap(({ group, open }) => remainingOf(open, group.members, cycle)),
    ],
  };
}

/** How much of a balance a line may still use. */
export function available({ allowance, remaining, usedByMember }: OpenBalance, subscriptionId: string): number {
  const atMost = allowance?.sharedByGroup?.atMostPerMember;
  if (atMost === undefined) return remaining;
  return Math.max(0, Math.min(remaining, atMost - (usedByMember?.get(subscriptionId) ?? 0)));
}

export function takeFrom(open: OpenBalance, subscriptionId: string, quantity: number): void {
  open.remaining -= quantity;
  open.usedByMember?.set(subscriptionId, (open.usedByMember.get(subscriptionId) ?? 0) + quantity);
}

/** `flex@2026-06-01.allowance.data` goes on what `flex.allowance.data` was. */
export function allowanceKey(id: string): string {
  return id.replace(/@\d{4}-\d{2}-\d{2}/, '');
}

/** Those that are granted, then those whose place a contract has taken: what was left of them can still be used. */
function allowancesOf(plan: AgreedPlan | undefined): readonly Allowance[] {
  return [...(plan?.allowances ?? []), ...(plan?.replaced ?? [])];
}

function openForGroup({ members, plan, shared, days, from }: Group, cycle: AccountCycle): readonly OpenBalance[] {
  const used = new Map(shared.map(({ id }) => [allowanceKey(id), new Map<string, number>()]));
  const active = { from, until: cycle.bounds.until };
  return openFor(cycle.account.id, shared, allowancesOf(plan), active, days, cycle).map((open) => {
    const usedByMember = used.get(open.key);
    return members.length > 0 && usedByMember ? { ...open, usedByMember } : open;
  });
}

function openFor(
  holder: string,
  granted: readonly Allowance[],
  known: readonly Allowance[],
  active: { readonly from: LocalDate },
  days: number,
  cycle: AccountCycle,
): readonly OpenBalance[] {
  const { bounds } = cycle;
  const kept = cycle.balances
    .filter((balance) => balance.subscriptionId === holder && balance.expiresOn > bounds.from)
    .map((balance) => {
      const allowance = known.find((one) => isLeftOf(balance.allowance, one));
      return { balance, allowance, key: allowanceKey(allowance?.id ?? balance.allowance) };
    });
  const fresh = granted.map((allowance) => ({
    allowance,
    key: allowanceKey(allowance.id),
    balance: {
      subscriptionId: holder,
      allowance: allowance.id,
      service: allowance.service,
      remaining: grantOf(allowance, days, daysIn(bounds)),
      grantedOn: active.from,
      expiresOn: expiry(cycle, allowance),
    },
  }));
  return [...kept, ...fresh].map((one) => ({ ...one, remaining: one.balance.remaining })).sort(inOrderOfUse(known));
}

function isLeftOf(id: string, { id: now, renamedFrom }: Allowance): boolean {
  const key = allowanceKey(id);
  return key === allowanceKey(now) || (renamedFrom !== undefined && key === allowanceKey(renamedFrom));
}

function inOrderOfUse(known: readonly Allowance[]): (a: OpenBalance, b: OpenBalance) => number {
  const declared = ({ key }: OpenBalance) => known.findIndex((allowance) => allowanceKey(allowance.id) === key);
  return (a, b) => compareText(a.balance.grantedOn, b.balance.grantedOn) || declared(a) - declared(b);
}

/** A cancelled line keeps nothing, nor does a group without a line. Where not all may be kept, the newest is. */
function remainingOf(
  open: readonly OpenBalance[],
  holders: readonly Subscription[],
  { bounds: { until } }: AccountCycle,
): readonly AllowanceBalance[] {
  if (holders.every(({ cancelledOn }) => cancelledOn !== undefined && cancelledOn <= until)) return [];
  const kept = new Map<string, number>();
  const left = open.toReversed().flatMap(({ balance, remaining, allowance, key }) => {
    if (balance.expiresOn <= until) return [];
    const before = kept.get(key) ?? 0;
    const room = (allowance?.rolloverAtMost ?? Number.POSITIVE_INFINITY) - before;
    const rest = Math.min(remaining, room);
    kept.set(key, before + Math.max(0, rest));
    return rest > 0 ? [{ ...balance, remaining: rest }] : [];
  });
  return left.toReversed();
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
