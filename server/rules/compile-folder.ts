import { type Compilation, compileRules } from '../../dsl/compile.ts';
import type { RuleSource } from '../../dsl/source.ts';
import { holidaysOf } from './holidays.ts';
import { readRuleFolder } from './rule-folder.ts';
import { withTemplateFaults } from './try-templates.ts';

/**
 * Compiles a rules folder, with the real holidays, and renders its templates once.
 *
 * @param overrides texts that stand in for files of the folder, or beside them: what an editor has not saved yet.
 */
export async function compileFolder(folder: string, overrides: RuleSource['files'] = []): Promise<Compilation> {
  const source = withOverrides(await readRuleFolder(folder), overrides);
  return withTemplateFaults(compileRules(source, { holidays: holidaysOf }), source);
}

/** The folder's files, with each override in the place of the file that has its path. */
function withOverrides(source: RuleSource, overrides: RuleSource['files']): RuleSource {
  if (overrides.length === 0) return source;
  const files = new Map(source.files.map((file) => [file.path, file]));
  for (const file of overrides) files.set(file.path, file);
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}
