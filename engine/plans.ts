/** Which version of a plan is in force when. */
import type { EpochMs, LocalDate } from './model.ts';
import { startOfDay } from './period.ts';
import type { Plan, RuleSet } from './rule-set.ts';

export interface PlanVersion {
  readonly plan: Plan;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** The versions of a plan in time order; a later version replaces an earlier one from its first day on. */
export function planVersions(document: RuleSet, planId: string, zone: string): readonly PlanVersion[] {
  const plans = versionsOf(document, planId);
  return plans.map((plan, index) => {
    const next = plans[index + 1]?.from;
    const until = next !== undefined && (plan.until === undefined || next < plan.until) ? next : plan.until;
    return {
      plan,
      from: startOfDay(plan.from, zone),
      until: until === undefined ? Number.POSITIVE_INFINITY : startOfDay(until, zone),
    };
  });
}

export function versionAt(versions: readonly PlanVersion[], at: EpochMs): PlanVersion | undefined {
  return versions.findLast((version) => version.from <= at && at < version.until);
}

/** The version in force on a local day, for what recurs. */
export function planOn(document: RuleSet, planId: string, date: LocalDate): Plan | undefined {
  const plan = versionsOf(document, planId).findLast((version) => version.from <= date);
  return plan?.until !== undefined && plan.until <= date ? undefined : plan;
}

function versionsOf(document: RuleSet, planId: string): readonly Plan[] {
  return document.plans.filter((plan) => plan.id === planId).sort((a, b) => (a.from < b.from ? -1 : 1));
}
