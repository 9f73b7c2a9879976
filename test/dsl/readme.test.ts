import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { renderDiagnostic } from '../../dsl/render.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { referenceRules, withHolidays } from './sources.ts';

describe('The language reference', () => {
  const rules = referenceRules();
  const compilation = compileRules(rules, withHolidays);

  it('is one rulebook without a fault', () => {
    // The messages beside the examples are those of the shipped rules.
    const own = compilation.diagnostics.filter(({ code }) => code !== 'unused-message');
    const faults = own.map((one) =>
      renderDiagnostic(one, rules.files.find(({ path }) => path === one.file)?.text ?? ''),
    );
    expect(faults).toEqual([]);
  });

  it('shows tests that pass', async () => {
    const { ruleSet, tests } = compilation;
    if (!ruleSet) throw new Error('The examples do not compile.');
    const loaded = loadRuleSet(ruleSet);
    const results = await Promise.all(tests.map((test) => runTestCase(test, loaded)));
    expect(results.flatMap(({ name, failures }) => failures.map((failure) => ({ name, ...failure })))).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(3);
  });
});
