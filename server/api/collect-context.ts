import type { CollectContext } from '../usage/place-line.ts';
import { readSubscriberDirectory } from '../usage/subscriber-directory.ts';
import type { ApiDeps } from './api-deps.ts';
import { problem } from './problem.ts';

/** @throws ProblemError without rules: no service is known then, and all usage would end in quarantine. */
export async function collectContext(deps: ApiDeps): Promise<CollectContext> {
  const { released } = deps;
  const { db, usageFormats: formats = [] } = deps.engagement;
  const rules = released.inForce();
  if (rules === undefined) throw problem('no-rules-in-force', 'Usage cannot be told apart without rules');
  const services = new Set(rules.document.services.map((service) => service.name));
  return { db, services, directory: await readSubscriberDirectory(db), formats };
}
