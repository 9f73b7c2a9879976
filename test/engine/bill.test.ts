import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateCycle, priceCycle, rateCycle, validateCycle } from '../../engine/cycle.ts';
import type { Fee } from '../../engine/fee.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { BillLine, CycleEvaluation } from '../../engine/model.ts';
import { add, formatExact, parseDecimal, parseExact, sum } from '../../engine/money.ts';
import type { DiscountOutcome } from '../../engine/outcomes.ts';
import type { DecisionSet, Plan, RuleSet } from '../../engine/rule-set.ts';
import {
  accountCycle,
  type CycleParts,
  call,
  decisionSet,
  fee,
  flatRate,
  GB,
  is,
  otherwise,
  perMessage,
  plan,
  ruleSet,
  session,
  standardTax,
  subscription,
  text,
} from './fixture.ts';
import { flex } from './flex.ts';

const evaluate = (document: RuleSet, parts: CycleParts = {}) =>
  evaluateCycle(accountCycle(parts), loadRuleSet(document));
const brief = (lines: readonly BillLine[]) =>
  lines.map((line) => [line.kind, line.from, line.until, line.amount, line.because.how]);
const codes = ({ exceptions }: CycleEvaluation) => exceptions.map((one) => one.code);

function withFee(parts: Partial<Fee> = {}, more: Partial<Plan> = {}): RuleSet {
  return ruleSet({ plans: [plan({ fees: [fee(parts)], ...more })], decisions: [standardTax] });
}

describe('fees in advance', () => {
  test('a running subscription pays the next period', () => {
    expect(brief(evaluate(withFee()).bill.lines)).toEqual([['fee', '2026-06-01', '2026-07-01', '12.00', '12.00 EUR']]);
  });

  test('one activated in the cycle pays its part of it and all of the next', () => {
    const { bill } = evaluate(withFee(), { subscriptions: [subscription({ activatedOn: '2026-05-21' })] });
    expect(brief(bill.lines)).toEqual([
      ['fee', '2026-05-21', '2026-06-01', '4.26', '12.00 EUR × 11/31 days'],
      ['fee', '2026-06-01', '2026-07-01', '12.00', '12.00 EUR'],
    ]);
    expect(bill.lines[0]?.exact).toBe('132/31');
  });

  test('one cancelled in the cycle gets back what an earlier bill charged for the days without service', () => {
    const { bill } = evaluate(withFee(), { subscriptions: [subscription({ cancelledOn: '2026-05-21' })] });
    expect(brief(bill.lines.slice(0, 1))).toEqual([
      ['fee refund', '2026-05-21', '2026-06-01', '-4.26', '−12.00 EUR × 11/31 days'],
    ]);
  });

  test('one that begins and ends in the cycle pays its days and gets nothing back', () => {
    const { bill } = evaluate(withFee(), {
      subscriptions: [subscription({ activatedOn: '2026-05-11', cancelledOn: '2026-05-21' })],
    });
    expect(brief(bill.lines)).toEqual([['fee', '2026-05-11', '2026-05-21', '3.87', '12.00 EUR × 10/31 days']]);
  });

  test('over all its bills a subscription pays for exactly the days it had', () => {
    const cancelled = [subscription({ activatedOn: '2026-03-12', cancelledOn: '2026-05-21' })];
    const bills = ['2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01'].map(
      (on) => evaluate(withFee(), { on, subscriptions: cancelled }).bill,
    );
    const fees = bills.flatMap((bill) => bill.lines).filter((line) => line.kind !== 'credit carried forward');
    const exact = sum(fees.map((line) => parseExact(line.exact)));
    expect(formatExact(exact)).toBe(formatExact(sum([parseExact('240/31'), parseExact('12'), parseExact('240/31')])));
  });

  test('a fee that is never prorated is paid whole, once there is a day of service', () => {
    const { bill } = evaluate(withFee({ prorated: 'never' }), {
      subscriptions: [subscription({ activatedOn: '2026-05-31' })],
    });
    expect(bill.lines.map((line) => line.amount)).toEqual(['12.00', '12.00']);
    const cancelled = evaluate(withFee({ prorated: 'never' }), {
      subscriptions: [subscription({ cancelledOn: '2026-05-21' })],
    });
    expect(cancelled.bill.lines).toEqual([]);
  });

  test('a new version of the plan sets the price of the periods that start under it', () => {
    const document = ruleSet({
      plans: [plan({ fees: [fee()] }), plan({ from: '2026-06-01', fees: [fee({ amount: '13.00' })] })],
      decisions: [standardTax],
    });
    expect(brief(evaluate(document).bill.lines)).toEqual([['fee', '2026-06-01', '2026-07-01', '13.00', '13.00 EUR']]);
  });

  test('a yearly fee is due every twelfth cycle from activation', () => {
    const due = (on: string) =>
      evaluate(withFee({ interval: 'yearly' }, { from: '2025-01-01' }), {
        on,
        subscriptions: [subscription({ activatedOn: '2025-06-15' })],
      }).bill.lines;
    expect(brief(due('2025-06-15'))).toEqual([
      ['fee', '2025-06-15', '2026-06-01', '11.54', '12.00 EUR × 351/365 days'],
    ]);
    expect([due('2025-09-01'), due('2026-04-01')]).toEqual([[], []]);
    expect(brief(due('2026-05-01'))).toEqual([['fee', '2026-06-01', '2027-06-01', '12.00', '12.00 EUR']]);
  });
});

