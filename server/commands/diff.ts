import { diffRuleSets } from '../../dsl/diff/diff.ts';
import { differencesAsMarkdown, renderDifferences } from '../../dsl/diff/render.ts';
import { readRevision, soundRuleSet } from '../rules/rule-revision.ts';

export interface DiffOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/**
 * `ratebook diff A B`: what changes in meaning from one to the other, each a folder or a git revision. The exit code is 0
 * whether or not there is a difference.
 *
 * @throws Error when one of the two does not compile.
 */
export async function diff(before: string, after: string, options: DiffOptions): Promise<void> {
  const old = await readRevision(before);
  const young = await readRevision(after, old.past);
  const differences = diffRuleSets(soundRuleSet(old), soundRuleSet(young));
  if (options.json) console.log(JSON.stringify(differences, null, 2));
  else process.stdout.write(options.markdown ? differencesAsMarkdown(differences) : renderDifferences(differences));
}
