/** The flat fee of a first tier that is due without usage, where the plan says so. */
import { setsOf } from './contracts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, RatedLine, Subscription } from './model.ts';
import { formatExact, parseDecimal } from './money.ts';
import { onceOf } from './once-of.ts';
import type { RateOutcome } from './outcomes.ts';
import { agreedPlans, planOn } from './plans.ts';
import { isTiered } from './pricing/models.ts';
import type { StockRule } from './rule-set.ts';
import { activeDays } from './tenures.ts';
import { type TierCounts, tierKey } from './tier-counts.ts';
import { tierTitle, usageTitle } from './titles.ts';

/**
 * A line without events for each such fee that no usage has made due in the cycle. Of the prices of a service it is that for
 * everything else (`otherwise`): no usage is no usage anywhere in particular.
 */
export function firstTierFees(cycle: AccountCycle, tiers: TierCounts, rules: LoadedRuleSet): readonly RatedLine[] {
  if (!isSaid(rules)) return [];
  return cycle.subscriptions.flatMap((subscription) => {
    const [days] = activeDays(subscription, cycle.bounds);
    const plan = days && planOn(agreedPlans(rules.document, subscription, cycle.customer.id), days.from);
    if (!plan) return [];
    return Object.keys(plan.rates).flatMap((service) =>
      setsOf(plan, 'rates', service)
        .flatMap((set) => (rules.sets.get(set)?.set.rules ?? []) as readonly StockRule<RateOutcome>[])
        .flatMap((rule) => lineOf(rule, service, plan.id, subscription, tiers) ?? []),
    );
  });
}

function lineOf(
  { name, event }: StockRule<RateOutcome>,
  service: string,
  plan: string,
  { id }: Subscription,
  tiers: TierCounts,
): RatedLine | undefined {
  const { at, outcome, otherwise, title = usageTitle(name, service) } = event.params;
  const { price } = outcome;
  if (!otherwise || !isTiered(price) || price.firstFeeDue !== 'always') return undefined;
  const [first] = price.tiers;
  const key = tierKey({ rule: name, at, service, subscriptionId: id }, price);
  // By volume there is one tier for all, and its fee stands for the first one's.
  if (first?.flatFee === undefined || tiers.isReached(key, price.kind === 'volume' ? undefined : 0)) return undefined;
  if (!tiers.isFirstIn(key, 0)) return undefined;
  const isVolume = price.kind === 'volume';
  return {
    id: `${id}/${name}${isVolume ? '' : '/tier-1'}`,
    subscriptionId: id,
    service,
    plan,
    rule: name,
    at,
    title: isVolume ? title : tierTitle(title, 1),
    tier: 1,
    events: 0,
    quantity: 0,
    exact: formatExact(parseDecimal(first.flatFee)),
  };
}

/** Hardly any price list says so, and every cycle asks. */
const isSaid = onceOf(({ document }: LoadedRuleSet): boolean =>
  document.decisions.some(({ family, rules }) => family === 'rate' && rules.some(isDueAlways)),
);

function isDueAlways({ event }: StockRule): boolean {
  const { outcome } = event.params;
  return outcome.kind === 'rate' && isTiered(outcome.price) && outcome.price.firstFeeDue === 'always';
}