test('a fee in arrears is charged once its period is over, for the days of service', () => {
  const arrears = withFee({ due: 'in arrears' });
  expect(brief(evaluate(arrears).bill.lines)).toEqual([['fee', '2026-05-01', '2026-06-01', '12.00', '12.00 EUR']]);
  expect(brief(evaluate(arrears, { subscriptions: [subscription({ cancelledOn: '2026-05-11' })] }).bill.lines)).toEqual(
    [['fee', '2026-05-01', '2026-05-11', '3.87', '12.00 EUR × 10/31 days']],
  );
});

describe('discounts', () => {
  const discount = (parts: Partial<DiscountOutcome>): DiscountOutcome => ({
    kind: 'discount',
    take: { kind: 'percent', percent: '10' },
    off: { kind: 'service', service: 'data' },
    after: [],
    beside: [],
    ...parts,
  });
  const data = flatRate('data', { kind: 'flat', price: { amount: '1.00', per: GB } });
  const fiftyTwo = { usage: [session('2026-05-04T10:00Z', 52 * GB)] };
  const taken = (
    rules: readonly (readonly [string, DiscountOutcome])[],
    tax: DecisionSet = standardTax,
    parts: CycleParts = fiftyTwo,
  ) => {
    const set = decisionSet(
      'discount',
      'discount',
      'all',
      'subscription',
      rules.map(([name, outcome]) => [name, is('always', true), outcome] as const),
    );
    const document = ruleSet({
      plans: [plan({ fees: [fee()], rates: { data: data.id, sms: 'rate:flex.sms' } })],
      decisions: [data, flatRate('sms', perMessage('0.09')), set, tax],
    });
    return evaluate(document, parts)
      .bill.lines.filter((line) => line.kind === 'discount')
      .map((line) => line.amount);
  };
  const percent = (value: string) => ({ kind: 'percent' as const, percent: value });

  test('5 % and then 10 % of the rest leave 44.46 EUR of 52.00; beside each other they leave 44.20', () => {
    const five = ['discount.five', discount({ take: percent('5') })] as const;
    expect(taken([five, ['discount.ten', discount({ after: ['discount.five'] })]])).toEqual(['-2.60', '-4.94']);
    expect(taken([five, ['discount.ten', discount({ beside: ['discount.five'] })]])).toEqual(['-2.60', '-5.20']);
  });

  test('a discount comes after the one it works after, wherever it stands in the text', () => {
    expect(
      taken([
        ['discount.ten', discount({ after: ['discount.five'] })],
        ['discount.five', discount({ take: percent('5') })],
      ]),
    ).toEqual(['-2.60', '-4.94']);
  });

  test('a cap is never exceeded', () => {
    expect(taken([['discount.ten', discount({ cap: { amount: '3.00', currency: 'EUR' } })]])).toEqual(['-3.00']);
  });

  test('discounts never take more than there is', () => {
    expect(
      taken([
        ['discount.a', discount({ take: percent('80') })],
        ['discount.b', discount({ take: percent('80'), beside: ['discount.a'] })],
      ]),
    ).toEqual(['-41.60', '-10.40']);
    expect(taken([['discount.a', discount({ take: { kind: 'amount', amount: '99.00', currency: 'EUR' } })]])).toEqual([
      '-52.00',
    ]);
  });

  test('a discount over lines of two taxes stands on one line for each, and the cents add up to it rounded once', () => {
    const twoTaxes = decisionSet('tax', 'tax', 'exactly one', 'line', [
      ['tax.reduced', is('line.kind', 'fee'), { kind: 'tax', percent: '7', category: 'S' }],
      ['tax.standard', otherwise, { kind: 'tax', percent: '19', category: 'S' }],
    ]);
    // 1/3 of 12.00 + 52.00 = 21.333…
    expect(
      taken([['discount.third', discount({ take: percent('33.3333'), off: { kind: 'all charges' } })]], twoTaxes),
    ).toEqual(['-4.00', '-17.33']);
  });

  test('a promotion counts the cycle of acceptance as its first', () => {
    const half: readonly (readonly [string, DiscountOutcome])[] = [
      [
        'discount.half',
        discount({ take: percent('50'), off: { kind: 'fee', name: 'Line rental' }, cyclesFromAcceptance: 3 }),
      ],
    ];
    const inCycle = (on: string) =>
      taken(half, standardTax, { on, subscriptions: [subscription({ acceptedOn: '2026-01-31' })] });
    expect([inCycle('2026-01-01'), inCycle('2026-03-01'), inCycle('2026-04-01')]).toEqual([['-12.00'], ['-6.00'], []]);
  });
});

