import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { toTimestamp } from './engagement-deps.ts';
import { nextDue, quietTick, runDue, type TickDeps, type TickReport } from './tick.ts';

/** The time that everything in the server goes by. */
export interface Clock {
  readonly read: () => Promise<{
    readonly now: EpochMs /** A test clock stands still until it is moved. */;
    readonly test: boolean;
  }>;
}

/** The test clock if the books have one, else the system's. */
export function createClock(db: Knex, systemNow: () => EpochMs): Clock {
  return {
    read: async () => {
      const row = await db('test_clock').first<{ now: Date } | undefined>('now');
      return row === undefined ? { now: systemNow(), test: false } : { now: row.now.getTime(), test: true };
    },
  };
}

/** Gives the books a test clock, for a demo or a simulation; one that they have already stays where it is. */
export async function startTestClock(db: Knex, now: EpochMs): Promise<void> {
  await db('test_clock')
    .insert({ now: toTimestamp(now) })
    .onConflict('one')
    .ignore();
}

export type Advance =
  | { readonly kind: 'advanced'; readonly now: EpochMs; readonly moments: number; readonly report: TickReport }
  | {
      readonly kind: 'refused';
      readonly reason: 'no test clock' | 'backwards' | 'too many moments';
      readonly now: EpochMs;
    };

/** So many moments are years of a large operator; whoever means it moves the clock in two goes. */
const usuallyMostMoments = 20_000;

/**
 * Moves the test clock forward. It stops at every moment at which something becomes due and does it there, in the order
 * of time, so that a year passes as it would have passed. After more than `mostMoments` of them it stays where it is.
 */
export async function advanceClock(deps: TickDeps, to: EpochMs, mostMoments = usuallyMostMoments): Promise<Advance> {
  // Two who move the clock at once would each do half a year: the second waits for the first, then sees where it stands.
  return deps.db.transaction(async (lock) => {
    await lock.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', ['test clock']);
    const row = await lock('test_clock').first<{ now: Date } | undefined>('now');
    if (row === undefined) return { kind: 'refused', reason: 'no test clock', now: to };
    const start = row.now.getTime();
    if (to < start) return { kind: 'refused', reason: 'backwards', now: start };
    return passTime(deps, start, to, mostMoments);
  });
}

async function passTime(deps: TickDeps, start: EpochMs, to: EpochMs, mostMoments: number): Promise<Advance> {
  let now = start;
  let report = await runDue(deps, now);
  for (let moments = 0; moments <= mostMoments; moments += 1) {
    const previous = now;
    const next = await nextDue(deps, now);
    now = next === undefined || next > to ? to : next;
    await deps.db('test_clock').update({ now: toTimestamp(now) });
    if (next === undefined || next > to) return { kind: 'advanced', now, moments, report };
    report = added(report, await runDue(deps, now, previous));
  }
  return { kind: 'refused', reason: 'too many moments', now };
}

function added(a: TickReport, b: TickReport): TickReport {
  const counts = Object.keys(quietTick).filter((name) => name !== 'failures') as Exclude<
    keyof TickReport,
    'failures'
  >[];
  const sums = Object.fromEntries(counts.map((name) => [name, a[name] + b[name]])) as Omit<TickReport, 'failures'>;
  return { ...sums, failures: [...new Set([...a.failures, ...b.failures])] };
}
