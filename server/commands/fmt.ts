import { resolve } from 'node:path';
import { formatRules } from '../../dsl/format/format.ts';
import { hashText, readRuleFolder, writeRuleFile } from '../rules/rule-folder.ts';

/**
 * `ratebook fmt`: brings every rule file into the one format. With `--check` it writes nothing, lists the files that are
 * not in it, and exits with code 1 if there are any.
 *
 * @throws Error when a file cannot be written.
 */
export async function fmt(folder: string, options: { readonly check?: boolean }): Promise<void> {
  const root = resolve(folder);
  const { files } = await readRuleFolder(root);
  const rules = files.filter(({ path }) => path.endsWith('.rules'));
  const changed = rules
    .map((file) => ({ ...file, formatted: formatRules(file.text) }))
    .filter(({ text, formatted }) => text !== formatted);
  for (const { path, text, formatted } of changed) {
    console.log(path);
    if (options.check) continue;
    const written = await writeRuleFile(root, path, formatted, hashText(text));
    if (written.kind !== 'written') throw new Error(`${path} was not written: ${reasonOf(written)}`);
  }
  const count = `${changed.length} of ${rules.length} rule files`;
  if (options.check) console.log(changed.length > 0 ? `${count} are not formatted` : 'All rule files are formatted');
  else console.log(`${count} were not formatted`);
  if (options.check && changed.length > 0) process.exitCode = 1;
}

function reasonOf(result: Exclude<Awaited<ReturnType<typeof writeRuleFile>>, { readonly kind: 'written' }>): string {
  return result.kind === 'refused' ? result.reason : 'somebody else changed it meanwhile';
}