describe('tax', () => {
  const reverse = decisionSet('tax', 'tax', 'exactly one', 'line', [
    [
      'tax.reverse_charge',
      { all: [is('customer.vat_id.known', true), is('customer.tax_country', 'DE', 'notEqual')] },
      { kind: 'tax', percent: '0', category: 'AE', note: 'Reverse charge' },
    ],
    ['tax.standard', otherwise, { kind: 'tax', percent: '19', category: 'S' }],
  ]);
  const document = ruleSet({ plans: [plan({ fees: [fee()] })], decisions: [reverse] });

  test('a tax is rounded once for each category and percent, not per line', () => {
    const three = ['1', '2', '3'].map((id) => subscription({ id: `S-${id}`, msisdn: `+49${id}` }));
    const small = ruleSet({ plans: [plan({ fees: [fee({ amount: '0.13' })] })], decisions: [reverse] });
    expect(evaluate(small, { subscriptions: three }).bill).toMatchObject({ net: '0.39', tax: '0.07', total: '0.46' });
  });

  test('a business with a VAT number in another country pays none, and is told why', () => {
    const { bill } = evaluate(document, { customer: { taxCountry: 'FR', vatId: 'FR123' } });
    expect(bill.taxes).toMatchObject([
      { category: 'AE', percent: '0', base: '12.00', amount: '0.00', note: 'Reverse charge' },
    ]);
    expect(evaluate(document, { customer: { taxCountry: 'FR' } }).bill.tax).toBe('2.28');
  });

  test('a line that no tax rule matches, or several, holds the bill', () => {
    const none = ruleSet({ plans: [plan({ fees: [fee()] })], decisions: [] });
    expect(evaluate(none).exceptions).toMatchObject([{ code: 'no-rate', object: 'line', action: 'hold' }]);
    const two = decisionSet('tax', 'tax', 'exactly one', 'line', [
      ['tax.a', is('line.kind', 'fee'), { kind: 'tax', percent: '7', category: 'S' }],
      ['tax.b', is('line.kind', 'fee'), { kind: 'tax', percent: '19', category: 'S' }],
    ]);
    const clash = evaluate(ruleSet({ plans: [plan({ fees: [fee()] })], decisions: [two] }));
    expect(clash.exceptions).toMatchObject([
      { code: 'rule-conflict', evidence: 'tax.a and tax.b all match the line "Line rental".' },
    ]);
  });
});

