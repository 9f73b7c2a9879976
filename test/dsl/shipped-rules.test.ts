import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { StockRule } from '../../engine/rule-set.ts';
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
      'anomaly',
      'charge',
      'discount',
      'invoice total',
      'line',
      'message',
      'price',
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
    const reached = new Set(results.flatMap(({ rules }) => rules));
    // A line that another plan takes over by `like` makes a rule in each; one of them is enough.
    const lineOf = ({ event: { params } }: StockRule) => `${params.at.file}:${params.at.line}`;
    const rules = ruleSet.decisions.filter(({ family }) => family !== 'stop').flatMap((set) => set.rules);
    const covered = new Set(rules.filter(({ name }) => reached.has(name)).map(lineOf));
    expect(rules.map(lineOf).filter((line) => !covered.has(line))).toEqual([]);
  });
});
