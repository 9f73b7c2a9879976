import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import { correctClosedAccounts } from '../corrections/closed-accounts.ts';
import { isOutage } from '../database/outage.ts';
import { trySessionLock } from '../database/session-lock.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { addJobs, isQueuedSql } from '../queue/jobs.ts';
import type { Tasks } from '../queue/worker.ts';
import type { UsageFormat } from '../usage/usage-formats.ts';
import { assignNumbers } from './assign-numbers.ts';
import { type BillRun, findBillRun, type RunStep } from './bill-run.ts';
import type { SourceChecks } from './check-sources.ts';
import { checkStep } from './check-step.ts';
import { collectStep } from './collect-step.ts';
import { invoiceShard } from './invoice-step.ts';
import { writeProgress } from './progress.ts';
import { fixUsageCut, rateShard } from './rate-step.ts';
import type { RunContext, ShardAccount } from './run-context.ts';
import { askForShards, enterStep, lockRun, moveOn, type Shard, workOnShard } from './run-shards.ts';
import { validateShard } from './validate-step.ts';

/** The steps whose work lies outside this folder. */
export interface RunEffects {
  readonly db: Knex;
  readonly loadRules: (hash: string) => Promise<LoadedRuleSet>;
  readonly settings: EngagementSettings;
  /** Whether a run waits for usage files that lack, or only says so; it waits if nothing is said. */
  readonly incompleteUsage?: SourceChecks['incompleteUsage'];
  /** Of sources that write usage files of their own. */
  readonly usageFormats: readonly UsageFormat[];
  /** Sends the run's messages. */
  readonly deliver: (context: RunContext) => Promise<void>;
  /** Writes the cycle report. */
  readonly report: (context: RunContext) => Promise<void>;
}

/**
 * Wants a run to go on from wherever it stands: after it was started, after it stopped with an error, or because held
 * accounts were released. Some worker does it; wanted several times it is done once.
 */
export async function askToGoOn(db: Knex, runId: string): Promise<void> {
  await db.transaction(async (trx) => {
    await trx('bill_run').where({ run_id: runId }).update({ asked: true, error: null });
    await addJobs(trx, 'bill run', [{ runId }]);
  });
}

/** What the workers of the queue do for bill runs. */
export function billRunTasks(effects: RunEffects): Tasks {
  return {
    'bill run': ({ runId }) => keepingErrors(effects.db, runId, () => takeOn(effects, runId)),
    ...shardTasks(effects),
  };
}

/** What a worker does that leaves all that is not cut into shards to others: it needs neither usage files nor a mail server. */
export function shardTasks(effects: RunEffects): Tasks {
  return {
    'bill run shard': (shard) => keepingErrors(effects.db, shard.runId, () => takeOnShard(effects, shard as Shard)),
  };
}

/** Asks again for every run that is to go on and of which nobody is asked anything: the queue may lose what it will. */
export async function lookAfterRuns(db: Knex): Promise<void> {
  const runs: string[] = await db('bill_run')
    .where((query) => query.whereNot({ step: 'done' }).orWhere({ asked: true }))
    .whereNull('error')
    .whereRaw(`not ${isQueuedSql}`)
    .pluck('run_id');
  await addJobs(
    db,
    'bill run',
    runs.map((runId) => ({ runId })),
  );
}

/** A step that cannot go on stops the run, with the reason; an outage of the database only puts it off. */
async function keepingErrors(db: Knex, runId: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isOutage(error)) throw error;
    await db('bill_run')
      .where({ run_id: runId })
      .whereNull('error')
      .update({ error: (error as Error).message });
  }
}

/**
 * Takes a run on until it is done or its step is cut into shards, which are then asked for. Every step can be killed and
 * repeated: what it did is in the database, what it had not done is still to do. One worker at a time does this for a run.
 */
async function takeOn(effects: RunEffects, runId: string): Promise<void> {
  await trySessionLock(effects.db, ['bill run', runId], async () => {
    for (;;) {
      const run = await findBillRun(effects.db, runId);
      if (!run || run.error !== null) return;
      if (run.step === 'done') {
        if (!(await resume(effects.db, runId))) return;
      } else if (await isWorkedInShards[run.step]({ ...(await contextOf(effects, run)) }, effects)) {
        return;
      } else {
        await moveOn(effects.db, runId, run.step);
      }
    }
  });
}

async function contextOf({ db, loadRules }: RunEffects, run: BillRun): Promise<RunContext> {
  return { db, run, rules: await loadRules(run.ruleSet), onProgress: writeProgress(db, run.id) };
}

type StepWork = (context: RunContext, effects: RunEffects) => Promise<boolean>;

const whole =
  (work: (context: RunContext, effects: RunEffects) => Promise<void>): StepWork =>
  async (context, effects) => {
    await work(context, effects);
    return false;
  };

/** Does a step, or prepares it and asks for its shards; says whether there are any. */
const isWorkedInShards: Readonly<Record<RunStep, StepWork>> = {
  collect: whole(collectStep),
  rate: async (context) => {
    await correctClosedAccounts(context.db, await fixUsageCut(context));
    return askForShards(context.db, context.run);
  },
  validate: ({ db, run }) => askForShards(db, run),
  invoice: async (context) => {
    await assignNumbers(context);
    return askForShards(context.db, context.run);
  },
  check: whole(checkStep),
  deliver: whole((context, effects) => effects.deliver(context)),
  report: whole((context, effects) => effects.report(context)),
};

async function takeOnShard(effects: RunEffects, shard: Shard): Promise<void> {
  const run = await findBillRun(effects.db, shard.runId);
  if (!run || run.step !== shard.step) return;
  const context = await contextOf(effects, run);
  await workOnShard(effects.db, shard, (trx, accounts) => shardWork(trx, context, effects, accounts));
}

function shardWork(
  trx: Knex.Transaction,
  context: RunContext,
  { settings }: RunEffects,
  accounts: readonly ShardAccount[],
): Promise<void> {
  switch (context.run.step) {
    case 'rate':
      return rateShard(trx, context, accounts);
    case 'validate':
      return validateShard(trx, context, accounts);
    case 'invoice':
      return invoiceShard(trx, context, settings, accounts);
    default:
      throw new Error(`The step "${context.run.step}" has no shards`);
  }
}

/** A run that is over goes on when it has taken in more accounts since, or when a person has released held ones. */
async function resume(db: Knex, runId: string): Promise<boolean> {
  return db.transaction(async (trx) => {
    await lockRun(trx, runId);
    await trx('bill_run').where({ run_id: runId }).update({ asked: false });
    const has = async (state: string) =>
      (await trx('account_cycle').where({ run_id: runId, state }).first('shard')) !== undefined;
    const step = (await has('open')) ? 'rate' : (await has('clear')) ? 'invoice' : undefined;
    if (step) await enterStep(trx, runId, 'done', step);
    return step !== undefined;
  });
}
