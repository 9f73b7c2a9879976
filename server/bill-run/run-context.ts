import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { CycleBounds } from '../../engine/model.ts';
import type { BillRun, RunStep } from './bill-run.ts';

/** How far a step is: `done` of `total` units. */
export interface StepProgress {
  readonly step: RunStep;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

/** What every step of a run needs. */
export interface RunContext {
  readonly db: Knex;
  readonly run: BillRun;
  readonly rules: LoadedRuleSet;
  readonly onProgress: (progress: StepProgress) => void;
}

export type AccountCycleState = 'open' | 'rated' | 'priced' | 'held' | 'clear' | 'rejected' | 'invoiced';

export interface ShardAccount {
  readonly accountId: string;
  readonly bounds: CycleBounds;
}

/**
 * Works through the run's account cycles that are in one state, a shard at a time, until none is left. A step moves each
 * account of its shard on in one transaction, so a killed step goes on with those it had not moved.
 */
export async function forEachShard(
  context: RunContext,
  state: AccountCycleState,
  size: number,
  work: (shard: readonly ShardAccount[]) => Promise<void>,
): Promise<void> {
  for (;;) {
    const rows = await context
      .db('account_cycle')
      .where({ run_id: context.run.id, state })
      .modify((query) => state === 'clear' && query.whereNotNull('invoice_number'))
      .select('account_id', 'period_from', 'period_until', 'next_until')
      .orderBy(['account_id', 'period_from'])
      .limit(size);
    if (rows.length === 0) return;
    await work(rows.map(toShardAccount));
  }
}

/** From a row of `account_cycle`. */
export function toShardAccount(row: {
  readonly account_id: string;
  readonly period_from: string;
  readonly period_until: string;
  readonly next_until: string;
}): ShardAccount {
  return {
    accountId: row.account_id,
    bounds: { from: row.period_from, until: row.period_until, nextUntil: row.next_until },
  };
}

/** How many of the run's account cycles are in the given states. */
export async function countAccounts(
  context: Pick<RunContext, 'db' | 'run'>,
  states?: readonly AccountCycleState[],
): Promise<number> {
  const query = context.db('account_cycle').where({ run_id: context.run.id });
  const row = await (states ? query.whereIn('state', states as string[]) : query).count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}
