import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { type AccountCycleState, type ShardAccount, toShardAccount } from './run-context.ts';

/** 1 % of the accounts, at least one and at most 200. */
export function sampleSize(accounts: number): number {
  return Math.min(200, Math.ceil(accounts / 100));
}

/** A sample of a run's accounts, chosen by a hash of run and account: the same in every attempt. */
export async function sampleOfRun(
  db: Knex,
  runId: string,
  states: readonly AccountCycleState[],
): Promise<readonly ShardAccount[]> {
  const rows = await db('account_cycle')
    .where({ run_id: runId })
    .whereIn('state', states as string[])
    .select('account_id', 'period_from', 'period_until', 'next_until');
  const digest = (accountId: string) => createHash('sha256').update(`${runId} ${accountId}`).digest('hex');
  return rows
    .map((row) => ({ row, digest: digest(row.account_id) }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .slice(0, sampleSize(rows.length))
    .map(({ row }) => toShardAccount(row));
}
