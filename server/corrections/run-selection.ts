import type { Knex } from 'knex';

/** The accounts that a run has issued invoices to, and the first day of their first cycle; undefined for an unknown run. */
export async function runSelection(
  db: Knex,
  runId: string,
): Promise<{ readonly accounts: readonly string[]; readonly from: string } | undefined> {
  const run = await db('bill_run').where({ run_id: runId }).first('closes_from');
  if (!run) return undefined;
  const cycles: { account_id: string; period_from: string }[] = await db('account_cycle')
    .where({ run_id: runId, state: 'invoiced' })
    .orderBy('account_id')
    .select('account_id', 'period_from');
  const from = cycles.map(({ period_from }) => period_from).reduce((a, b) => (a < b ? a : b), run.closes_from);
  return { accounts: cycles.map(({ account_id }) => account_id), from };
}
