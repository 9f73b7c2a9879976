import { runTestCase } from '../../engine/scenario.ts';
import type { Ratebook } from '../compose.ts';
import { startBar } from './progress-bar.ts';
import { showDiagnostics } from './show-diagnostics.ts';

/**
 * Checks, compiles and releases the rules and runs their tests.
 *
 * @throws Error, after showing each fault with its place, when a rule is wrong or a test fails.
 */
export async function checkAndTestRules(book: Ratebook): Promise<void> {
  const bar = startBar('Check and compile the rules', 'tests');
  const compilation = await book.released.release();
  const { diagnostics, tests } = compilation;
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  const rules = book.released.inForce();
  if (errors.length > 0 || !rules) {
    bar.end(`${errors.length} errors`);
    await showDiagnostics(book.released.folder, compilation, process.stderr);
    throw new Error(`The rules in ${book.released.folder} have ${errors.length} errors`);
  }
  const failures: string[] = [];
  for (const [index, test] of tests.entries()) {
    const result = await runTestCase(test, rules);
    failures.push(
      ...result.failures.map(
        (failure) =>
          `${failure.at.file}:${failure.at.line}: ${test.name}: expected ${failure.expected}, got ${failure.actual}`,
      ),
    );
    bar.update(index + 1, tests.length);
  }
  bar.end(
    `${rules.document.decisions.reduce((sum, set) => sum + set.rules.length, 0)} rules, rule set ${rules.document.hash.slice(0, 12)}`,
  );
  if (failures.length > 0) throw new Error(`Tests of the rules fail:\n${failures.join('\n')}`);
}
