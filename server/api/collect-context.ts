import type { CollectContext } from '../usage/place-line.ts';
import { readCollectContext } from '../usage/read-collect-context.ts';
import type { ApiDeps } from './api-deps.ts';
import { problem } from './problem.ts';

/** @throws ProblemError without rules: no service is known then, and all usage would end in quarantine. */
export async function collectContext(deps: ApiDeps): Promise<CollectContext> {
  const { db, usageFormats } = deps.engagement;
  const rules = deps.released.inForce();
  if (rules === undefined) throw problem('no-rules-in-force', 'Usage cannot be told apart without rules');
  return readCollectContext(db, rules.document, usageFormats);
}
