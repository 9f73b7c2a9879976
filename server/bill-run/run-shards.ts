import type { Knex } from 'knex';
import { addJobs } from '../queue/jobs.ts';
import { type BillRun, type RunStep, runSteps } from './bill-run.ts';
import { type AccountCycleState, type ShardAccount, toShardAccount } from './run-context.ts';
import { sampleOfRun } from './sample.ts';

/** The steps that are cut into shards, with the states of the accounts that they are about. */
const shardedSteps: Readonly<Partial<Record<RunStep, readonly AccountCycleState[]>>> = {
  rate: ['open'],
  validate: ['held', 'clear'],
  invoice: ['clear'],
};

/** A sample is small: cut like this, the workers that there are end with it at the same time. */
const sampleShardSize = 20;

export interface Shard {
  readonly runId: string;
  readonly step: RunStep;
  readonly shard: number;
}

/**
 * Asks workers for all that is to do in a step. Its shards are stored when the step begins; later only those that are left
 * are asked for again.
 *
 * @returns whether there is anything to do.
 */
export async function askForShards(db: Knex, { id, step }: Pick<BillRun, 'id' | 'step'>): Promise<boolean> {
  return db.transaction(async (trx) => {
    await lockRun(trx, id);
    // Who did its last shard meanwhile has taken the run on.
    if (!(await trx('bill_run').where({ run_id: id, step }).first('step'))) return false;
    const left = () => trx('run_shard').where({ run_id: id, step, done: false }).orderBy('shard').pluck('shard');
    let shards: number[] = await left();
    if (shards.length === 0) {
      // Those of an earlier round of the step, before held accounts were released, are all done: nobody holds their rows.
      await trx('run_shard').where({ run_id: id, step }).delete();
      await (step === 'validate' ? storeSampleShards(trx, id) : storeShards(trx, id, step as RunStep));
      shards = await left();
    }
    await addJobs(
      trx,
      'bill run shard',
      shards.map((shard) => ({ runId: id, step, shard })),
    );
    return shards.length > 0;
  });
}

async function storeShards(trx: Knex.Transaction, runId: string, step: RunStep): Promise<void> {
  await trx.raw(
    `insert into run_shard (run_id, step, shard, accounts)
     select run_id, ?, shard, count(*) from account_cycle where run_id = ? and state = any(?)
       and (state <> 'clear' or invoice_number is not null) group by run_id, shard`,
    [step, runId, [...statesOf(step)]],
  );
}

async function storeSampleShards(trx: Knex.Transaction, runId: string): Promise<void> {
  const sample = (await sampleOfRun(trx, runId, statesOf('validate'))).map(({ accountId }) => accountId);
  const rows = Array.from({ length: Math.ceil(sample.length / sampleShardSize) }, (_, shard) => {
    const accounts = sample.slice(shard * sampleShardSize, (shard + 1) * sampleShardSize);
    return { run_id: runId, step: 'validate', shard, accounts: accounts.length, sample: accounts };
  });
  if (rows.length > 0) await trx('run_shard').insert(rows);
}

function statesOf(step: RunStep): readonly AccountCycleState[] {
  return shardedSteps[step] ?? [];
}

/**
 * Works on a shard in one transaction, unless it is done, or another worker is at it, or the run has stopped or gone on. Who
 * does the last shard of a step takes the run on: that is decided in the database, one after the other.
 */
export async function workOnShard(
  db: Knex,
  { runId, step, shard }: Shard,
  work: (trx: Knex.Transaction, accounts: readonly ShardAccount[]) => Promise<void>,
): Promise<void> {
  await db.transaction(async (trx) => {
    const claimed = await trx('run_shard')
      .where({ run_id: runId, step, shard, done: false })
      .whereExists(trx('bill_run').where({ run_id: runId, step, error: null }).select(trx.raw('1')))
      .forUpdate()
      .skipLocked()
      .first('sample');
    if (!claimed) return;
    const rows = await trx('account_cycle')
      .where({ run_id: runId })
      .whereIn('state', statesOf(step) as string[])
      .modify((query) => (claimed.sample ? query.whereIn('account_id', claimed.sample) : query.where({ shard })))
      .modify((query) => step === 'invoice' && query.whereNotNull('invoice_number'))
      .select('account_id', 'period_from', 'period_until', 'next_until')
      .orderBy(['account_id', 'period_from']);
    if (rows.length > 0) await work(trx, rows.map(toShardAccount));
    await lockRun(trx, runId);
    await trx('run_shard').where({ run_id: runId, step, shard }).update({ done: true });
    const left = await trx('run_shard').where({ run_id: runId, step, done: false }).first('shard');
    if (left) return;
    await moveOn(trx, runId, step);
    await addJobs(trx, 'bill run', [{ runId }]);
  });
}

/** From a step to the next; nothing happens if the run is not in it any more. */
export async function moveOn(db: Knex, runId: string, step: RunStep): Promise<void> {
  await enterStep(db, runId, step, runSteps[runSteps.indexOf(step) + 1] ?? 'done');
}

export async function enterStep(db: Knex, runId: string, from: BillRun['step'], to: BillRun['step']): Promise<void> {
  await db('bill_run')
    .where({ run_id: runId, step: from })
    .update({ step: to, step_started_at: db.fn.now(), step_done: null, step_total: null, error: null });
}

/** Until the transaction ends. Invoices refer to the run while it is locked. */
export async function lockRun(trx: Knex.Transaction, runId: string): Promise<void> {
  await trx('bill_run').where({ run_id: runId }).forNoKeyUpdate().first('run_id');
}
