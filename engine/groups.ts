/** Groups: the lines of one account that have one plan, where the plan shares an allowance among them. */
import type { AgreedPlan } from './contracts.ts';
import type { LocalDate, Subscription } from './model.ts';
import { daysIn, type Period } from './period.ts';
import type { Allowance } from './rule-set.ts';
import { compareText } from './usage.ts';

export interface Group {
  /** Those that are active in the cycle, or were. */
  readonly members: readonly Subscription[];
  /** The plan as it stands for the member that has it longest. */
  readonly plan: AgreedPlan;
  readonly shared: readonly Allowance[];
  /** The first day of the cycle on which some member is active. */
  readonly from: LocalDate;
  /** Days of the cycle on which some member is active. */
  readonly days: number;
}

export interface Line {
  readonly subscription: Subscription;
  /** Days of the cycle. */
  readonly active: Period;
  readonly plan: AgreedPlan | undefined;
}

export function groupsOf(lines: readonly Line[], bounds: Period): readonly Group[] {
  const byPlan = new Map<string, (Line & { readonly plan: AgreedPlan })[]>();
  for (const { plan, ...line } of lines) {
    if (!plan?.allowances.some(({ sharedByGroup }) => sharedByGroup)) continue;
    byPlan.set(plan.id, [...(byPlan.get(plan.id) ?? []), { ...line, plan }]);
  }
  return [...byPlan.values()].map((members) => {
    const oldest = members.reduce((first, one) => (compareAge(one.subscription, first.subscription) < 0 ? one : first));
    const active = members.filter((one) => daysIn(one.active) > 0).map((one) => one.active);
    return {
      members: members.map(({ subscription }) => subscription),
      plan: oldest.plan,
      shared: oldest.plan.allowances.filter(({ sharedByGroup }) => sharedByGroup),
      from: active.map(({ from }) => from).sort(compareText)[0] ?? bounds.from,
      days: daysTogether(active),
    };
  });
}

function compareAge(a: Subscription, b: Subscription): number {
  return compareText(a.acceptedOn, b.acceptedOn) || compareText(a.id, b.id);
}

/** Days on which at least one of the periods lies. */
function daysTogether(periods: readonly Period[]): number {
  let days = 0;
  let counted = '';
  for (const { from, until } of [...periods].sort((a, b) => compareText(a.from, b.from))) {
    const open = { from: from > counted ? from : counted, until };
    days += open.from < until ? daysIn(open) : 0;
    if (until > counted) counted = until;
  }
  return days;
}
