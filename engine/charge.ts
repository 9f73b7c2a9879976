/** Charge: the lines of the bill before discounts: recurring fees, then usage, line by line; each rounds once. */
import { type AgreedPeriod, type AgreedPlan, setsOf } from './contracts.ts';
import { rulesByName } from './decide/policy.ts';
import { feesOf } from './fees.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, ChargedLine, RatedLine, RatedUsage, Subscription } from './model.ts';
import { formatExact, parseDecimal, parseExact, roundToMinor } from './money.ts';
import type { RateOutcome } from './outcomes.ts';
import { addDays, later } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import { lineInWords } from './pricing/models.ts';
import type { RuleSet, ServiceDefinition } from './rule-set.ts';
import { quantityInWords } from './words.ts';

/** Lines of all subscriptions in their order; in each, fees before usage; those charged once before all others. */
export function charge(cycle: AccountCycle, usage: RatedUsage, rules: LoadedRuleSet): readonly ChargedLine[] {
  return cycle.subscriptions.flatMap((subscription, index) => {
    const agreed = agreedPlans(rules.document, subscription, cycle.customer.id);
    return [
      ...(index === 0 ? oneOffLines(cycle, subscription) : []),
      ...feeLines(cycle, subscription, rules.document),
      ...usage.lines
        .filter((line) => line.subscriptionId === subscription.id)
        .flatMap((line) => usageLine(line, cycle, subscription, agreed, rules)),
    ];
  });
}

/** Fees of the account stand with its first subscription: a line belongs to one. */
function oneOffLines({ oneOffFees = [] }: AccountCycle, subscription: Subscription): readonly ChargedLine[] {
  return oneOffFees.map(({ key, title, amount, chargedOn, fiscalCategory, rule, at, how }) => ({
    id: `${subscription.id}/${key}`,
    kind: 'fee',
    subscriptionId: subscription.id,
    title,
    from: chargedOn,
    until: addDays(chargedOn, 1),
    amount,
    exact: formatExact(parseDecimal(amount)),
    ...(fiscalCategory !== undefined && { fiscalCategory }),
    because: { rule, at, how },
  }));
}

function feeLines(cycle: AccountCycle, subscription: Subscription, document: RuleSet): readonly ChargedLine[] {
  return feesOf(cycle, subscription, document).map(({ kind, plan, fee, days, exact, how }) => ({
    id: `${subscription.id}/${fee.id}/${kind === 'fee' ? '' : 'refund/'}${days.from}`,
    kind,
    subscriptionId: subscription.id,
    title: fee.name,
    from: days.from,
    until: days.until,
    amount: roundToMinor(exact, plan.currency, plan.rounding),
    exact: formatExact(exact),
    ...(fee.fiscalCategory !== undefined && { fiscalCategory: fee.fiscalCategory }),
    because: { rule: fee.id, at: fee.at, how },
  }));
}

function usageLine(
  line: RatedLine,
  { bounds, account }: AccountCycle,
  subscription: Subscription,
  agreed: readonly AgreedPeriod[],
  rules: LoadedRuleSet,
): readonly ChargedLine[] {
  const { document } = rules;
  // A price belongs to one version of the plan, which need not be the one that the cycle began with.
  const plan =
    agreed.find((one) => rateOutcome(line, one.plan, rules))?.plan ??
    planOn(agreed, later(subscription.activatedOn, bounds.from)) ??
    agreed[0]?.plan;
  if (!plan) return [];
  const exact = parseExact(line.exact);
  const service = document.services.find((one) => one.name === line.service);
  return [
    {
      id: line.id,
      kind: line.allowance === undefined ? 'usage' : 'included usage',
      subscriptionId: line.subscriptionId,
      service: line.service,
      title: line.title,
      from: bounds.from,
      until: bounds.until,
      quantity: line.quantity,
      events: line.events,
      amount: roundToMinor(exact, account.currency, plan.rounding),
      exact: line.exact,
      because: { rule: line.rule, at: line.at, how: howOf(line, plan, rules, service?.measure ?? 'messages') },
    },
  ];
}

function howOf(line: RatedLine, plan: AgreedPlan, rules: LoadedRuleSet, measure: ServiceDefinition['measure']): string {
  const { creditEnded, ...whole } = line;
  if (line.how !== undefined) return line.how;
  if (creditEnded) return `${howOf(whole, plan, rules, measure)}, as far as credit goes`;
  const quantity = quantityInWords(line.quantity, measure, plan.currency);
  const events = `${line.events} ${line.events === 1 ? 'event' : 'events'}`;
  if (line.allowance !== undefined) return `${quantity} in ${events}, covered by ${line.allowance}`;
  const outcome = rateOutcome(line, plan, rules);
  if (!outcome) return `${quantity} in ${events}`;
  const { currency } = outcome;
  return lineInWords(outcome, line.tier, { quantity: line.quantity, events: line.events, currency, measure });
}

function rateOutcome({ rule, service }: RatedLine, plan: AgreedPlan, rules: LoadedRuleSet): RateOutcome | undefined {
  for (const id of setsOf(plan, 'rates', service)) {
    const loaded = rules.sets.get(id);
    const outcome = loaded && rulesByName(loaded.set).get(rule)?.event.params.outcome;
    if (outcome?.kind === 'rate') return outcome;
  }
  return undefined;
}
