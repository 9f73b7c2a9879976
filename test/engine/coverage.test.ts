import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { type Coverage, countCoverage, coverageOf } from '../../engine/coverage.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { runTestCase } from '../../engine/scenario.ts';

const rulebook = `
declare zone Europe/Berlin

plan flex "Flex" in EUR, round half even per line, split at boundaries
  fee "Line rental" 12.00 EUR monthly in advance
  rate voice, first that fits
    when event.duration > 1 h   charge 0.01 EUR per min
    when event.duration > 10 min and event.direction is outgoing
                                charge 0.03 EUR per min
    otherwise                   charge 0.05 EUR per min

plan young "Young" like flex

tax standard otherwise 19% category S
`;

/** What these tests reach of the rulebook above. */
async function coverageBy(tests: string): Promise<Coverage> {
  const {
    ruleSet,
    tests: cases,
    diagnostics,
  } = compileRules({
    files: [{ path: 'a.rules', text: rulebook + tests }],
  });
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  const rules = loadRuleSet(ruleSet);
  const results = await Promise.all(cases.map((one) => runTestCase(one, rules)));
  return coverageOf(
    results.flatMap(({ decisions }) => decisions),
    rules,
  );
}

const price = (name: string, plan: string, duration: string, amount: string) =>
  `test "${name}"\n  given plan ${plan}\n    and a voice event of ${duration} to +4930123456 at 2026-05-12 10:00\n  expect price ${amount} EUR\n`;

describe('Coverage', () => {
  it('of no test is nothing', async () => {
    const coverage = await coverageBy('');
    expect(countCoverage(coverage)).toEqual({ rules: 4, rulesReached: 0, outcomes: 6, outcomesReached: 0 });
  });

  it('names each rule by its line, and each outcome of a condition that did not occur', async () => {
    const { rules } = await coverageBy(
      price('short', 'flex', '2 min', '0.10') + price('long', 'flex', '20 min', '0.60'),
    );
    expect(
      rules.map(({ at, reached, conditions }) => [
        at.line,
        reached,
        conditions.map(({ condition, held, failed }) => `${condition.fact} ${held} ${failed}`),
      ]),
    ).toEqual([
      [7, false, ['event.duration false true']],
      [8, true, ['event.duration true true', 'event.direction true false']],
      [10, true, []],
      [14, false, []],
    ]);
  });

  it('counts a rule as reached only if it decided: what an earlier row takes, the later one does not', async () => {
    const { rules } = await coverageBy(price('very long', 'flex', '2 h', '1.20'));
    expect(rules.map(({ at, reached }) => [at.line, reached])).toEqual([
      [7, true],
      [8, false],
      [10, false],
      [14, false],
    ]);
  });

  it('takes what `like` has copied for one text: a test of either plan reaches it', async () => {
    const { rules } = await coverageBy(price('short', 'young', '2 min', '0.10'));
    expect(rules.find(({ at }) => at.line === 10)).toMatchObject({
      ids: ['flex.voice.otherwise', 'young.voice.otherwise'],
      reached: true,
    });
  });
});
