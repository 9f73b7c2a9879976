/** Groups: the lines of one account that have one plan, where the plan shares an allowance among them. */
import type { AgreedPlan } from './contracts.ts';
import type { LocalDate, Subscription } from './model.ts';
import { later, type Period } from './period.ts';
import { compareText } from './usage.ts';

export interface Group {
  /** Those that have the plan in the cycle, or had. */
  readonly members: readonly Subscription[];
  /** The plan as it stands for the member that has it longest. */
  readonly plan: AgreedPlan;
  /** Days of the cycle on which some member is active; in order, and apart. */
  readonly active: readonly Period[];
  /** When the members leave, as far as it is known. */
  readonly ends: readonly (LocalDate | undefined)[];
}

/** A subscription while it has one plan. */
export interface Line {
  readonly subscription: Subscription;
  /** Days of the cycle. */
  readonly active: readonly Period[];
  readonly plan: AgreedPlan | undefined;
  /** The first day on which it no longer has the plan. */
  readonly endsOn: LocalDate | undefined;
}

export function groupsOf(lines: readonly Line[]): readonly Group[] {
  const byPlan = new Map<string, (Line & { readonly plan: AgreedPlan })[]>();
  for (const { plan, ...line } of lines) {
    if (!plan?.allowances.some(({ sharedByGroup }) => sharedByGroup)) continue;
    byPlan.set(plan.id, [...(byPlan.get(plan.id) ?? []), { ...line, plan }]);
  }
  return [...byPlan.values()].map((members) => {
    const oldest = members.reduce((first, one) => (compareAge(one.subscription, first.subscription) < 0 ? one : first));
    return {
      members: members.map(({ subscription }) => subscription),
      plan: oldest.plan,
      active: together(members.flatMap(({ active }) => active)),
      ends: members.map(({ endsOn }) => endsOn),
    };
  });
}

function compareAge(a: Subscription, b: Subscription): number {
  return compareText(a.acceptedOn, b.acceptedOn) || compareText(a.id, b.id);
}

/** The same days without overlap. */
function together(periods: readonly Period[]): readonly Period[] {
  const joined: Period[] = [];
  for (const { from, until } of [...periods].sort((a, b) => compareText(a.from, b.from))) {
    const last = joined.at(-1);
    if (last && from <= last.until) joined[joined.length - 1] = { from: last.from, until: later(last.until, until) };
    else joined.push({ from, until });
  }
  return joined;
}
