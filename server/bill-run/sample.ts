import { createHash } from 'node:crypto';
import { type AccountCycleState, type RunContext, type ShardAccount, toShardAccount } from './run-context.ts';

/** 1 % of the accounts, at least one and at most 200. */
export function sampleSize(accounts: number): number {
  return Math.min(200, Math.ceil(accounts / 100));
}

/** A sample of a run's accounts, chosen by a hash of run and account: the same in every attempt. */
export async function sampleOfRun(
  { db, run }: Pick<RunContext, 'db' | 'run'>,
  states: readonly AccountCycleState[],
): Promise<readonly ShardAccount[]> {
  const rows = await db('account_cycle')
    .where({ run_id: run.id })
    .whereIn('state', states as string[])
    .select('account_id', 'period_from', 'period_until', 'next_until');
  const digest = (accountId: string) => createHash('sha256').update(`${run.id} ${accountId}`).digest('hex');
  return rows
    .map((row) => ({ row, digest: digest(row.account_id) }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .slice(0, sampleSize(rows.length))
    .map(({ row }) => toShardAccount(row));
}
