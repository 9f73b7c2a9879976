import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { collectFolder } from '../usage/collect-folder.ts';
import { readCollectContext } from '../usage/read-collect-context.ts';
import type { UsageFormat } from '../usage/usage-formats.ts';
import { checkSources, type SourceChecks } from './check-sources.ts';
import { doubtAccounts } from './doubt-accounts.ts';
import type { RunContext } from './run-context.ts';

/**
 * Collects what mediation delivered, and doubts it before anything is rated.
 *
 * @throws Error saying what a person must decide before the run can go on.
 */
export async function collectStep(
  context: RunContext,
  {
    settings,
    incompleteUsage = 'wait',
    usageFormats,
  }: {
    readonly settings: Pick<EngagementSettings, 'companyZone'>;
    readonly incompleteUsage?: SourceChecks['incompleteUsage'];
    readonly usageFormats: readonly UsageFormat[];
  },
): Promise<void> {
  const { db, run, rules } = context;
  const known = await readCollectContext(db, rules.document, usageFormats);
  if (run.usageFolder !== null) {
    let done = 0;
    await collectFolder(known, run.usageFolder, (records, total) => {
      done += records;
      context.onProgress({ step: 'collect', done, total, unit: 'records' });
    });
  }
  await doubtAccounts(known, run.id);
  const waits = await checkSources(context, { zone: settings.companyZone, incompleteUsage });
  if (waits !== undefined) throw new Error(waits);
}
