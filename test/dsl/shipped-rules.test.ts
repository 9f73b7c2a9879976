import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { coverageOf } from '../../engine/coverage.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { shippedRules, withHolidays } from './sources.ts';

const { ruleSet, tests, diagnostics } = compileRules(shippedRules(), withHolidays);

describe('The shipped rulebook', () => {
  it('compiles without errors or warnings', () => {
    expect(diagnostics).toEqual([]);
  });

  it('has a test for every family', () => {
    const asked = new Set(tests.flatMap(({ expect: expectations }) => expectations.map(({ kind }) => kind)));
    expect([...asked].sort()).toEqual([
      'advantage',
      'anomaly',
      'charge',
      'content',
      'discount',
      'invoice total',
      'line',
      'message',
      'offer',
      'one-off fee',
      'price',
      'segment',
      'suspension',
      'tax',
      'voucher',
    ]);
  });

  it.each(tests.map((test) => [`${test.at.file}: ${test.name}`, test] as const))('%s', async (_, test) => {
    if (!ruleSet) throw new Error('The rulebook does not compile.');
    const { failures } = await runTestCase(test, loadRuleSet(ruleSet));
    expect(failures).toEqual([]);
  });

  it('reaches every line that decides something by a test', async () => {
    if (!ruleSet) throw new Error('The rulebook does not compile.');
    const loaded = loadRuleSet(ruleSet);
    const results = await Promise.all(tests.map((test) => runTestCase(test, loaded)));
    const { rules } = coverageOf(
      results.flatMap(({ decisions }) => decisions),
      loaded,
    );
    expect(rules.filter(({ reached }) => !reached).map(({ at, ids }) => `${at.file}:${at.line} ${ids[0]}`)).toEqual([]);
  });
});
