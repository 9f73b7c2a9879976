import { describe, expect, test } from 'vitest';
import { loadRuleSet } from '../../engine/load.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { detailsInWords, isAsExpected } from '../../engine/scenario-gift.ts';
import type { Expectation, TestCase } from '../../engine/test-case.ts';
import { call, decisionSet, GB, is, session, text } from './fixture.ts';
import { flex } from './flex.ts';

const at = { file: 'consumer.rules', line: 7 };
type Expected = Expectation extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never;

function run(given: Partial<TestCase['given']>, expected: Expected, document: RuleSet = flex) {
  const expectation = { ...expected, at } as Expectation;
  const setting = { plan: 'flex', zone: 'Europe/Berlin', facts: {}, usage: [], history: [], ...given };
  return runTestCase({ name: 'a test', at, given: setting, expect: [expectation] }, loadRuleSet(document));
}

const passes = async (given: Partial<TestCase['given']>, expected: Expected, document?: RuleSet) =>
  (await run(given, expected, document)).failures;

describe('tests of analysts', () => {
  const night = { usage: [call('2026-01-12T22:30+01:00', 90)] };

  test('expect price tests the rate alone; expect charge the whole, allowance included', async () => {
    expect(await passes(night, { kind: 'price', amount: '0.03', rule: 'flex.voice.offpeak' })).toEqual([]);
    expect(await passes(night, { kind: 'charge', amount: '0.00', allowanceOf: 'voice' })).toEqual([]);
  });

  test('a failure says what was expected and what happened', async () => {
    const { passed, failures, decisions } = await run(night, {
      kind: 'price',
      amount: '0.05',
      rule: 'flex.voice.otherwise',
    });
    expect(passed).toBe(false);
    expect(failures).toEqual([
      { at, expected: 'price 0.05 EUR by flex.voice.otherwise', actual: 'price 0.03 EUR by flex.voice.offpeak' },
    ]);
    expect(decisions.flatMap(({ matches }) => matches)).toContain('flex.voice.offpeak');
  });

  test('lines, totals, taxes and discounts are those of the bill', async () => {
    const heavy = { usage: [session('2026-03-04T10:00Z', 61 * GB)] };
    expect(await passes(heavy, { kind: 'line', title: 'Data, tier 1', amount: '48.00' })).toEqual([]);
    expect(await passes(heavy, { kind: 'discount', rule: 'discount.volume_10', amount: '5.68' })).toEqual([]);
    expect(await passes(heavy, { kind: 'tax', amount: '11.99', rule: 'tax.standard' })).toEqual([]);
    expect(await passes(heavy, { kind: 'invoice total', amount: '75.11' })).toEqual([]);
    expect(await passes(heavy, { kind: 'discount', rule: 'discount.welcome', no: true })).toEqual([]);
  });

  test('facts said outright stand in place of computed ones', async () => {
    const history = [{ from: '2026-02-01', until: '2026-03-01', usage: { data: 2 * GB }, charges: '12.00' }];
    expect(
      await passes({ facts: { 'cycle.data': 7 * GB }, history }, { kind: 'anomaly', rule: 'anomaly.usage_spike' }),
    ).toEqual([]);
    expect(
      await passes(
        { facts: { 'cycle.data': 7 * GB, 'history.data.median': null }, history },
        { kind: 'anomaly', no: true },
      ),
    ).toEqual([]);
  });

  test('messages come from the bill, from an event or from a reminder in local time', async () => {
    const remind = decisionSet('remind', 'remind', 'all', 'subscription', [
      [
        'remind.renewal',
        is('subscription.payment', 'manual'),
        {
          kind: 'remind',
          date: 'subscription.renews_on',
          steps: [{ count: 7, unit: 'day', side: 'before' }],
          between: { from: 540, until: 1200 },
          zone: 'customer',
          onWorkingDays: true,
          sends: [{ message: 'renewal-reminder', to: ['customer'] }],
        },
      ],
    ]);
    const stop = decisionSet('stop:remind.renewal', 'stop', 'all', 'subscription', [
      ['remind.renewal.stop', is('subscription.paid', true), { kind: 'stop' }],
    ]);
    const document = { ...flex, decisions: [...flex.decisions, remind, stop] };
    const renewsOn = Date.parse('2026-06-11') / 86_400_000;
    const facts = { 'subscription.renews_on': renewsOn };
    expect(await passes({}, { kind: 'message', message: 'invoice', to: 'customer' })).toEqual([]);
    expect(
      await passes({ facts }, { kind: 'message', message: 'renewal-reminder', dueAt: '2026-06-04T09:00' }, document),
    ).toEqual([]);
    expect(
      await passes(
        { facts: { ...facts, 'subscription.paid': true } },
        { kind: 'message', message: 'renewal-reminder', no: true },
        document,
      ),
    ).toEqual([]);
    expect(
      await passes(
        { facts: { 'subscription.renews_on': null } },
        { kind: 'message', message: 'renewal-reminder', no: true },
        document,
      ),
    ).toEqual([]);
    const missed = await run({ usage: [text('2026-01-01T10:00Z')] }, { kind: 'message', message: 'gone' });
    expect(missed.failures[0]).toMatchObject({ expected: 'message "gone"', actual: '"invoice" to customer' });
  });
});

describe('what a test says of a gift', () => {
  const give = {
    kind: 'voucher' as const,
    take: { kind: 'percent' as const, percent: '10' },
    off: 'this order',
    validDays: 30,
    budget: { amount: '500.00', currency: 'EUR' },
  };

  test('what it says must hold, to the last digit; what it does not say may be anything', () => {
    expect(isAsExpected({}, give)).toBe(true);
    expect(isAsExpected({ take: { kind: 'percent', percent: '10.0' }, validDays: 30 }, give)).toBe(true);
    expect(isAsExpected({ budget: { amount: '500', currency: 'EUR' } }, give)).toBe(true);
    expect(isAsExpected({ take: { kind: 'percent', percent: '10.1' } }, give)).toBe(false);
    expect(isAsExpected({ take: { kind: 'amount', amount: '10', currency: 'EUR' } }, give)).toBe(false);
    expect(isAsExpected({ budget: { amount: '500.00', currency: 'GBP' } }, give)).toBe(false);
    expect(isAsExpected({ validDays: 31 }, give)).toBe(false);
    expect(isAsExpected({ inTotal: 5000 }, give)).toBe(false);
  });

  test('its terms are told as an analyst writes them', () => {
    expect(detailsInWords(give, [])).toBe('10%, valid 30 days, at most 500.00 EUR in total');
  });
});
