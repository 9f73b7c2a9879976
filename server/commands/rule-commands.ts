import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Compilation } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { compileFolder } from '../rules/compile-folder.ts';
import { showDiagnostics } from './show-diagnostics.ts';

/** `ratebook check`: all diagnostics, as text with code frames or as JSON. Exit code 1 on errors. */
export async function check(folder: string, options: { readonly json?: boolean }): Promise<void> {
  const compilation = await compileFolder(resolve(folder));
  if (options.json) console.log(JSON.stringify(compilation.diagnostics, null, 2));
  else await showDiagnostics(folder, compilation);
  if (hasErrors(compilation)) process.exitCode = 1;
}

/** `ratebook test`: runs the test blocks. Exit code 1 when one fails. */
export async function test(folder: string): Promise<void> {
  const compilation = await compileFolder(resolve(folder));
  await showDiagnostics(folder, compilation);
  if (!compilation.ruleSet) {
    process.exitCode = 1;
    return;
  }
  const rules = loadRuleSet(compilation.ruleSet);
  let failed = 0;
  for (const one of compilation.tests) {
    const result = await runTestCase(one, rules);
    console.log(`${result.passed ? '✓' : '✗'} ${one.name}`);
    for (const failure of result.failures)
      console.log(
        `    ${failure.at.file}:${failure.at.line}\n      expected ${failure.expected}\n      got      ${failure.actual}`,
      );
    if (!result.passed) failed += 1;
  }
  console.log(`\n${compilation.tests.length - failed} of ${compilation.tests.length} tests of the rules pass`);
  if (failed > 0) process.exitCode = 1;
}

/** `ratebook compile`: writes the rule set, the same bytes for the same sources. */
export async function compile(folder: string, options: { readonly out?: string }): Promise<void> {
  const compilation = await compileFolder(resolve(folder));
  await showDiagnostics(folder, compilation, process.stderr);
  if (!compilation.ruleSet) {
    process.exitCode = 1;
    return;
  }
  const text = `${JSON.stringify(compilation.ruleSet, null, 2)}\n`;
  if (options.out) await writeFile(options.out, text);
  else process.stdout.write(text);
  process.stderr.write(`Rule set ${compilation.ruleSet.hash}\n`);
}

function hasErrors({ diagnostics }: Compilation): boolean {
  return diagnostics.some((one) => one.severity === 'error');
}
