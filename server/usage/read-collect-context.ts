import type { Knex } from 'knex';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { CollectContext } from './place-line.ts';
import { readSubscriberDirectory } from './subscriber-directory.ts';
import type { UsageFormat } from './usage-formats.ts';

/** What usage is collected and doubted by: the services of some rules, and who has which number now. */
export async function readCollectContext(
  db: Knex,
  { services }: RuleSet,
  formats: readonly UsageFormat[],
): Promise<CollectContext> {
  const names = new Set(services.map(({ name }) => name));
  return { db, services: names, directory: await readSubscriberDirectory(db), formats };
}
