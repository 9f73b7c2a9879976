import { expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { recheckDecisions } from '../../engine/recheck.ts';
import { accountCycle, call, GB, session, subscription, text } from './fixture.ts';
import { flex } from './flex.ts';

/** The customer of "A bill by hand" in engine/README.md. */
const cycle = accountCycle({
  on: '2026-06-01',
  subscriptions: [subscription({ acceptedOn: '2026-06-10', activatedOn: '2026-06-16' })],
  usage: [
    call('2026-06-16T10:00+02:00', 8990),
    call('2026-06-17T19:50+02:00', 1200),
    call('2026-06-18T09:00+02:00', 61, { calledNumber: '+499001234567' }),
    call('2026-06-18T12:00+02:00', 12, { calledNumber: '+4312345678' }),
    call('2026-06-18T12:05+02:00', 95, { calledNumber: '+4312345678' }),
    call('2026-06-20T11:00+02:00', 45),
    session('2026-06-19T09:00+02:00', 4 * GB),
    session('2026-06-21T09:00+02:00', 3 * GB),
    session('2026-06-22T09:00+02:00', 150_000_000, { visitedNetwork: '22801' }),
    session('2026-06-25T09:00+02:00', 44 * GB),
    text('2026-06-17T09:00+02:00', { messages: 51 }),
    text('2026-06-18T09:00+02:00'),
  ],
});

test('the bill worked out with pencil and paper is the bill', () => {
  const { bill, exceptions } = evaluateCycle(cycle, loadRuleSet(flex));

  expect(bill.lines.map((line) => [line.title, line.amount])).toEqual([
    ['Line rental', '6.00'],
    ['Line rental', '12.00'],
    ['Included: 300 min of voice to home or eu', '0.00'],
    ['Included: 100 messages of sms', '0.00'],
    ['sms', '0.18'],
    ['voice', '0.49'],
    ['voice: offpeak', '0.22'],
    ['voice: premium', '1.95'],
    ['voice: eu', '0.19'],
    ['Included: 10 GB of data', '0.00'],
    ['data, tier 1', '48.00'],
    ['data: zone 2', '6.00'],
    ['data, tier 2', '4.80'],
    ['10% above 50 GB', '-5.88'],
    ['Half rental at the start', '-9.00'],
  ]);
  expect(bill.lines.map((line) => line.exact)).toEqual([
    '6',
    '12',
    '0',
    '0',
    '9/50',
    '59/120',
    '43/200',
    '39/20',
    '3/16',
    '0',
    '48',
    '6',
    '24/5',
    '-147/25',
    '-9',
  ]);
  expect(bill.net).toBe('64.95');
  expect(bill.taxes).toMatchObject([{ category: 'S', percent: '19', base: '64.95', amount: '12.34' }]);
  expect(bill.total).toBe('77.29');
  expect(exceptions).toEqual([]);
});

test('json-rules-engine decides every decision of the bill as the generated functions did', async () => {
  const rules = loadRuleSet(flex);
  const { decisions } = evaluateCycle(cycle, rules);
  expect(decisions.length).toBeGreaterThan(30);
  expect(await recheckDecisions(decisions, rules)).toEqual([]);
});
