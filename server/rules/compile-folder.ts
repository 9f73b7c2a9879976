import { type Compilation, compileRules } from '../../dsl/compile.ts';
import type { RuleSource } from '../../dsl/source.ts';
import { holidaysOf } from './holidays.ts';
import { readRuleFolder } from './rule-folder.ts';

/**
 * Compiles a rules folder, with the real holidays.
 *
 * @param overrides texts that stand in for files of the folder, or beside them: what an editor has not saved yet.
 */
export async function compileFolder(folder: string, overrides: RuleSource['files'] = []): Promise<Compilation> {
  const source = await readRuleFolder(folder);
  return compileRules(withOverrides(source, overrides), { holidays: holidaysOf });
}

/** The folder's files, with each override in the place of the file that has its path. */
function withOverrides(source: RuleSource, overrides: RuleSource['files']): RuleSource {
  if (overrides.length === 0) return source;
  const files = new Map(source.files.map((file) => [file.path, file]));
  for (const file of overrides) files.set(file.path, file);
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}
