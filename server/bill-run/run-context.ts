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

export type AccountCycleState = 'open' | 'held' | 'clear' | 'rejected' | 'invoiced';

export interface ShardAccount {
  readonly accountId: string;
  readonly bounds: CycleBounds;
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
