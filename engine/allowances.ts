/** Allowances: what a cycle grants, in which order it is used up, and what is left for the next cycles. */
import type { AgreedPlan } from './contracts.ts';
import { cycleNumber, shareOf, startOfCycle } from './cycles.ts';
import { type Group, groupsOf, type Line } from './groups.ts';
import type { AccountCycle, AllowanceBalance, LocalDate, Subscription } from './model.ts';
import type { Rational } from './money.ts';
import { daysIn, intersect, type Period } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { Allowance, RuleSet } from './rule-set.ts';
import { tenuresOf } from './tenures.ts';
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
 * Balances that an account may use in the cycle. Each line uses the oldest grant first, then as declared. A plan
 * grants as it stands on its first day in the cycle; what a part cycle grants goes by its days.
 */
export function openBalances(cycle: AccountCycle, document: RuleSet): OpenBalances {
  const lines = cycle.subscriptions.map((subscription) => ({
    subscription,
    plans: plansIn(cycle, subscription, document),
  }));
  const own = lines.map(({ subscription, plans }) => {
    const grants = plans.flatMap((line) => grantsOf(line.plan, false, line.active, cycle));
    const known = plans.flatMap(({ plan }) => allowancesOf(plan));
    return { subscription, known, open: openFor(subscription.id, grants, known, cycle) };
  });
  const groups = groupsOf(lines.flatMap(({ plans }) => plans)).map((group) => ({
    group,
    open: openForGroup(group, cycle),
  }));
  const bySubscription = own.map(({ subscription, known, open }) => {
    const shared = groups.flatMap((one) => (one.group.members.includes(subscription) ? one.open : []));
    return [subscription.id, [...open, ...shared].sort(inOrderOfUse(known))] as const;
  });
  return {
    bySubscription: new Map(bySubscription),
    remaining: () => [
      ...own.flatMap(({ subscription, open }) => remainingOf(open, [subscription.cancelledOn], cycle)),
      ...groups.flatMap(({ group, open }) => remainingOf(open, group.ends, cycle)),
    ],
  };
}

/** The plans that a line has in the cycle, one after the other; without a day of service that of the cycle's first day. */
function plansIn(cycle: AccountCycle, subscription: Subscription, document: RuleSet): readonly Line[] {
  const { bounds, customer } = cycle;
  const agreed = agreedPlans(document, subscription, customer.id);
  const tenures = tenuresOf(subscription).filter(({ from, until }) => daysIn(intersect(bounds, { from, until })) > 0);
  if (tenures.length === 0)
    return [{ subscription, active: [], plan: planOn(agreed, bounds.from), endsOn: subscription.cancelledOn }];
  return [...new Set(tenures.map(({ acceptedOn }) => acceptedOn))].map((acceptedOn) => {
    const own = tenures.filter((tenure) => tenure.acceptedOn === acceptedOn);
    const active = own.map(({ from, until }) => intersect(bounds, { from, until }));
    const last = own.at(-1);
    const endsOn = last?.endsBy === 'pause' ? undefined : last?.until;
    return { subscription, active, plan: planOn(agreed, active[0]?.from ?? bounds.from), endsOn };
  });
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

function openForGroup({ members, plan, active }: Group, cycle: AccountCycle): readonly OpenBalance[] {
  const grants = grantsOf(plan, true, active, cycle);
  const used = new Map(grants.map(({ allowance: { id } }) => [allowanceKey(id), new Map<string, number>()]));
  return openFor(cycle.account.id, grants, allowancesOf(plan), cycle).map((open) => {
    const usedByMember = used.get(open.key);
    return members.length > 0 && usedByMember ? { ...open, usedByMember } : open;
  });
}

interface Grant {
  readonly allowance: Allowance;
  readonly quantity: number;
  readonly grantedOn: LocalDate;
}

/** What a plan grants for the days of the cycle on which somebody has it: to the line, or to its group. */
function grantsOf(
  plan: AgreedPlan | undefined,
  shared: boolean,
  active: readonly Period[],
  { account, bounds }: AccountCycle,
): readonly Grant[] {
  const share = (days: readonly Period[]) => shareOf(account, bounds, days).share;
  return (plan?.allowances ?? [])
    .filter(({ sharedByGroup }) => (sharedByGroup !== undefined) === shared)
    .map((allowance) => ({
      allowance,
      quantity:
        active.length === 0 ? 0 : partOf(allowance, allowance.prorated === 'never' ? share([bounds]) : share(active)),
      grantedOn: active[0]?.from ?? bounds.from,
    }));
}

/** Rounded down to the base unit. A bridging cycle grants for its days whatever the plan says. */
function partOf({ quantity }: Allowance, { n, d }: Rational): number {
  return Number((BigInt(quantity) * n) / d);
}

function openFor(
  holder: string,
  grants: readonly Grant[],
  known: readonly Allowance[],
  cycle: AccountCycle,
): readonly OpenBalance[] {
  const kept = cycle.balances
    .filter((balance) => balance.subscriptionId === holder && balance.expiresOn > cycle.bounds.from)
    .map((balance) => {
      const allowance = known.find((one) => isLeftOf(balance.allowance, one));
      return { balance, allowance, key: allowanceKey(allowance?.id ?? balance.allowance) };
    });
  const fresh = grants.map(({ allowance, quantity, grantedOn }) => ({
    allowance,
    key: allowanceKey(allowance.id),
    balance: {
      subscriptionId: holder,
      allowance: allowance.id,
      service: allowance.service,
      remaining: quantity,
      grantedOn,
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
  ends: readonly (LocalDate | undefined)[],
  { bounds: { until } }: AccountCycle,
): readonly AllowanceBalance[] {
  if (ends.every((endsOn) => endsOn !== undefined && endsOn <= until)) return [];
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

/** The first cycle that can no longer use what this one grants. */
function expiry({ account, bounds }: AccountCycle, allowance: Allowance): string {
  if (allowance.rolloverCycles === 0) return bounds.until;
  if (allowance.rolloverCycles === 1) return bounds.nextUntil;
  return startOfCycle(account, cycleNumber(account, bounds.from) + 1 + allowance.rolloverCycles);
}
