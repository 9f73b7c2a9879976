/** Changes of plan, pauses and ends of a subscription at random, each of which becomes known in some run: before its day or long after. */
import fc from 'fast-check';
import type { Subscription } from '../../engine/model.ts';
import type { Pause } from '../../engine/subscription-changes.ts';

/** The subscription as a run knows it. */
export type DrawnLife = (run: number, begun: Subscription) => Subscription;

export type Told =
  | { readonly kind: 'plan change'; readonly from: string; readonly plan: string }
  | { readonly kind: 'plan change taken back'; readonly from: string }
  | { readonly kind: 'pause'; readonly from: string; readonly until: string | undefined }
  | { readonly kind: 'cancellation'; readonly on: string | undefined }
  | { readonly kind: 'activation'; readonly on: string };

const day = fc.constantFrom(
  ...['2026-04-20', '2026-05-01', '2026-05-17', '2026-05-31', '2026-06-01', '2026-06-02', '2026-06-15'],
  ...['2026-07-01', '2026-07-09', '2026-07-31', '2026-08-01', '2026-08-20', '2026-09-01', '2026-09-12'],
);
const laterDay = fc.option(
  fc.constantFrom('2026-05-20', '2026-06-01', '2026-06-16', '2026-07-10', '2026-08-01', '2026-08-25', '2026-10-01'),
  { nil: undefined },
);

export const told: fc.Arbitrary<Told> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('plan change' as const),
      from: day,
      plan: fc.constantFrom('flex', 'maxi'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('plan change taken back' as const), from: day }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const), from: day, until: laterDay }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancellation' as const), on: laterDay }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('activation' as const),
      on: fc.constantFrom('2026-03-11', '2026-05-01', '2026-06-09'),
    }),
  },
);

/** Half of the subscriptions live on unchanged. */
export const drawnLives: fc.Arbitrary<DrawnLife> = fc
  .oneof(fc.constant([]), fc.array(fc.record({ told, knownIn: fc.integer({ min: 0, max: 4 }) }), { maxLength: 4 }))
  .map(
    (all) => (run: number, begun: Subscription) =>
      all
        .filter(({ knownIn }) => knownIn <= run)
        .sort((a, b) => a.knownIn - b.knownIn)
        .reduce((life, one) => changed(life, one.told), begun),
  );

function changed(life: Subscription, told: Told): Subscription {
  const { planChanges = [], pauses = [], cancelledOn: _, ...uncancelled } = life;
  const changes = planChanges.filter(({ from }) => !('from' in told) || from !== told.from);
  switch (told.kind) {
    case 'plan change':
      return { ...life, planChanges: inOrder([...changes, { from: told.from, plan: told.plan }]) };
    case 'plan change taken back':
      return { ...life, planChanges: changes };
    case 'pause':
      return { ...life, pauses: paused(pauses, told.from, told.until) };
    case 'cancellation':
      return told.on === undefined ? uncancelled : { ...uncancelled, cancelledOn: told.on };
    case 'activation':
      return { ...life, activatedOn: told.on };
  }
}

/** A pause that begins on the same day gets another end; one that would overlap with another is refused. */
function paused(pauses: readonly Pause[], from: string, until: string | undefined): readonly Pause[] {
  if (until !== undefined && until <= from) return pauses;
  const others = pauses.filter((pause) => pause.from !== from);
  const isFree = others.every(
    (pause) => (until !== undefined && until <= pause.from) || (pause.until !== undefined && pause.until <= from),
  );
  if (!isFree) return pauses;
  return inOrder([...others, { from, ...(until !== undefined && { until }) }]);
}

function inOrder<T extends { readonly from: string }>(all: readonly T[]): readonly T[] {
  return [...all].sort((a, b) => (a.from < b.from ? -1 : 1));
}
