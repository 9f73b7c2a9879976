/** Which terms a subscription has when: the versions of its plan that apply to it, with its contract before them. */
import { startOfAccountDay } from './account-days.ts';
import { type AgreedPeriod, type AgreedPlan, clip, contractsOf, withContract } from './contracts.ts';
import type { Fee } from './fee.ts';
import type { AccountCycle, EpochMs, LocalDate, Subscription } from './model.ts';
import { onceOfEach } from './once-of.ts';
import { later } from './period.ts';
import type { Plan, RuleSet } from './rule-set.ts';

export interface PlanVersion {
  readonly plan: AgreedPlan;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

type Holder = Pick<AccountCycle, 'account' | 'customer'>;

/** What a subscription's usage is rated by, in time order. */
export function planVersions(
  { account, customer }: Holder,
  subscription: Subscription,
  document: RuleSet,
): readonly PlanVersion[] {
  return agreedPlans(document, subscription, customer.id).map(({ plan, from, until }) => ({
    plan,
    from: startOfAccountDay(account, from),
    until: until === undefined ? Number.POSITIVE_INFINITY : startOfAccountDay(account, until),
  }));
}

export function versionAt(versions: readonly PlanVersion[], at: EpochMs): PlanVersion | undefined {
  return versions.findLast((version) => version.from <= at && at < version.until);
}

/** The terms in force on a local day, for what recurs. */
export function planOn(agreed: readonly AgreedPeriod[], date: LocalDate): AgreedPlan | undefined {
  return agreed.findLast(({ from, until }) => from <= date && (until === undefined || date < until))?.plan;
}

/** The versions of a plan, also under the name that it had before. */
export const versionsOf = onceOfEach((document: RuleSet, planId: string): readonly Plan[] =>
  document.plans
    .filter((plan) => plan.id === planId || plan.renamedFrom === planId)
    .sort((a, b) => (a.from < b.from ? -1 : 1)),
);

/** The name that rules know a plan by, also for who still has it under the name before. */
export function currentName(document: RuleSet, planId: string): string {
  return versionsOf(document, planId)[0]?.id ?? planId;
}

/**
 * The terms of a subscription in time order. A plan that is changed to counts as accepted on the first day on it. A later version of the plan replaces an earlier one from its first day on,
 * unless it is for newer subscriptions or the earlier one is locked for this one.
 */
export function agreedPlans(
  document: RuleSet,
  subscription: Pick<Subscription, 'plan' | 'acceptedOn' | 'planChanges'>,
  customerId: string,
): readonly AgreedPeriod[] {
  const known = agreed.get(subscription);
  if (known?.document === document && known.customerId === customerId) return known.periods;
  const periods = agreeOn(document, subscription, customerId);
  agreed.set(subscription, { document, customerId, periods });
  return periods;
}

/** Every stage of a bill asks for the same. */
const agreed = new WeakMap<
  object,
  { readonly document: RuleSet; readonly customerId: string; readonly periods: readonly AgreedPeriod[] }
>();

function agreeOn(
  document: RuleSet,
  subscription: Pick<Subscription, 'plan' | 'acceptedOn' | 'planChanges'>,
  customerId: string,
): readonly AgreedPeriod[] {
  const { acceptedOn, plan, planChanges = [] } = subscription;
  return [undefined, ...planChanges].flatMap((change, index) => {
    const terms = change ? { plan: change.plan, acceptedOn: later(acceptedOn, change.from) } : { plan, acceptedOn };
    return clip(termsOf(document, terms, customerId), change?.from, planChanges[index]?.from);
  });
}

/** The terms of one plan for who has accepted it on a day. */
function termsOf(
  document: RuleSet,
  { plan: planId, acceptedOn }: Pick<Subscription, 'plan' | 'acceptedOn'>,
  customerId: string,
): readonly AgreedPeriod[] {
  const open = versionsOf(document, planId).filter((plan) => isFor(plan, acceptedOn));
  const versions = open.map((plan, index): AgreedPeriod => {
    const next = open[index + 1]?.from;
    const until = next !== undefined && (plan.until === undefined || next < plan.until) ? next : plan.until;
    return { plan: ofSubscription(plan, acceptedOn), from: plan.from, until };
  });
  const own = open[0]?.id ?? planId;
  return contractsOf(document, customerId)
    .filter((contract) => contract.plan === own)
    .reduce((agreed, contract) => withContract(agreed, contract), keepLocked(versions, acceptedOn));
}

function isFor({ subscriptionsFrom }: Pick<Plan | Fee, 'subscriptionsFrom'>, acceptedOn: LocalDate): boolean {
  return subscriptionsFrom === undefined || subscriptionsFrom <= acceptedOn;
}

/** Of fees with one name, the one for the newest subscriptions that this one still belongs to. */
function ofSubscription(plan: Plan, acceptedOn: LocalDate): Plan {
  if (plan.fees.every((fee) => fee.subscriptionsFrom === undefined)) return plan;
  const open = plan.fees.filter((fee) => isFor(fee, acceptedOn));
  const newest = ({ name }: Fee) =>
    open
      .filter((fee) => fee.name === name)
      .reduce((best, fee) => ((fee.subscriptionsFrom ?? '') > (best.subscriptionsFrom ?? '') ? fee : best));
  return { ...plan, fees: open.filter((fee) => newest(fee) === fee) };
}

/** `price locked until`: the version in force when the subscription was accepted outlasts those that follow. */
function keepLocked(versions: readonly AgreedPeriod[], acceptedOn: LocalDate): readonly AgreedPeriod[] {
  const accepted = versions.findLast(({ from }) => from <= acceptedOn) ?? versions[0];
  const lockedUntil = accepted?.plan.lockedUntil;
  if (!accepted || lockedUntil === undefined) return versions;
  return versions.flatMap((version) => {
    if (version.from <= accepted.from || version.from >= lockedUntil) return [version];
    const ends = version.until !== undefined && version.until <= lockedUntil;
    return [
      { plan: accepted.plan, from: version.from, until: ends ? version.until : lockedUntil },
      ...(ends ? [] : [{ ...version, from: later(version.from, lockedUntil) }]),
    ];
  });
}
