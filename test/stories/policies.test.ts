/** Where billing systems differ, the plan says what holds: each setting with each of its values, and what holds if nothing is said. */
import { describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { placeOfLate } from '../../engine/late-usage.ts';
import type { Subscription } from '../../engine/model.ts';
import { source } from '../dsl/sources.ts';
import { accountCycle, type CycleParts, call, GB, session, subscription, text } from '../engine/fixture.ts';
import { bill } from './story.ts';

const plan = (id: string, policy: string, parts: string) => `
plan ${id} "${id}" in EUR, round half even per line, split at boundaries
  from 2026-01-01
${policy && `  policy ${policy}\n`}${parts}`;

const billed = (rules: string, who: Partial<Subscription> = {}, more: CycleParts = {}, tax = '19% category S') =>
  bill(`${rules}\ntax standard otherwise ${tax}\n`, accountCycle({ subscriptions: [subscription(who)], ...more })).bill;

const lines = (...of: Parameters<typeof billed>) =>
  billed(...of).lines.map(({ title, from, until, amount }) => [title, from, until, amount]);
const amounts = (...of: Parameters<typeof billed>) => billed(...of).lines.map(({ title, amount }) => [title, amount]);

describe('The last day', () => {
  // 4.65 EUR are 0.15 EUR for each day of May.
  const parking = '  fee "Parking" 4.65 EUR monthly in arrears, prorated by day\n';

  test.each([
    ['', '2026-05-22', '3.15'],
    ['cancellation day free', '2026-05-22', '3.15'],
    ['cancellation day billed', '2026-05-23', '3.30'],
  ])('of who cancels on 22 May: with "%s" fees are due before %s, %s EUR', (policy, until, amount) => {
    const cancelled = { cancelledOn: '2026-05-22' };
    expect(lines(plan('flex', policy, parking), cancelled)).toEqual([['Parking', '2026-05-01', until, amount]]);
  });

  test('that is the first of the next cycle is on the bill of that one, and in advance a single day is charged', () => {
    const rules = plan('flex', 'cancellation day billed', parking.replace('in arrears', 'in advance'));
    const cancelled = { cancelledOn: '2026-06-01' };
    // One of the 30 days of June.
    expect(lines(rules, cancelled)).toEqual([['Parking', '2026-06-01', '2026-06-02', '0.16']]);
    expect(lines(rules, cancelled, { on: '2026-06-01' })).toEqual([]);
  });

  test.each([
    ['', '2026-05-11', ['1.50', '6.30']],
    ['plan change day by new plan', '2026-05-11', ['1.50', '6.30']],
    ['plan change day by old plan', '2026-05-12', ['1.65', '6.00']],
  ])(
    'on a plan that is left on 11 May: with "%s" the new plan bills from %s on',
    (policy, from, [old = '', next = '']) => {
      const rules = plan('basic', policy, parking) + plan('max', '', parking.replace('4.65', '9.30'));
      const changed = { plan: 'basic', planChanges: [{ from: '2026-05-11', plan: 'max' }] };
      expect(lines(rules, changed)).toEqual([
        ['Parking', '2026-05-01', from, old],
        ['Parking', from, '2026-06-01', next],
      ]);
    },
  );
});

describe('What comes exactly to the bound of a tier', () => {
  const volume = '  rate data volume per cycle\n    first 10 GB  2.00 EUR per GB\n    beyond       1.00 EUR per GB\n';
  const messages =
    '  rate sms graduated per cycle\n    first 3 messages  0.10 EUR per message\n    beyond            0.01 EUR per message\n';
  const calls =
    '  rate voice graduated per cycle\n    first 3 calls  1.00 EUR per call\n    beyond         0.10 EUR per call\n';
  const usage = [
    session('2026-05-04T10:00+02:00', 10 * GB),
    ...[4, 5, 6].map((day) => text(`2026-05-0${day}T10:00+02:00`)),
    ...[4, 5, 6].map((day) => call(`2026-05-0${day}T11:00+02:00`, 60)),
  ];

  test.each([
    [
      '',
      [
        ['Data', '20.00'],
        ['Sms, tier 1', '0.30'],
        ['Voice, tier 1', '3.00'],
      ],
    ],
    [
      'tier bound in lower tier',
      [
        ['Data', '20.00'],
        ['Sms, tier 1', '0.30'],
        ['Voice, tier 1', '3.00'],
      ],
    ],
    [
      'tier bound in higher tier',
      [
        ['Data', '10.00'],
        ['Sms, tier 1', '0.20'],
        ['Sms, tier 2', '0.01'],
        ['Voice, tier 1', '2.00'],
        ['Voice, tier 2', '0.10'],
      ],
    ],
  ])('10 GB by volume, the third message and the third call: with "%s"', (policy, expected) => {
    expect(amounts(plan('flex', policy, volume + messages + calls), {}, { usage })).toEqual(expected);
  });

  test('is the last of its tier to the byte where usage is cut at the bound, whatever the policy', () => {
    const graduated = volume.replace('volume', 'graduated');
    for (const policy of ['tier bound in lower tier', 'tier bound in higher tier'])
      expect(amounts(plan('flex', policy, graduated), {}, { usage: usage.slice(0, 1) })).toEqual([
        ['Data, tier 1', '20.00'],
      ]);
  });
});

describe('The flat fee of the first tier', () => {
  const data = '  rate data graduated per cycle\n    first 5 GB  5.00 EUR per cycle\n    beyond      1.00 EUR per GB\n';

  test.each([
    ['', []],
    ['first tier fee with usage', []],
    ['first tier fee always', [['Data, tier 1', '5.00']]],
  ])('without any usage: with "%s" the bill has %j', (policy, expected) => {
    expect(amounts(plan('flex', policy, data))).toEqual(expected);
  });

  test('is due once, with usage or without; of usage that is included it is due only if the plan says so', () => {
    const usage = [session('2026-05-04T10:00+02:00', 6 * GB)];
    const always = plan('flex', 'first tier fee always', data);
    expect(amounts(always, {}, { usage })).toEqual([
      ['Data, tier 1', '5.00'],
      ['Data, tier 2', '1.00'],
    ]);
    const included = (policy: string) =>
      amounts(plan('flex', policy, `  allowance 9 GB of data\n${data}`), {}, { usage });
    expect(included('')).toEqual([['Included: 9 GB of data', '0.00']]);
    expect(included('first tier fee always')).toEqual([
      ['Included: 9 GB of data', '0.00'],
      ['Data, tier 1', '5.00'],
    ]);
  });

  test('is due of the volume tier that is reached, or of the first one if none is, and once where lines count together', () => {
    const volume =
      '  rate data volume per cycle, per account\n    first 5 GB  5.00 EUR per cycle\n    beyond      9.00 EUR per cycle\n';
    const always = plan('flex', 'first tier fee always', volume);
    const two = [subscription(), subscription({ id: 'S-2', msisdn: '+491709999999' })];
    expect(amounts(always, {}, { subscriptions: two })).toEqual([['Data', '5.00']]);
    const usage = [session('2026-05-04T10:00+02:00', 6 * GB)];
    expect(amounts(always, {}, { subscriptions: two, usage })).toEqual([['Data', '9.00']]);
  });

  test('is not due from who has no service in the cycle', () => {
    const rules = plan('flex', 'first tier fee always', data);
    expect(amounts(rules, { pauses: [{ from: '2026-04-20' }] })).toEqual([]);
    expect(amounts(rules, { activatedOn: '2026-06-03' })).toEqual([]);
  });
});

describe('A minimum spend of 31.00 EUR in a part cycle of 10 days', () => {
  test.each([
    ['', [['Minimum spend', '31.00']]],
    [', whole in a part cycle', [['Minimum spend', '31.00']]],
    [', prorated', [['Minimum spend', '10.00']]],
    [', waived in a part cycle', []],
  ])('"%s"', (said, expected) => {
    const rules = plan('flex', '', `  minimum spend 31.00 EUR per cycle of all charges${said}\n`);
    expect(amounts(rules, { activatedOn: '2026-05-22' })).toEqual(expected);
    expect(amounts(rules)).toEqual([['Minimum spend', '31.00']]);
  });
});

describe('The tax of three fees of 0.03 EUR at 19 %', () => {
  // Each has 0.0057 EUR of tax, all together 0.0171 EUR.
  const fees = ['A', 'B', 'C'].map((name) => `  fee "${name}" 0.03 EUR monthly in arrears\n`).join('');
  test.each([
    ['19% category S', '0.02'],
    ['19% category S, round half up per rate', '0.02'],
    ['19% category S, round half up per line', '0.03'],
    ['19% category S, round down per rate', '0.01'],
    ['19% category S, round down per line', '0.00'],
    ['19% category S, round up per line', '0.03'],
  ])('%s: %s EUR', (tax, expected) => {
    const { net, taxes, total } = billed(plan('flex', '', fees), {}, {}, tax);
    expect([net, taxes.map(({ base, amount }) => [base, amount])]).toEqual(['0.09', [['0.09', expected]]]);
    expect(total).toBe((0.09 + Number(expected)).toFixed(2));
  });

  test('by two rules that round differently is one tax of one rate, each of its lines rounded as its own rule says', () => {
    const rules = `
declare category goods "What is handed over."
${plan('flex', '', fees.replace('in arrears\n  fee "B"', 'in arrears, fiscal category goods\n  fee "B"'))}
tax goods
  when line.fiscal_category is goods
  19% category S, round up per line
`;
    // A by itself, rounded up: 0.01. B and C together: 0.0114, rounded half up: 0.01.
    expect(billed(rules).taxes.map(({ base, amount }) => [base, amount])).toEqual([['0.09', '0.02']]);
  });
});

describe('A call from 19:59 to 20:01, by an evening price from eight', () => {
  const rates = (split: string) => `
calendar evening in customer time
  every day 20:00 to 24:00
plan flex "Flex" in EUR, round half even per line, split ${split}
  from 2026-01-01
  rate voice, first that fits
    when time is evening  charge 0.10 EUR per min by 1 s
    otherwise             charge 1.00 EUR per min by 1 s
`;
  const usage = [call('2026-05-04T19:59+02:00', 120)];

  test.each([
    [
      'at boundaries',
      [
        ['Voice: time is evening', '0.10'],
        ['Voice', '1.00'],
      ],
    ],
    ['at start', [['Voice', '2.00']]],
  ])('split %s', (split, expected) => {
    expect(amounts(rates(split), {}, { usage })).toEqual(expected);
  });
});

describe('Usage that comes late', () => {
  const used = (on: string) => call(`${on}T10:00+02:00`, 60);
  const place = (policy: string, on: string, more: CycleParts = {}) => {
    const { ruleSet } = compileRules(source(`${plan('flex', policy, '')}tax standard otherwise 19% category S\n`));
    if (!ruleSet) throw new Error(policy);
    return placeOfLate(used(on), subscription({}), accountCycle({ on: '2026-07-01', ...more }), ruleSet);
  };

  test.each([
    ['', 'own cycle'],
    ['late usage corrects its bill', 'own cycle'],
    ['late usage billed in the next cycle', 'open cycle'],
  ])('by however many cycles: with "%s" goes to its %s', (policy, expected) => {
    expect(place(policy, '2026-06-30')).toBe(expected);
    expect(place(policy, '2026-02-01')).toBe(expected);
  });

  test.each([
    ['late usage corrects its bill within 1 cycle', ['own cycle', 'too late', 'too late']],
    ['late usage corrects its bill within 2 cycles', ['own cycle', 'own cycle', 'too late']],
    ['late usage billed in the next cycle within 2 cycles', ['open cycle', 'open cycle', 'too late']],
  ])('from June, May and April, in July: with "%s" %j', (policy, expected) => {
    expect(['2026-06-01', '2026-05-31', '2026-04-30'].map((on) => place(policy, on))).toEqual(expected);
  });

  test('is asked of the plan that the line had at the time of the use, and corrects where no cycle follows any more', () => {
    const text = plan('flex', 'late usage billed in the next cycle', '') + plan('max', '', '');
    const { ruleSet } = compileRules(source(`${text}tax standard otherwise 19% category S\n`));
    if (!ruleSet) throw new Error(text);
    const moved = subscription({ planChanges: [{ from: '2026-06-10', plan: 'max' }] });
    const open = accountCycle({ on: '2026-07-01' });
    const at = ['2026-06-09', '2026-06-10'].map((on) => placeOfLate(used(on), moved, open, ruleSet));
    expect(at).toEqual(['open cycle', 'own cycle']);
    const closed = { ...open, account: { ...open.account, closedOn: '2026-07-01' } };
    expect(placeOfLate(used('2026-06-09'), moved, closed, ruleSet)).toBe('own cycle');
  });

  test('beyond the limit is on no bill, and told with what it is', () => {
    const tooLate = [session('2026-05-04T10:00+02:00', 3 * GB)];
    const rules = plan('flex', 'late usage corrects its bill within 1 cycle', '  rate data charge 1.00 EUR per GB\n');
    const { bill: found, exceptions } = bill(
      `${rules}\ntax standard otherwise 19% category S\n`,
      accountCycle({ on: '2026-07-01', subscriptions: [subscription({})], tooLate }),
    );
    expect(found.total).toBe('0.00');
    expect(exceptions.map(({ code, action, evidence }) => [code, action, evidence])).toEqual([
      [
        'late-beyond-limit',
        'flag',
        'Started 2026-05-04 10:00:00, 2 cycles before this one, and came only now: data of +491701234567, 3000000000 bytes. It is not billed.',
      ],
    ]);
  });

  test('within no cycles, or twice, is refused', () => {
    const codes = (policy: string) =>
      compileRules(source(`${plan('flex', policy, '')}tax standard otherwise 19% category S\n`)).diagnostics.map(
        ({ code }) => code,
      );
    expect(codes('late usage corrects its bill within 0 cycles')).toEqual(['not-positive']);
    expect(codes('late usage corrects its bill within 2 months')).toEqual(['wrong-unit']);
    expect(codes('late usage corrects its bill, late usage billed in the next cycle')).toEqual(['repeated-clause']);
  });
});