describe('validation', () => {
  test('another currency, a closed account and an unknown plan hold the bill', () => {
    expect(codes(evaluate(withFee({}, { currency: 'USD' })))).toEqual(['currency-mismatch']);
    expect(codes(evaluate(withFee(), { account: { closedOn: '2026-04-15' } }))).toEqual(['closed-account']);
    expect(codes(evaluate(withFee(), { subscriptions: [subscription({ plan: 'gone' })] }))).toEqual(['unknown-plan']);
  });

  test('a line used in every past cycle and silent in this one is flagged', () => {
    const past = { subscriptionId: 'S-1', from: '2026-04-01', until: '2026-05-01', charges: '12.00' };
    expect(evaluate(withFee(), { history: [{ ...past, usage: { voice: 1 } }] }).exceptions).toMatchObject([
      { code: 'missing-usage', action: 'flag' },
    ]);
    expect(codes(evaluate(withFee(), { history: [{ ...past, usage: { voice: 0 } }] }))).toEqual([]);
  });

  test('a bill that was changed between pricing and validation does not get through', () => {
    const rules = loadRuleSet(flex);
    const cycle = accountCycle({ usage: [call('2026-05-04T10:00Z', 99_999)] });
    const { usage } = rateCycle(cycle, rules);
    const { bill } = priceCycle(cycle, usage, rules);
    const check = (changed: Partial<typeof bill>) =>
      validateCycle(cycle, usage, { ...bill, ...changed }, rules).exceptions.map((one) => one.code);
    expect(check({})).toEqual([]);
    expect(check({ total: '0.01' })).toEqual(['sums-differ']);
    expect(check({ total: '-0.01' })).toContain('negative-total');
    expect(check({ lines: bill.lines.slice(0, -1) })).toContain('sums-differ');
    expect(check({ lines: [...bill.lines, ...bill.lines] })).toContain('duplicate-charge');
  });

  test('an anomaly is held with the numbers that made it one; exactly three times the median is none', () => {
    const history = [4, 5, 6].map((gb, i) => ({
      subscriptionId: 'S-1',
      from: `2026-0${i + 2}-01`,
      until: `2026-0${i + 3}-01`,
      usage: { data: gb * GB },
      charges: '12.00',
    }));
    const spike = evaluate(flex, { history, usage: [session('2026-05-04T10:00Z', 15_320_000_000)] });
    expect(spike.exceptions).toMatchObject([
      { code: 'anomaly', subject: 'S-1', rule: 'anomaly.usage_spike', severity: 'high' },
    ]);
    expect(spike.exceptions[0]?.evidence).toBe('Used 15.32 GB; the last 3 cycles had a median of 5 GB.');
    expect(codes(evaluate(flex, { history, usage: [session('2026-05-04T10:00Z', 15 * GB)] }))).toEqual([]);
    expect(codes(evaluate(flex, { usage: [session('2026-05-04T10:00Z', 99 * GB)] }))).toEqual([]);
  });

  test('a median of two middle values may be a half, and comparing with it stays exact', () => {
    const history = [2_000_000_000, 2_000_000_001].map((data, i) => ({
      subscriptionId: 'S-1',
      from: `2026-0${i + 3}-01`,
      until: `2026-0${i + 4}-01`,
      usage: { data },
      charges: '1',
    }));
    const at = (bytes: number) => codes(evaluate(flex, { history, usage: [session('2026-05-04T10:00Z', bytes)] }));
    expect([at(6_000_000_001), at(6_000_000_002)]).toEqual([[], ['anomaly']]);
  });

  test('a declared fact that is never missing, and that a rule reads, must be there', () => {
    const tier = decisionSet('discount', 'discount', 'all', 'subscription', [
      [
        'discount.gold',
        is('customer.tier', 'gold'),
        {
          kind: 'discount',
          take: { kind: 'percent', percent: '10' },
          off: { kind: 'all charges' },
          after: [],
          beside: [],
        },
      ],
    ]);
    const document = ruleSet({
      plans: [plan({ fees: [fee()] })],
      decisions: [standardTax, tier],
      facts: [{ name: 'customer.tier', type: { kind: 'enum', values: ['gold'] }, scope: 'customer', doc: '' }],
    });
    expect(codes(evaluate(document))).toEqual(['missing-fact']);
    const gold = evaluate(document, { customer: { facts: { 'customer.tier': 'gold' } } });
    expect([codes(gold), gold.bill.net]).toEqual([[], '10.80']);
  });
});

