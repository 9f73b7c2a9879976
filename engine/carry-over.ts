/**
 * What a bill leaves for the cycles after it: allowances left over, credit, what counts towards commitments, and itself as
 * history. One place says so, for the invoices that a run issues and for the cycles that are evaluated once more.
 */
import { startOfAccountDay } from './account-days.ts';
import type { CommittedCycle, CreditBalance } from './carried.ts';
import { committedBy } from './commitments.ts';
import { creditsLeft, creditsOf } from './credit.ts';
import { costs } from './facts.ts';
import { guide } from './guide.ts';
import { levelsAfter } from './levels.ts';
import type { AccountCycle, AllowanceBalance, Bill, GuidedEvent, RatedUsage } from './model.ts';
import { formatAmount, parseDecimal, sum } from './money.ts';
import type { PastCycle } from './past-cycle.ts';
import type { RuleSet } from './rule-set.ts';
import { sessionsAfter } from './sessions.ts';
import { compareText } from './usage.ts';

export interface CarriedOver {
  readonly balances: readonly AllowanceBalance[];
  readonly credits: readonly CreditBalance[];
  readonly committed: readonly CommittedCycle[];
  readonly history: readonly PastCycle[];
}

export function carryOver(cycle: AccountCycle, rated: RatedUsage, bill: Bill, document: RuleSet): CarriedOver {
  return {
    balances: rated.balances,
    credits: creditsOf(bill),
    committed: committedBy(bill, cycle, document),
    history: pastCyclesOf(cycle, rated, bill),
  };
}

/**
 * A later cycle as it opens after `before`: what that left stands in place of what was known of it. Prepaid credit is
 * carried by `corrected-credit.ts`.
 */
export function openAfter(cycle: AccountCycle, before: AccountCycle, carried: CarriedOver): AccountCycle {
  const { from, until } = before.bounds;
  const follows = cycle.bounds.from === until;
  // What rejected bills would have used is left as it was.
  const opensWithIt = (cycle.unbilledFrom ?? cycle.bounds.from) === until;
  return {
    ...cycle,
    ...(opensWithIt && {
      balances: carried.balances,
      credits: creditsLeft(carried.credits, cycle.creditPaidOut ?? [], cycle.account.currency),
    }),
    ...(follows && {
      ...sessionsAfter(before, cycle),
      ...levelsAfter(before, [...guide(before).events.filter(({ late }) => !late), ...lateChanges(cycle)]),
    }),
    committed: [...(cycle.committed ?? []).filter((past) => past.from !== from), ...carried.committed].sort(
      (a, b) => compareText(a.commitment, b.commitment) || compareText(a.from, b.from),
    ),
    // The newest first, as the books are read.
    history: [...cycle.history.filter((past) => past.from !== from), ...carried.history].sort(
      (a, b) => compareText(a.subscriptionId, b.subscriptionId) || compareText(b.from, a.from),
    ),
  };
}

/** Late changes of levels that no cycle before counts: `cycle` opens with them. */
function lateChanges(cycle: AccountCycle): readonly GuidedEvent[] {
  const begin = startOfAccountDay(cycle.account, cycle.bounds.from);
  const late = [...cycle.usage, ...(cycle.tooLate ?? [])].filter(
    ({ change, startAt }) => change !== undefined && startAt < begin,
  );
  return late.length > 0 ? guide({ ...cycle, usage: late }).events : [];
}

function pastCyclesOf({ bounds: { from, until } }: AccountCycle, { totals }: RatedUsage, bill: Bill): PastCycle[] {
  const lines = bill.lines.filter(({ kind }) => costs(kind));
  const ids = new Set([...bill.lines, ...totals].map(({ subscriptionId }) => subscriptionId));
  return [...ids].map((subscriptionId) => {
    const own = <T extends { readonly subscriptionId: string }>(many: readonly T[]) =>
      many.filter((one) => one.subscriptionId === subscriptionId);
    const usage = Object.fromEntries(own(totals).map(({ service, quantity }) => [service, quantity]));
    const events = Object.fromEntries(own(totals).map((total) => [total.service, total.events]));
    const charges = formatAmount(sum(own(lines).map(({ amount }) => parseDecimal(amount))), bill.currency);
    return { subscriptionId, from, until, usage, events, charges };
  });
}
