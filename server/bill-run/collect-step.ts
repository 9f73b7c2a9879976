import { collectFolder } from '../usage/collect-folder.ts';
import { checkCompleteness } from '../usage/completeness.ts';
import { readSubscriberDirectory } from '../usage/subscriber-directory.ts';
import type { RunContext } from './run-context.ts';
import { storeExceptions } from './store-exceptions.ts';

/** Collects what mediation delivered, and says which deliveries are missing before anything is rated. */
export async function collectStep(context: RunContext): Promise<void> {
  const { db, run, rules } = context;
  if (run.usageFolder !== null) {
    const services = new Set(rules.document.services.map((service) => service.name));
    const directory = await readSubscriberDirectory(db);
    let done = 0;
    await collectFolder({ db, services, directory }, run.usageFolder, (records, total) => {
      done += records;
      context.onProgress({ step: 'collect', done, total, unit: 'records' });
    });
  }
  const exceptions = await checkCompleteness(db);
  await db.transaction((trx) =>
    storeExceptions(
      trx,
      exceptions.map((exception) => ({ exception, runId: run.id })),
    ),
  );
}
