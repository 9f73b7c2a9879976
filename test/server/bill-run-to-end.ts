import { askToGoOn, billRunTasks, lookAfterRuns, type RunEffects } from '../../server/bill-run/advance.ts';
import { followRun } from '../../server/bill-run/follow-run.ts';
import { startWorker } from '../../server/queue/worker.ts';

/** Bills with a worker of the test's own. Throws the Error that stops the run. */
export async function billRunToEnd(effects: Omit<RunEffects, 'usageFormats'>, runId: string): Promise<void> {
  const worker = await startWorker({
    db: effects.db,
    // Usage that tests put into the books comes without header and trailer.
    tasks: billRunTasks({ incompleteUsage: 'flag', usageFormats: [], ...effects }),
    lookAfter: () => lookAfterRuns(effects.db),
    onError: () => {},
  });
  try {
    await askToGoOn(effects.db, runId);
    await followRun(effects.db, runId);
  } finally {
    await worker.stop();
  }
}
