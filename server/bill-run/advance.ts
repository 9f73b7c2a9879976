import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import { withSessionLock } from '../database/session-lock.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { type BillRun, type RunStep, readBillRun, runSteps } from './bill-run.ts';
import { collectStep } from './collect-step.ts';
import { invoiceStep } from './invoice-step.ts';
import { priceStep } from './price-step.ts';
import { rateStep } from './rate-step.ts';
import type { RunContext, StepProgress } from './run-context.ts';
import { validateStep } from './validate-step.ts';

/** The steps whose work lies outside this folder. */
export interface RunEffects {
  readonly db: Knex;
  readonly loadRules: (hash: string) => Promise<LoadedRuleSet>;
  readonly settings: EngagementSettings;
  /** Sends the run's messages. */
  readonly deliver: (context: RunContext) => Promise<void>;
  /** Writes the cycle report. */
  readonly report: (context: RunContext) => Promise<void>;
  readonly onProgress: (progress: StepProgress) => void;
  readonly onStep?: (step: RunStep, state: 'start' | 'end') => void;
}

/**
 * Takes a bill run on from wherever it stands until it is done. Every step can be killed and repeated: what it did is
 * in the database, what it had not done is still to do. Only one process works on a run at a time; a second one waits
 * for the first to end, and then finds nothing left.
 *
 * @throws Error with the reason, which is also kept with the run, when a step cannot go on.
 */
export async function advanceBillRun(effects: RunEffects, runId: string): Promise<BillRun> {
  return withSessionLock(effects.db, ['bill run', runId], async () => {
    let run = await resume(effects.db, runId);
    const rules = await effects.loadRules(run.ruleSet);
    while (run.step !== 'done') {
      const step = run.step;
      effects.onStep?.(step, 'start');
      try {
        await work[step]({ db: effects.db, run, rules, onProgress: effects.onProgress }, effects);
      } catch (error) {
        await effects
          .db('bill_run')
          .where({ run_id: runId })
          .update({ error: (error as Error).message });
        throw error;
      }
      await effects
        .db('bill_run')
        .where({ run_id: runId })
        .update({ step: runSteps[runSteps.indexOf(step) + 1] ?? 'done', error: null });
      run = await readBillRun(effects.db, runId);
      effects.onStep?.(step, 'end');
    }
    return run;
  });
}

const work: Readonly<Record<RunStep, (context: RunContext, effects: RunEffects) => Promise<void>>> = {
  collect: collectStep,
  rate: rateStep,
  price: priceStep,
  validate: validateStep,
  invoice: (context, effects) => invoiceStep(context, effects.settings),
  deliver: (context, effects) => effects.deliver(context),
  report: (context, effects) => effects.report(context),
};

/** A run that was over goes on when it has taken in more accounts since, or when a person has released held ones. */
async function resume(db: Knex, runId: string): Promise<BillRun> {
  await db('bill_run')
    .where({ run_id: runId })
    .whereNot({ step: 'collect' })
    .whereExists(db('account_cycle').where({ run_id: runId, state: 'open' }).select(db.raw('1')))
    .update({ step: 'rate' });
  await db('bill_run')
    .where({ run_id: runId, step: 'done' })
    .whereExists(db('account_cycle').where({ run_id: runId, state: 'clear' }).select(db.raw('1')))
    .update({ step: 'invoice' });
  return readBillRun(db, runId);
}
