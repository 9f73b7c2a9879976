import { describe, expect, test } from 'vitest';
import { evaluateCycle, rateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { RatedPortion, UsageEvent } from '../../engine/model.ts';
import { formatExact, parseExact, sum } from '../../engine/money.ts';
import type { DecisionSet, Plan, RuleSet } from '../../engine/rule-set.ts';
import {
  accountCycle,
  allowance,
  allowanceFor,
  bySecond,
  type CycleParts,
  call,
  decisionSet,
  flatRate,
  GB,
  is,
  MIN,
  otherwise,
  perMinute,
  plan,
  rateOutcome,
  ruleSet,
  session,
  standardTax,
  subscription,
  text,
} from './fixture.ts';
import { flex } from './flex.ts';

function rules(decisions: readonly DecisionSet[], parts: Partial<Plan> = {}, more: Partial<RuleSet> = {}): RuleSet {
  const rates = Object.fromEntries(
    decisions.filter((set) => set.family === 'rate').map((set) => [set.id.split('.').at(-1), set.id]),
  );
  const allowances = Object.fromEntries(
    decisions.filter((set) => set.family === 'allowance').map((set) => [set.id.split('.').at(-1), set.id]),
  );
  return ruleSet({
    plans: [plan({ rates, allowanceDecisions: allowances, ...parts })],
    decisions: [...decisions, standardTax],
    ...more,
  });
}

function rate(document: RuleSet, usage: readonly UsageEvent[], parts: CycleParts = {}) {
  return rateCycle(accountCycle({ usage, ...parts }), loadRuleSet(document));
}

const total = (portions: readonly RatedPortion[]) => formatExact(sum(portions.map((one) => parseExact(one.exact))));
const brief = (portions: readonly RatedPortion[]) => portions.map((one) => [one.rule, one.quantity, one.exact]);

describe('increments', () => {
  const by = (first: number, next: number) =>
    rules([flatRate('voice', perMinute('0.06'), { increments: { first: first * 1000, next: next * 1000 } })]);

  test.each([
    [60, 60, 61, '3/25'],
    [30, 6, 31, '9/250'],
    [30, 1, 12, '3/100'],
    [1, 1, 12, '3/250'],
    [60, 60, 60, '3/50'],
  ])('%i/%i: a call of %i s costs %s EUR', (first, next, seconds, expected) => {
    expect(total(rate(by(first, next), [call('2026-05-04T10:00Z', seconds)]).trace)).toBe(expected);
  });

  test('without increments every millisecond counts', () => {
    const exact = rules([flatRate('voice', perMinute('0.06'))]);
    expect(total(rate(exact, [call('2026-05-04T10:00Z', 0, { durationMs: 1 })]).trace)).toBe('1/1000000');
  });

  test('they run from the start of the event: a band bound inside an increment costs no second one', () => {
    const bands = decisionSet('rate:flex.voice', 'rate', 'exactly one', 'portion', [
      [
        'flex.voice.offpeak',
        is('event.at in offpeak', true),
        rateOutcome(perMinute('0.02'), { increments: { first: MIN, next: MIN } }),
      ],
      ['flex.voice.otherwise', otherwise, rateOutcome(perMinute('0.06'), { increments: { first: MIN, next: MIN } })],
    ]);
    const document = rules(
      [bands],
      { calendars: ['offpeak'] },
      { calendars: flex.calendars, derived: flex.derived, tables: flex.tables },
    );
    // 19:58:30 to 20:01:00: the second peak minute reaches to 20:00:30, the third minute is off-peak.
    expect(brief(rate(document, [call('2026-05-04T19:58:30+02:00', 150)]).trace)).toEqual([
      ['flex.voice.otherwise', 2 * MIN, '3/25'],
      ['flex.voice.offpeak', MIN, '1/50'],
    ]);
  });
});

describe('cutting in time', () => {
  test('a call of 20 minutes around 20:00 costs 0.70 EUR split and 1.00 EUR at its start', () => {
    const usage = [call('2026-05-04T19:50+02:00', 1200)];
    const without = { ...flex, plans: flex.plans.map((one) => ({ ...one, allowances: [] })) };
    const atStart = { ...without, plans: without.plans.map((one) => ({ ...one, split: 'at start' as const })) };
    expect(total(rate(without, usage).trace)).toBe('7/10');
    expect(total(rate(atStart, usage).trace)).toBe('1');
  });

  test('a new version of the plan takes over in the middle of a call, at local midnight', () => {
    const v1 = flatRate('voice', perMinute('0.06'), { increments: bySecond });
    const v2 = decisionSet('rate:flex@2026-05-10.voice', 'rate', 'exactly one', 'portion', [
      ['flex@2026-05-10.voice.otherwise', otherwise, rateOutcome(perMinute('0.12'), { increments: bySecond })],
    ]);
    const document = ruleSet({
      plans: [plan({ rates: { voice: v1.id } }), plan({ from: '2026-05-10', rates: { voice: v2.id } })],
      decisions: [v1, v2],
    });
    expect(brief(rate(document, [call('2026-05-09T23:59+02:00', 120)]).trace)).toEqual([
      ['flex.voice.otherwise', MIN, '3/50'],
      ['flex@2026-05-10.voice.otherwise', MIN, '3/25'],
    ]);
  });

  test('data sessions are decided at their start, whatever bands they pass', () => {
    expect(rate(flex, [session('2026-05-04T19:59+02:00', GB)]).trace).toHaveLength(1);
  });
});

describe('allowances', () => {
  const minutes = (quantity: number, more = {}) =>
    rules(
      [
        flatRate('voice', perMinute('0.06'), { increments: { first: MIN, next: MIN }, setUpFee: '0.15' }),
        allowanceFor('voice'),
      ],
      {
        allowances: [allowance({ service: 'voice', quantity: quantity * MIN, ...more })],
      },
    );

  test('an event that crosses the end of an allowance is split there, and the allowance pays rounded-up minutes', () => {
    const { trace, usage } = rate(minutes(3), [call('2026-05-04T10:00Z', 61), call('2026-05-05T10:00Z', 61)]);
    expect(trace.map((one) => [one.allowance, one.quantity, one.exact])).toEqual([
      ['flex.allowance.voice', 2 * MIN, '3/20'],
      ['flex.allowance.voice', MIN, '3/20'],
      [undefined, MIN, '3/50'],
    ]);
    expect(usage.lines.map((line) => [line.id, line.events, line.quantity, line.exact])).toEqual([
      ['S-1/flex.allowance.voice', 2, 3 * MIN, '3/10'],
      ['S-1/flex.voice.otherwise', 1, MIN, '3/50'],
    ]);
  });

  test('a set-up fee is due once per event, also when an allowance covers the call', () => {
    const { bill } = evaluateCycle(accountCycle({ usage: [call('2026-05-04T10:00Z', 30)] }), loadRuleSet(minutes(3)));
    expect(bill.lines.map((line) => [line.kind, line.amount])).toEqual([['included usage', '0.15']]);
  });

  test('a part cycle grants by its days, rounded down to the base unit', () => {
    const parts = { subscriptions: [subscription({ activatedOn: '2026-05-11' })] };
    const { trace } = rate(minutes(100), [call('2026-05-12T10:00Z', 99 * 60)], parts);
    expect(trace[0]).toMatchObject({ allowance: 'flex.allowance.voice', quantity: Math.floor((100 * MIN * 21) / 31) });
    const whole = rate(minutes(100, { prorated: 'never' }), [call('2026-05-12T10:00Z', 99 * 60)], parts);
    expect(whole.trace).toHaveLength(1);
  });

  test('the oldest grant is used first, and what is left rolls over for as many cycles as the plan says', () => {
    const old = {
      subscriptionId: 'S-1',
      allowance: 'flex.allowance.voice',
      service: 'voice',
      remaining: MIN,
      grantedOn: '2026-04-01',
      expiresOn: '2026-06-01',
    };
    const { usage } = rate(minutes(10, { rolloverCycles: 2 }), [call('2026-05-04T10:00Z', 180)], { balances: [old] });
    expect(usage.balances).toEqual([{ ...old, remaining: 8 * MIN, grantedOn: '2026-05-01', expiresOn: '2026-08-01' }]);
  });

  test('an expired balance covers nothing, and without rollover nothing is left', () => {
    const old = {
      subscriptionId: 'S-1',
      allowance: 'flex.allowance.voice',
      service: 'voice',
      remaining: 99 * MIN,
      grantedOn: '2026-03-01',
      expiresOn: '2026-05-01',
    };
    const { usage, trace } = rate(minutes(1), [call('2026-05-04T10:00Z', 120)], { balances: [old] });
    expect(trace.map((one) => one.quantity)).toEqual([MIN, MIN]);
    expect(usage.balances).toEqual([]);
  });
});

describe('tiers and packages', () => {
  test('tiers count what no allowance covered: 55 GB on flex are 52.00 EUR', () => {
    const graduated = decisionSet('rate:flex.data', 'rate', 'exactly one', 'portion', [
      [
        'flex.data.otherwise',
        otherwise,
        rateOutcome({
          kind: 'graduated',
          counts: 'usage',
          tiers: [
            { upTo: 40 * GB, price: { kind: 'flat', price: { amount: '1.20', per: GB } } },
            { price: { kind: 'flat', price: { amount: '0.80', per: GB } } },
          ],
        }),
      ],
    ]);
    const document = rules([graduated, allowanceFor('data')], {
      allowances: [allowance({ service: 'data', quantity: 10 * GB })],
    });
    const { trace } = rate(document, [session('2026-05-04T10:00Z', 30 * GB), session('2026-05-05T10:00Z', 25 * GB)]);
    expect(trace.map((one) => [one.tier, one.quantity / GB, one.exact])).toEqual([
      [undefined, 10, '0'],
      [1, 20, '24'],
      [1, 20, '24'],
      [2, 5, '4'],
    ]);
    expect(total(trace)).toBe('52');
  });

  test('packages are counted per event', () => {
    const roaming = (bytes: number) => session('2026-05-04T10:00Z', bytes, { visitedNetwork: '310260' });
    const without = { ...flex, plans: flex.plans.map((one) => ({ ...one, allowances: [] })) };
    expect(total(rate(without, [roaming(1), roaming(100_000_001)]).trace)).toBe('9');
  });
});

describe('running sums', () => {
  test('in a rate, cycle.sms is the sum before the portion', () => {
    const sms = decisionSet('rate:flex.sms', 'rate', 'exactly one', 'portion', [
      [
        'flex.sms.first-two',
        is('cycle.sms', 2, 'lessThan'),
        rateOutcome({ kind: 'flat', price: { amount: '0', per: 1 } }),
      ],
      ['flex.sms.otherwise', otherwise, rateOutcome({ kind: 'flat', price: { amount: '0.09', per: 1 } })],
    ]);
    const { trace } = rate(rules([sms]), [
      text('2026-05-04T10:00Z'),
      text('2026-05-04T11:00Z'),
      text('2026-05-04T12:00Z'),
    ]);
    expect(trace.map((one) => one.exact)).toEqual(['0', '0', '9/100']);
  });
});

describe('what cannot be rated', () => {
  const voice = rules([flatRate('voice', perMinute('0.06'))]);
  const codes = (usage: readonly UsageEvent[], document = voice, parts: CycleParts = {}) =>
    rate(document, usage, parts).usage.exceptions.map((one) => one.code);

  test('usage is refused with the reason, and never silently dropped', () => {
    expect(codes([call('2026-05-04T10:00Z', 1, { msisdn: '+4999' })])).toEqual(['unknown-subscriber']);
    expect(codes([call('2025-05-04T10:00Z', 1)])).toEqual(['outside-subscription']);
    expect(codes([call('2026-06-01T10:00Z', 1)])).toEqual(['outside-subscription']);
    expect(codes([call('2026-05-04T10:00Z', 1, { durationMs: 2 ** 53 })])).toEqual(['quantity-too-large']);
    expect(codes([call('2026-05-04T10:00Z', 367 * 86_400)])).toEqual(['quantity-too-large']);
    expect(codes([session('2026-05-04T10:00Z', 1)])).toEqual(['no-rate']);
    expect(codes([call('2026-05-04T10:00Z', 1, { service: 'fax' })])).toEqual(['no-rate']);
    expect(codes([call('2026-05-04T10:00Z', 1)], voice, { subscriptions: [subscription({ plan: 'gone' })] })).toEqual([
      'unknown-plan',
    ]);
  });

  test('two rules that match where one may are a conflict that names both', () => {
    const clash = decisionSet('rate:flex.voice', 'rate', 'exactly one', 'portion', [
      ['flex.voice.a', is('event.direction', 'outgoing'), rateOutcome(perMinute('1'))],
      ['flex.voice.b', is('event.duration', 0, 'greaterThan'), rateOutcome(perMinute('2'))],
    ]);
    const { usage } = rate(rules([clash]), [call('2026-05-04T10:00Z', 1)]);
    expect(usage.exceptions[0]).toMatchObject({ code: 'rule-conflict', action: 'hold' });
    expect(usage.exceptions[0]?.evidence).toContain('flex.voice.a and flex.voice.b');
    expect(usage.lines).toEqual([]);
  });

  test('the same event twice is charged once and held', () => {
    const twice = call('2026-05-04T10:00Z', 60);
    const { usage } = rate(voice, [twice, twice]);
    expect(usage.exceptions.map((one) => one.code)).toEqual(['duplicate-charge']);
    expect(usage.totals).toMatchObject([{ events: 1, quantity: 60_000 }]);
  });

  test("late usage is rated by the rules of its own time and without this cycle's allowance", () => {
    const { trace } = rate(flex, [call('2026-04-30T10:00+02:00', 60), call('2026-05-04T10:00+02:00', 60)]);
    expect(trace.map((one) => [one.exact, one.allowance])).toEqual([
      ['1/20', undefined],
      ['0', 'flex.allowance.voice'],
    ]);
  });
});
