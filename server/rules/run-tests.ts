import type { Compilation } from '../../dsl/compile.ts';
import { type Coverage, coverageOf } from '../../engine/coverage.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { runTestCase, type TestResult } from '../../engine/scenario.ts';

export interface RuleTests {
  readonly results: readonly TestResult[];
  /** What of the rules the tests reach. */
  readonly coverage: Coverage;
}

/** Runs the test blocks of sound rules, one after the other. Undefined if the rules do not compile. */
export async function runTests({ ruleSet, tests }: Compilation): Promise<RuleTests | undefined> {
  if (!ruleSet) return undefined;
  const rules = loadRuleSet(ruleSet);
  const results: TestResult[] = [];
  for (const test of tests) results.push(await runTestCase(test, rules));
  return {
    results,
    coverage: coverageOf(
      results.flatMap(({ decisions }) => decisions),
      rules,
    ),
  };
}
