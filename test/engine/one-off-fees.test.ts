import { describe, expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { OneOffFee } from '../../engine/one-off-fee.ts';
import { accountCycle } from './fixture.ts';
import { flex } from './flex.ts';

const reminder: OneOffFee = {
  key: 'dunning.overdue|NM-1|2026-05-01|1|fee 1',
  title: 'Reminder fee',
  amount: '2.50',
  chargedOn: '2026-05-22',
  rule: 'dunning.overdue',
  at: { file: 'dunning.rules', line: 3 },
  how: '21 days after 2026-05-01, for invoice NM-1',
};

describe('a fee that a rule has charged', () => {
  const cycle = accountCycle({ on: '2026-05-01', oneOffFees: [reminder] });
  const { bill } = evaluateCycle(cycle, loadRuleSet(flex));
  const without = evaluateCycle(accountCycle({ on: '2026-05-01' }), loadRuleSet(flex)).bill;

  test('is a line of the next bill, on its day, with the rule that charged it as the reason', () => {
    const line = bill.lines.find((one) => one.title === 'Reminder fee');
    expect(line).toMatchObject({
      kind: 'fee',
      amount: '2.50',
      from: '2026-05-22',
      until: '2026-05-23',
      because: { rule: 'dunning.overdue', at: { file: 'dunning.rules', line: 3 }, how: reminder.how },
    });
  });

  test('is taxed as any fee: 2.50 more before tax, 19 % of it more in tax, rounded once over the bill', () => {
    expect(Number(bill.net) - Number(without.net)).toBeCloseTo(2.5, 10);
    expect(bill.taxes.map(({ percent, base }) => [percent, base])).toEqual([['19', bill.net]]);
    const cents = (amount: string) => BigInt(amount.replace('.', ''));
    // Half up: 19 % of the whole base in cents, plus half a cent, cut.
    expect(cents(bill.tax)).toBe((cents(bill.net) * 19n + 50n) / 100n);
    expect(cents(bill.total)).toBe(cents(bill.net) + cents(bill.tax));
  });

  test('is no reason to hold the bill', () => {
    expect(evaluateCycle(cycle, loadRuleSet(flex)).exceptions).toEqual([]);
  });
});
