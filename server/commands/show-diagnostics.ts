import { resolve } from 'node:path';
import type { Compilation } from '../../dsl/compile.ts';
import { renderDiagnostic } from '../../dsl/render.ts';
import { readRuleFolder } from '../rules/rule-folder.ts';

/** Writes every diagnostic with its place in the text, and the counts. */
export async function showDiagnostics(
  folder: string,
  { diagnostics, ruleSet }: Compilation,
  out: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  const source = await readRuleFolder(resolve(folder));
  const texts = new Map(source.files.map((file) => [file.path, file.text]));
  for (const diagnostic of diagnostics)
    out.write(`${renderDiagnostic(diagnostic, texts.get(diagnostic.file) ?? '')}\n\n`);
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const rules = ruleSet ? `${ruleSet.decisions.reduce((sum, set) => sum + set.rules.length, 0)} rules, ` : '';
  out.write(`${rules}${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}\n`);
}
