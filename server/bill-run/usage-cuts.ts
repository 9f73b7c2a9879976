import type { Knex } from 'knex';

/**
 * The last delivery that counts for the next rating of each account: the run's cut, unless a cycle of the account was rated again with what came
 * after it. Nothing that one bill of an account knows is unknown to the next one.
 */
export async function usageCuts(
  db: Knex,
  accountIds: readonly string[],
  runCut: number,
): Promise<(accountId: string) => number> {
  const rows: { account_id: string; last: number }[] = await db('account_cycle')
    .whereIn('account_id', accountIds)
    .where('usage_cut', '>', runCut)
    .groupBy('account_id')
    .select('account_id', db.raw('max(usage_cut) as last'));
  const later = new Map(rows.map(({ account_id, last }) => [account_id, last]));
  return (accountId) => later.get(accountId) ?? runCut;
}
