import { expect, test } from 'vitest';
import { creditsOf } from '../../engine/credit.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { accountCycle, call, subscription } from './fixture.ts';
import { flex } from './flex.ts';

const rules = loadRuleSet(flex);
const cancelled = subscription({ cancelledOn: '2026-06-11' });

test('a refund beyond what is charged is carried to the next invoice, and this one is nothing, not negative', () => {
  const cycle = accountCycle({ on: '2026-06-01', subscriptions: [cancelled], usage: [] });
  const { bill, exceptions } = evaluateCycle(cycle, rules);
  expect(bill.lines.map((line) => [line.kind, line.amount])).toEqual([
    ['fee refund', '-8.00'],
    ['credit carried forward', '8.00'],
  ]);
  expect([bill.net, bill.tax, bill.total]).toEqual(['0.00', '0.00', '0.00']);
  expect(exceptions.filter((one) => one.action === 'hold')).toEqual([]);
  expect(creditsOf(bill)).toEqual([
    { subscriptionId: cancelled.id, taxCategory: 'S', taxPercent: '19', amount: '8.00' },
  ]);
});

test('credit is used first, before tax, and its tax is given back with it', () => {
  const running = subscription({});
  const credits = [{ subscriptionId: running.id, taxCategory: 'S', taxPercent: '19', amount: '8.00' }];
  const { bill } = evaluateCycle(
    accountCycle({ on: '2026-06-01', subscriptions: [running], usage: [], credits }),
    rules,
  );
  expect(bill.lines.map((line) => [line.kind, line.amount])).toEqual([
    ['fee', '12.00'],
    ['credit brought forward', '-8.00'],
  ]);
  expect([bill.net, bill.tax, bill.total]).toEqual(['4.00', '0.76', '4.76']);
});

test('credit that one invoice cannot use up goes on to the one after', () => {
  const running = subscription({});
  const credits = [{ subscriptionId: running.id, taxCategory: 'S', taxPercent: '19', amount: '20.00' }];
  const { bill } = evaluateCycle(
    accountCycle({ on: '2026-06-01', subscriptions: [running], usage: [], credits }),
    rules,
  );
  expect(bill.total).toBe('0.00');
  expect(creditsOf(bill)).toEqual([{ subscriptionId: running.id, taxCategory: 'S', taxPercent: '19', amount: '8.00' }]);
});

test('credit is no part of what the cycle cost, so that it trips no limit and hides none', () => {
  const running = subscription({});
  const usage = [call('2026-06-02T10:00+02:00', 300, { calledNumber: '+499001234567' })];
  const credits = [{ subscriptionId: running.id, taxCategory: 'S', taxPercent: '19', amount: '5.00' }];
  const net = (withCredit: boolean) =>
    evaluateCycle(
      accountCycle({ on: '2026-06-01', subscriptions: [running], usage, ...(withCredit ? { credits } : {}) }),
      rules,
    ).decisions.find((one) => one.set.startsWith('anomaly'))?.facts['cycle.net'];
  expect(net(true)).toBe(net(false));
});

test('credit of 19.0 % is credit of 19 %, however the rules write it', () => {
  const running = subscription({});
  const billed = (taxPercent: string) => {
    const credits = [{ subscriptionId: running.id, taxCategory: 'S', taxPercent, amount: '20.00' }];
    return evaluateCycle(accountCycle({ on: '2026-06-01', subscriptions: [running], usage: [], credits }), rules).bill;
  };
  const told = ({ lines, taxes }: ReturnType<typeof billed>) => ({
    taxes,
    lines: lines.map(({ kind, amount, because }) => [kind, amount, because.rule]),
  });
  expect(told(billed('19.0'))).toEqual(told(billed('19')));
});
