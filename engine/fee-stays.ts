/** The stretches of a subscription's life that fees are due for: its tenures, by what its plans say of the last day. */
import type { AgreedPeriod } from './contracts.ts';
import type { LocalDate, Subscription } from './model.ts';
import { addDays } from './period.ts';
import { agreedPlans, planOn } from './plans.ts';
import { policyOf } from './policies.ts';
import type { RuleSet } from './rule-set.ts';
import { type Tenure, tenuresOf } from './tenures.ts';

/** Days that are charged, half-open. */
export interface FeeStay {
  readonly agreed: readonly AgreedPeriod[];
  readonly from: LocalDate;
  readonly until?: LocalDate;
  /** The days of the plan change, pause or cancellation: bills know it from then on. */
  readonly startsOn: LocalDate;
  readonly endsOn?: LocalDate;
  /** Begins with the subscription. */
  readonly isFirst: boolean;
}

export function feeStays(subscription: Subscription, customerId: string, document: RuleSet): readonly FeeStay[] {
  const tenures = tenuresOf(subscription).map((tenure) => {
    const agreed = agreedPlans(document, tenure, customerId);
    return { tenure, agreed, lastDay: billedAfter(tenure, agreed) };
  });
  return tenures.map(({ tenure, agreed, lastDay }, index) => {
    const { from, until } = tenure;
    const before = tenures[index - 1];
    // The day of a plan change is charged once, by the old plan or by the new.
    const isTaken = before?.lastDay === 1 && before.tenure.until === from;
    return {
      agreed,
      from: isTaken ? addDays(from, 1) : from,
      startsOn: from,
      isFirst: index === 0,
      ...(until !== undefined && { until: addDays(until, lastDay), endsOn: until }),
    };
  });
}

/** Days after the last one with service that are charged as well. */
function billedAfter({ until, endsBy }: Tenure, agreed: readonly AgreedPeriod[]): 0 | 1 {
  if (until === undefined) return 0;
  const plan = planOn(agreed, addDays(until, -1));
  if (endsBy === 'cancellation') return policyOf(plan, 'cancellationDay') === 'billed' ? 1 : 0;
  return endsBy === 'plan change' && policyOf(plan, 'planChangeDay') === 'old plan' ? 1 : 0;
}
