import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Facts } from '../../engine/rule-set.ts';
import { source } from './sources.ts';

const plan = 'plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries\n';
const rules = (condition: string) => `${plan}\ndiscount d\n  when ${condition}\n  take 1% off all charges\n`;

/** Whether the discount fires. */
function fires(condition: string, facts: Facts): boolean {
  const { ruleSet, diagnostics } = compileRules(source(rules(condition)));
  expect(diagnostics).toEqual([]);
  const set = ruleSet && loadRuleSet(ruleSet).sets.get('discount');
  if (!set) throw new Error('The rules do not compile.');
  return set.matches({ always: true, ...facts }).length > 0;
}

function faults(condition: string) {
  return compileRules(source(rules(condition))).diagnostics.map(({ code, message, help }) => [code, message, help]);
}

const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

describe('Sums and parts of amounts', () => {
  it.each([
    [9_999_999, false],
    [10_000_000, false],
    [10_000_001, true],
  ])('a part of a charge is exact: %d of 12.5%% of 80 EUR', (charges, result) => {
    expect(
      fires('cycle.charges > 12.5% of account.cycle.charges', {
        'cycle.charges': charges,
        'account.cycle.charges': 80_000_000,
      }),
    ).toBe(result);
  });

  it.each([
    ['2026-03-31', '2026-03-01', false],
    ['2026-04-01', '2026-03-01', true],
  ])('days lie between dates: %s and %s', (date, accepted, result) => {
    const facts = { date: day(date), 'subscription.accepted_on': day(accepted) };
    expect(fires('date - subscription.accepted_on > 30 days', facts)).toBe(result);
    expect(fires('date > subscription.accepted_on + 30 days', facts)).toBe(result);
    expect(fires('subscription.accepted_on < date - 30 days', facts)).toBe(result);
  });

  it.each([
    ['cycle.data > 3 * cycle.voice', 'wrong-unit', 'a data volume cannot be compared with a duration'],
    ['cycle.charges > cycle.data + 1.00 EUR', 'wrong-unit', 'money cannot be added to a data volume'],
    ['date + subscription.accepted_on > date', 'wrong-unit', 'a date cannot be added to a date'],
    ['date + 12 h > date', 'wrong-unit', 'a duration cannot be added to a date'],
    [
      'date > subscription.accepted_on + 1 month',
      'wrong-unit',
      'months and years differ in length, so this is no certain time',
    ],
    ['cycle.charges > cycle.data * cycle.voice', 'not-linear', 'one side of `*` must be a plain number'],
  ])('of unlike things are refused: %s', (condition, code, message) => {
    expect(faults(condition).map((found) => found.slice(0, 2))).toEqual([[code, message]]);
  });
});

describe('Decimal and binary units', () => {
  it.each([
    ['cycle.data > 1 GB + 1 GiB', '`GiB` counts in 1024s, and `GB` before it in 1000s'],
    ['cycle.data > 1 MiB and cycle.data < 5 GB', '`GB` counts in 1000s, and `MiB` before it in 1024s'],
  ])('are not mixed in one sentence: %s', (condition, message) => {
    expect(faults(condition).map((found) => found.slice(0, 2))).toEqual([['mixed-units', message]]);
  });

  it('are both known', () => {
    expect(fires('cycle.data > 1 GiB', { 'cycle.data': 1_073_741_825 })).toBe(true);
    expect(fires('cycle.data > 1 GiB', { 'cycle.data': 1_073_741_824 })).toBe(false);
  });
});
