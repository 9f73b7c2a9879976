/** Tenures: the stretches of a subscription's life with service on one plan, between activation, plan changes, pauses and the end. */
import type { LocalDate, Subscription } from './model.ts';
import { intersect, later, type Period } from './period.ts';
import type { Pause } from './subscription-changes.ts';

/** Days, half-open; an absent end is open. */
export interface Tenure {
  readonly plan: string;
  /** Since when the customer has agreed to the plan. */
  readonly acceptedOn: LocalDate;
  readonly from: LocalDate;
  readonly until?: LocalDate;
  /** Why it ends; absent while it is open. */
  readonly endsBy?: 'cancellation' | 'plan change' | 'pause';
}

type Life = Pick<Subscription, 'plan' | 'acceptedOn' | 'activatedOn' | 'cancelledOn' | 'planChanges' | 'pauses'>;

/** In order of time. A subscription that is cancelled before it begins has none. */
export function tenuresOf(subscription: Life): readonly Tenure[] {
  const { acceptedOn, activatedOn, cancelledOn, pauses = [] } = subscription;
  const changes = (subscription.planChanges ?? []).filter(
    ({ from }) => activatedOn < from && (cancelledOn === undefined || from < cancelledOn),
  );
  const starts = [{ from: activatedOn, plan: planNameOn(subscription, activatedOn) }, ...changes];
  const stays = starts.map(({ from, plan }, index): Tenure => {
    const stay = { plan, from, acceptedOn: index === 0 ? acceptedOn : later(acceptedOn, from) };
    const next = starts[index + 1];
    if (next) return { ...stay, until: next.from, endsBy: 'plan change' };
    return { ...stay, ...(cancelledOn !== undefined && { until: cancelledOn, endsBy: 'cancellation' }) };
  });
  return pauses.reduce(interrupted, stays).filter(({ from, until }) => until === undefined || from < until);
}

/** The days of a period on which the subscription has service. */
export function activeDays(subscription: Life, within: Period): readonly Period[] {
  return tenuresOf(subscription)
    .map(({ from, until }) => intersect(within, { from, until }))
    .filter(({ from, until }) => from < until);
}

/** The plan that a subscription has on a day. */
export function planNameOn({ plan, planChanges }: Pick<Life, 'plan' | 'planChanges'>, date: LocalDate): string {
  return planChanges?.findLast(({ from }) => from <= date)?.plan ?? plan;
}

function interrupted(tenures: readonly Tenure[], pause: Pause): readonly Tenure[] {
  return tenures.flatMap((tenure) => {
    const isApart =
      (tenure.until !== undefined && tenure.until <= pause.from) ||
      (pause.until !== undefined && pause.until <= tenure.from);
    if (isApart) return [tenure];
    const before: Tenure = { ...tenure, until: pause.from, endsBy: 'pause' };
    return pause.until === undefined ? [before] : [before, { ...tenure, from: pause.until }];
  });
}
