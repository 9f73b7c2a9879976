/** What the oracle cannot see, because the shipped price list has no such case: one small rulebook for each. */
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import { source } from '../dsl/sources.ts';
import { accountCycle, subscription } from './fixture.ts';

function rulesOf(text: string): LoadedRuleSet {
  const { ruleSet, diagnostics } = compileRules(source(text));
  if (!ruleSet) throw new Error(diagnostics.map((one) => `${one.line}: ${one.message}`).join('\n'));
  return loadRuleSet(ruleSet);
}

const linesOf = (cycle: Parameters<typeof evaluateCycle>[0], rules: LoadedRuleSet) =>
  evaluateCycle(cycle, rules).bill.lines.map((line) => `${line.title}: ${line.amount}`);

const plain = `
declare zone Europe/Berlin
plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 100.00 EUR monthly in arrears, prorated by day
  rate voice charge 0.06 EUR per min by 1 s
tax standard otherwise 19% category S
`;

describe('A chain of discounts', () => {
  const rules = rulesOf(`${plain}
discount early "First"
  take 10% off all charges
discount middle "Second"
  take 10% off all charges
  after early
discount late "Third"
  take 10% off all charges
  after middle
`);

  it('takes each off what all those before it have left', () => {
    expect(linesOf(accountCycle(), rules)).toEqual([
      'Line rental: 100.00',
      'First: -10.00',
      'Second: -9.00',
      'Third: -8.10',
    ]);
  });
});

describe('A discount for some cycles from acceptance', () => {
  const rules = rulesOf(`${plain}
discount welcome "Welcome"
  take 50% off fee "Line rental" for 3 cycles from acceptance
`);

  it.each([
    ['2026-06-10', ['Line rental: 100.00']],
    ['2026-05-31', ['Line rental: 100.00', 'Welcome: -50.00']],
    ['2026-03-01', ['Line rental: 100.00', 'Welcome: -50.00']],
    ['2026-02-28', ['Line rental: 100.00']],
  ])('accepted on %s gives the bill of May: %j', (acceptedOn, lines) => {
    expect(linesOf(accountCycle({ subscriptions: [subscription({ acceptedOn })] }), rules)).toEqual(lines);
  });
});
