import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Compilation } from '../../dsl/compile.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { diagnosticsAsSarif, helpByCode } from '../../dsl/sarif.ts';
import type { TestResult } from '../../engine/scenario.ts';
import { productVersion, projectFolder } from '../folders.ts';
import { compileFolder } from '../rules/compile-folder.ts';
import { runTests } from '../rules/run-tests.ts';
import { reportCoverage, showCoverage } from '../verify/show-coverage.ts';
import { showDiagnostics } from './show-diagnostics.ts';

export interface CheckOptions {
  readonly json?: boolean;
  readonly sarif?: boolean;
}

/** `ratebook check`: all diagnostics, as text with code frames, as JSON or as SARIF. Exit code 1 on errors. */
export async function check(folder: string, options: CheckOptions): Promise<void> {
  const compilation = await compileFolder(resolve(folder));
  if (options.sarif) console.log(JSON.stringify(await sarifOf(folder, compilation.diagnostics), null, 2));
  else if (options.json) console.log(JSON.stringify(compilation.diagnostics, null, 2));
  else await showDiagnostics(folder, compilation);
  if (hasErrors(compilation)) process.exitCode = 1;
}

/** Paths in it are relative to the working directory, which in a workflow is the repository's. */
async function sarifOf(folder: string, diagnostics: readonly Diagnostic[]) {
  const help = helpByCode(await readFile(join(projectFolder, 'dsl/ERRORS.md'), 'utf8'));
  const path = relative(process.cwd(), resolve(folder)).split(sep).join('/');
  return diagnosticsAsSarif(diagnostics, { version: productVersion(), folder: path, help });
}

export interface TestOptions {
  readonly coverage?: boolean;
  readonly json?: boolean;
}

/** `ratebook test`: runs the test blocks and, if asked, says what of the rules they do not reach. Exit code 1 when one fails. */
export async function test(folder: string, options: TestOptions): Promise<void> {
  const compilation = await compileFolder(resolve(folder));
  const tests = await runTests(compilation);
  if (!compilation.ruleSet || tests?.results.some(({ passed }) => !passed)) process.exitCode = 1;
  const coverage =
    options.coverage && tests && compilation.ruleSet && reportCoverage(tests.coverage, compilation.ruleSet);
  if (options.json) {
    const { diagnostics } = compilation;
    const results = tests?.results.map(({ decisions: _, ...result }) => result) ?? [];
    console.log(JSON.stringify({ tests: results, ...(coverage && { coverage }), diagnostics }, null, 2));
    return;
  }
  await showDiagnostics(folder, compilation);
  if (!tests) return;
  for (const result of tests.results) console.log(showResult(result));
  const passed = tests.results.filter((result) => result.passed).length;
  console.log(`\n${passed} of ${tests.results.length} tests of the rules pass`);
  if (coverage) console.log(`\n${showCoverage(coverage)}`);
}

function showResult({ name, passed, failures }: TestResult): string {
  const places = failures.map(
    ({ at, expected, actual }) => `\n    ${at.file}:${at.line}\n      expected ${expected}\n      got      ${actual}`,
  );
  return `${passed ? '✓' : '✗'} ${name}${places.join('')}`;
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
