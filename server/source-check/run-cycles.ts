import type { Knex } from 'knex';
import type { EpochMs, LocalDate } from '../../engine/model.ts';

/** A cycle that a run bills; half-open. */
export interface RunCycle {
  readonly accountId: string;
  readonly periodFrom: LocalDate;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** Something about the usage of a subscription that a person should look at before the cycle's invoice goes out. */
export interface Doubt {
  readonly subscriptionId: string;
  readonly cycle: RunCycle;
  /** A whole sentence. */
  readonly evidence: string;
}

/** By account, in the order of their ids; of one account only, if it is named. */
export async function readRunCycles(
  db: Knex,
  runId: string,
  accountId?: string,
): Promise<ReadonlyMap<string, RunCycle>> {
  const startOf = (day: string) =>
    db.raw('(extract(epoch from c.??::timestamp at time zone a.zone) * 1000)::float8 as ??', [
      day,
      day === 'period_from' ? 'from' : 'until',
    ]);
  const rows: { account_id: string; period_from: LocalDate; from: EpochMs; until: EpochMs }[] = await db(
    'account_cycle as c',
  )
    .join('billing_account as a', 'a.account_id', 'c.account_id')
    .where({ 'c.run_id': runId, ...(accountId !== undefined && { 'c.account_id': accountId }) })
    .orderBy('c.account_id')
    .select('c.account_id', 'c.period_from', startOf('period_from'), startOf('period_until'));
  return new Map(
    rows.map(({ account_id: accountId, period_from: periodFrom, from, until }) => [
      accountId,
      { accountId, periodFrom, from, until },
    ]),
  );
}

/** The doubt, where the account's cycle is billed by the run and the use is of it. */
export function doubtIn(
  cycles: ReadonlyMap<string, RunCycle>,
  {
    accountId,
    subscriptionId,
    at,
  }: { readonly accountId: string; readonly subscriptionId: string; readonly at: EpochMs },
  evidence: string,
): readonly Doubt[] {
  const cycle = cycles.get(accountId);
  return cycle && at >= cycle.from && at < cycle.until ? [{ subscriptionId, cycle, evidence }] : [];
}
