/** Benefits: what offers gave a subscription, as the discounts and the included usage that its bill takes in. */
import type { OpenBalance } from './allowances.ts';
import type { AccountCycle, Subscription } from './model.ts';
import type { DiscountOutcome } from './outcomes.ts';
import type { StockRule } from './rule-set.ts';

/** Discounts that are taken last, off what all others leave; each names the offer as its reason. */
export function benefitDiscounts(
  cycle: AccountCycle,
  subscription: Subscription,
  others: readonly string[],
): readonly StockRule<DiscountOutcome>[] {
  const own = benefitsOf(cycle, subscription).filter((benefit) => benefit.kind === 'discount');
  return own.map(({ rule, title, at, take, off, cap }, index) => ({
    name: rule,
    priority: 1,
    conditions: { all: [{ fact: 'always', operator: 'equal', value: true }] },
    event: {
      type: 'discount',
      params: {
        rank: others.length + index,
        title,
        at,
        outcome: {
          kind: 'discount',
          take,
          off,
          ...(cap && { cap }),
          after: [...others, ...own.slice(0, index).map((one) => one.rule)],
          beside: [],
        },
      },
    },
  }));
}

/** Usage that offers include in this one cycle, wherever it goes; it is used before what the plan includes. */
export function benefitBalances(cycle: AccountCycle, subscription: Subscription): readonly OpenBalance[] {
  const { bounds } = cycle;
  return benefitsOf(cycle, subscription).flatMap((benefit) => {
    if (benefit.kind !== 'allowance') return [];
    const { rule, title, at, service, quantity } = benefit;
    return [
      {
        key: rule,
        remaining: quantity,
        allowance: { id: rule, service, quantity, rolloverCycles: 0, prorated: 'never', title, at },
        balance: {
          subscriptionId: subscription.id,
          allowance: rule,
          service,
          remaining: quantity,
          grantedOn: bounds.from,
          expiresOn: bounds.until,
        },
      } satisfies OpenBalance,
    ];
  });
}

function benefitsOf({ benefits = [] }: AccountCycle, { id }: Subscription) {
  return benefits.filter(({ subscriptionId }) => subscriptionId === id);
}
