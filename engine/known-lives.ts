/**
 * The lives of an account's subscriptions as an earlier cycle should have known them.
 *
 * A bill knows activations before its cycle's end, and changes of plan, pauses and cancellations up to it (`fees.ts`). Of those days counts what is
 * known now; of what lies behind them a cycle keeps what it knew, so that a wish for the future changes nothing in what was billed.
 */
import type { AccountCycle, LocalDate, Subscription } from './model.ts';
import type { Pause } from './subscription-changes.ts';
import { compareText } from './usage.ts';

/** The cycle with all that is known of its days now; what else it found of customer and subscriptions stays. */
export function withKnownLives(cycle: AccountCycle, now: readonly Subscription[]): AccountCycle {
  const { until } = cycle.bounds;
  const known = cycle.subscriptions.map((one) => {
    const is = now.find(({ id }) => id === one.id);
    return is ? withLife(one, is, until) : one;
  });
  const registeredSince = now.filter(
    ({ id, activatedOn }) => activatedOn < until && !known.some((one) => one.id === id),
  );
  if (registeredSince.length === 0) return { ...cycle, subscriptions: known };
  const subscriptions = [...known, ...registeredSince].sort((a, b) => compareText(a.id, b.id));
  return { ...cycle, subscriptions };
}

function withLife(then: Subscription, now: Subscription, until: LocalDate): Subscription {
  const { cancelledOn, planChanges = [], pauses = [], ...kept } = then;
  const isOver = now.cancelledOn !== undefined && now.cancelledOn <= until;
  const end = isOver ? now.cancelledOn : ahead(cancelledOn, until);
  const changes = [...upTo(now.planChanges, until), ...after(planChanges, until)];
  const breaks = [...upTo(now.pauses, until).map((one) => endKnown(one, pauses, until)), ...after(pauses, until)];
  return {
    ...kept,
    activatedOn: now.activatedOn,
    ...(end !== undefined && { cancelledOn: end }),
    ...(changes.length > 0 && { planChanges: changes }),
    ...(breaks.length > 0 && { pauses: breaks }),
  };
}

/** The end of a pause after the cycle is what the cycle knew of it. */
function endKnown({ from, until: end }: Pause, then: readonly Pause[], until: LocalDate): Pause {
  if (end !== undefined && end <= until) return { from, until: end };
  const known = ahead(then.find((pause) => pause.from === from)?.until, until);
  return { from, ...(known !== undefined && { until: known }) };
}

function ahead(day: LocalDate | undefined, until: LocalDate): LocalDate | undefined {
  return day !== undefined && day > until ? day : undefined;
}

function upTo<T extends { readonly from: LocalDate }>(all: readonly T[] | undefined, until: LocalDate): readonly T[] {
  return (all ?? []).filter(({ from }) => from <= until);
}

function after<T extends { readonly from: LocalDate }>(all: readonly T[], until: LocalDate): readonly T[] {
  return all.filter(({ from }) => from > until);
}