describe('the whole bill', () => {
  const instant = fc
    .integer({ min: Date.parse('2026-05-01T00:00+02:00'), max: Date.parse('2026-06-01T00:00+02:00') - 1 })
    .map((at) => new Date(at).toISOString());
  const number = fc.constantFrom('+493012345', '+4312345', '+41123', '+499001');
  const event = fc.oneof(
    fc
      .tuple(instant, fc.integer({ min: 0, max: 20_000 }), number)
      .map(([at, seconds, calledNumber]) => call(at, seconds, { calledNumber })),
    fc.tuple(instant, fc.integer({ min: 0, max: 30 * GB })).map(([at, bytes]) => session(at, bytes)),
    instant.map((at) => text(at)),
  );
  const rules = loadRuleSet(flex);

  test('adds up: portions to lines, lines to net, net and taxes to the total; and no usage is lost', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), (usage) => {
        const cycle = accountCycle({ usage });
        const { bill, trace, exceptions } = evaluateCycle(cycle, rules);
        const lines = sum(bill.lines.map((line) => parseDecimal(line.amount)));
        const taxes = sum(bill.taxes.map((one) => parseDecimal(one.amount)));
        expect(formatExact(add(lines, taxes))).toBe(formatExact(parseDecimal(bill.total)));
        for (const line of bill.lines.filter((one) => one.service !== undefined)) {
          const own = trace.filter((portion) => portion.lineId === line.id);
          expect(formatExact(sum(own.map((portion) => parseExact(portion.exact))))).toBe(line.exact);
          expect(own.reduce((quantity, portion) => quantity + portion.quantity, 0)).toBe(line.quantity);
        }
        expect(new Set(trace.map((portion) => portion.eventId)).size).toBe(usage.length);
        expect(exceptions).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('is the same whatever the order in which usage arrives', () => {
    fc.assert(
      fc.property(
        fc
          .array(event, { maxLength: 12 })
          .chain((usage) => fc.tuple(fc.constant(usage), fc.shuffledSubarray(usage, { minLength: usage.length }))),
        ([usage, shuffled]) => {
          expect(evaluateCycle(accountCycle({ usage: shuffled }), rules)).toEqual(
            evaluateCycle(accountCycle({ usage }), rules),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is plain JSON: nothing is lost on the way through a store', () => {
    const result = evaluateCycle(accountCycle({ usage: [call('2026-05-04T10:00Z', 61)] }), rules);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('says once that its invoice is to be sent', () => {
    const { intents } = evaluateCycle(accountCycle(), rules);
    expect(intents).toEqual([
      {
        rule: 'notify.invoice_ready',
        message: 'invoice',
        to: 'customer',
        key: 'notify.invoice_ready|invoice|customer|A-1|2026-05-01',
      },
    ]);
  });
});
