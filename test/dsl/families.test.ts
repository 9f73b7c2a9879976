import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { Outcome } from '../../engine/outcomes.ts';
import type { RuleSet, StockRule } from '../../engine/rule-set.ts';
import { destinations, message, roamingZones, source } from './sources.ts';

const plan = 'plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries\n';
const tables =
  'table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home\n' +
  'table roaming_zone from "tables/roaming-zones.csv" by exact event.visited_network, otherwise home\n';

function compiled(rules: string): RuleSet {
  const { ruleSet, diagnostics } = compileRules(source(rules, destinations, roamingZones, ...message('hello')));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (!ruleSet) throw new Error('There is no rule set.');
  return ruleSet;
}

function codes(rules: string): readonly string[] {
  return compileRules(source(rules, destinations, roamingZones)).diagnostics.map(({ code }) => code);
}

function rulesOf(ruleSet: RuleSet, set: string): readonly StockRule<Outcome>[] {
  return ruleSet.decisions.find(({ id }) => id === set)?.rules ?? [];
}

function outcomes(ruleSet: RuleSet, set: string): readonly Outcome[] {
  return rulesOf(ruleSet, set).map(({ event }) => event.params.outcome);
}

/** The condition of a discount with this `when`. */
function condition(when: string) {
  return rulesOf(compiled(`${tables}${plan}discount d\n  ${when}\n  take 1% off all charges`), 'discount')[0]
    ?.conditions;
}

describe('Plans', () => {
  it('price usage per unit, with increments, set-up fees, started blocks and tiers', () => {
    const ruleSet = compiled(
      `${tables}${plan}  rate voice, first that fits\n    when destination is premium charge 0.90 EUR per min by 1 min, plus 0.15 EUR per call\n    otherwise charge 0.05 EUR per min by 30 s then 1 s\n` +
        '  rate data\n    when roaming_zone is zone_2 charge 3.00 EUR per started 100 MB\n    otherwise graduated per cycle\n      first 40 GB 1.20 EUR per GB\n      next 100 GB 0.80 EUR per GB\n      beyond 0.50 EUR per GB',
    );
    expect(outcomes(ruleSet, 'rate:flex.voice')).toEqual([
      {
        kind: 'rate',
        currency: 'EUR',
        price: { kind: 'flat', price: { amount: '0.90', per: 60_000 } },
        increments: { first: 60_000, next: 60_000 },
        setUpFee: '0.15',
      },
      {
        kind: 'rate',
        currency: 'EUR',
        price: { kind: 'flat', price: { amount: '0.05', per: 60_000 } },
        increments: { first: 30_000, next: 1_000 },
      },
    ]);
    expect(outcomes(ruleSet, 'rate:flex.data').map((outcome) => 'price' in outcome && outcome.price)).toEqual([
      { kind: 'package', price: { amount: '3.00', per: 100_000_000 } },
      {
        kind: 'graduated',
        counts: 'usage',
        tiers: [
          { upTo: 40_000_000_000, price: { kind: 'flat', price: { amount: '1.20', per: 1_000_000_000 } } },
          { upTo: 140_000_000_000, price: { kind: 'flat', price: { amount: '0.80', per: 1_000_000_000 } } },
          { price: { kind: 'flat', price: { amount: '0.50', per: 1_000_000_000 } } },
        ],
      },
    ]);
  });

  it('name rows by their conditions without the numbers', () => {
    const ruleSet = compiled(
      `${tables}${plan}  rate voice, first that fits\n    when destination is eu or efta charge 1.00 EUR per min\n    when event.duration > 60 min charge 1.00 EUR per min\n    when destination is home as domestic charge 1.00 EUR per min\n    otherwise charge 1.00 EUR per min`,
    );
    expect(rulesOf(ruleSet, 'rate:flex.voice').map(({ name }) => name)).toEqual([
      'flex.voice.destination-is-eu-or-efta',
      'flex.voice.event-duration-above',
      'flex.voice.domestic',
      'flex.voice.otherwise',
    ]);
  });

  it('like another take over what they do not say again', () => {
    const ruleSet = compiled(
      `${plan}  fee "Line rental" 12.00 EUR monthly in advance\n  fee "Line extra" 1.00 EUR monthly in advance\n  rate voice charge 0.05 EUR per min\nplan family like flex\n  fee "Line rental" 29.00 EUR monthly in arrears`,
    );
    const family = ruleSet.plans.find(({ id }) => id === 'family');
    expect(family?.fees.map(({ id, amount }) => [id, amount])).toEqual([
      ['family.fee.line-rental', '29.00'],
      ['family.fee.line-extra', '1.00'],
    ]);
    expect(family?.rates).toEqual({ voice: 'rate:family.voice' });
    expect(family).toMatchObject({ currency: 'EUR', rounding: 'half even', split: 'at boundaries' });
  });

  it('know later versions by their first day', () => {
    const ruleSet = compiled(
      `${plan}  from 2026-01-01\n  rate sms charge 0.09 EUR per message\n${plan}  from 2026-06-01\n  rate sms charge 0.10 EUR per message`,
    );
    expect(ruleSet.plans.map(({ id, from, rates }) => [id, from, rates.sms])).toEqual([
      ['flex', '2026-01-01', 'rate:flex.sms'],
      ['flex', '2026-06-01', 'rate:flex@2026-06-01.sms'],
    ]);
  });

  it('say which calendars cut their usage', () => {
    const ruleSet = compiled(
      `${plan}  rate voice\n    when time is night charge 0.01 EUR per min\n    otherwise charge 0.05 EUR per min\ncalendar night in Europe/Berlin\n  every day 22:00 to 06:00, weekends`,
    );
    expect(ruleSet.plans[0]?.calendars).toEqual(['night']);
    expect(ruleSet.calendars[0]).toMatchObject({
      zone: { kind: 'named', zone: 'Europe/Berlin' },
      bands: [
        { days: 'every day', from: 1320, until: 360 },
        { days: 'weekends', from: 0, until: 0 },
      ],
    });
    expect(ruleSet.derived).toContainEqual({
      name: 'time.night',
      type: { kind: 'boolean' },
      expression: { op: 'in calendar', calendar: 'night', at: 'at' },
    });
  });
});

describe('A later version of a plan', () => {
  const first = `plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate voice charge 0.05 EUR per min
  rate sms charge 0.09 EUR per message
`;
  const later = `plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-08-01
  fee "Line rental" 13.00 EUR monthly in advance
  rate sms charge 0.09 EUR per message
`;
  const rest = `plan talk "Talk" like flex
tax standard otherwise 19% category S
test "a call"
  given plan talk
    and a voice event of 60 s at 2026-05-12 10:00
  expect price 0.05 EUR by talk.voice.otherwise
`;
  const faults = (text: string) =>
    compileRules(source(text)).diagnostics.map(({ code, line, help }) => ({ code, line, help }));

  it('is named where a test asks for a rate that it has lost', () => {
    expect(faults(first + rest)).toEqual([]);
    expect(faults(first + later + rest)).toEqual([
      {
        code: 'unknown-rule',
        line: 14,
        help: 'the version of plan `flex` from 2026-08-01 on, in example.rules, has no rate for voice: a version says all of its plan, so repeat there what stays',
      },
    ]);
  });

  it('is not blamed for a row that is misspelt', () => {
    const slip = rest.replace('voice.otherwise', 'sms.otherwis');
    expect(faults(first + later + slip)).toEqual([
      { code: 'unknown-rule', line: 14, help: 'did you mean `talk.sms.otherwise`?' },
    ]);
  });
});

describe('Conditions', () => {
  it('compare facts with integers in base units', () => {
    expect(condition('when cycle.data > 50 GB and cycle.charges <= 12.50 EUR and cycle.voice < 90 min')).toEqual({
      all: [
        { fact: 'cycle.data', operator: 'greaterThan', value: 50_000_000_000 },
        { fact: 'cycle.charges', operator: 'lessThanInclusive', value: 12_500_000 },
        { fact: 'cycle.voice', operator: 'lessThan', value: 5_400_000 },
      ],
    });
  });

  it('compare facts with facts by the sign of their exact difference', () => {
    expect(condition('when cycle.data > 3 * history.data.median\n  unless history.data.median is missing')).toEqual({
      all: [
        { fact: 'history.data.median.known', operator: 'equal', value: true },
        { fact: 'sign(cycle.data, 3 * history.data.median)', operator: 'greaterThan', value: 0 },
      ],
    });
  });

  it('lift the guard of a fact that may be missing out of every not', () => {
    expect(
      condition('when not customer.vat_id is "X"\n  unless customer.vat_id is missing or customer.country is DE'),
    ).toEqual({
      all: [
        { fact: 'customer.vat_id.known', operator: 'equal', value: true },
        { not: { fact: 'customer.vat_id', operator: 'equal', value: 'X' } },
        { not: { fact: 'customer.country', operator: 'equal', value: 'DE' } },
      ],
    });
  });

  it('put a value in the place of what is missing', () => {
    expect(condition('when history.data.median if missing 0 GB < 5 GB')).toEqual({
      all: [
        {
          any: [
            {
              all: [
                { fact: 'history.data.median.known', operator: 'equal', value: true },
                { fact: 'history.data.median', operator: 'lessThan', value: 5_000_000_000 },
              ],
            },
            { fact: 'history.data.median.known', operator: 'equal', value: false },
          ],
        },
      ],
    });
  });

  it('turn plans and dates into ordinary conditions', () => {
    const ruleSet = compiled(
      `${plan}discount d\n  from 2026-06-01 until 2026-07-01\n  for plan flex, accepted between 2026-02-01 and 2026-05-01\n  take 1% off all charges`,
    );
    expect(rulesOf(ruleSet, 'discount')[0]?.conditions).toEqual({
      all: [
        { fact: 'subscription.plan', operator: 'equal', value: 'flex' },
        { fact: 'subscription.accepted_on', operator: 'greaterThanInclusive', value: 20485 },
        { fact: 'subscription.accepted_on', operator: 'lessThan', value: 20574 },
        { fact: 'date', operator: 'greaterThanInclusive', value: 20605 },
        { fact: 'date', operator: 'lessThan', value: 20635 },
      ],
    });
  });
});

describe('Proofs', () => {
  const rate = (rows: string) =>
    `${tables}${plan}  rate voice\n${rows}\n    otherwise charge 1.00 EUR per min\n  rate data\n    when roaming_zone is zone_1 charge 1.00 EUR per GB\n    otherwise charge 1.00 EUR per GB`;

  it('let alternatives stand that exclude each other', () => {
    expect(
      codes(
        rate(
          '    when destination is eu charge 1.00 EUR per min\n    when destination is efta or premium charge 1.00 EUR per min',
        ),
      ),
    ).toEqual([]);
    expect(
      codes(
        rate(
          '    when destination is eu and event.duration < 1 min charge 1.00 EUR per min\n    when destination is eu and event.duration >= 1 min as long charge 1.00 EUR per min',
        ),
      ),
    ).toEqual([]);
  });

  it('name a case that fits two alternatives', () => {
    const { diagnostics } = compileRules(
      source(
        rate(
          '    when destination is eu or efta charge 1.00 EUR per min\n    when destination is efta charge 1.00 EUR per min',
        ),
        destinations,
        roamingZones,
      ),
    );
    expect(diagnostics.map(({ code, message: text }) => [code, text])).toEqual([
      [
        'rules-overlap',
        'this fits where `flex.voice.destination-is-eu-or-efta` fits too, for example where destination is efta',
      ],
    ]);
  });

  it('claim nothing where a condition is opaque, and say that nothing is proved', () => {
    expect(
      codes(
        `${rate(
          '    when event.duration > 2 * cycle.voice charge 1.00 EUR per min\n    when event.duration > 3 * cycle.voice as more charge 1.00 EUR per min',
        )}\n  allowance 1 min of voice to eu`,
      ),
    ).toEqual(['overlap-unclear']);
  });

  it('see that discounts for different plans never meet', () => {
    const two = (b: string) =>
      `${plan}${plan.replace('flex', 'talk')}discount a\n  for plan flex\n  take 1% off all charges\ndiscount b\n  for plan ${b}\n  take 1% off all charges`;
    expect(codes(two('talk'))).toEqual([]);
    expect(codes(two('flex or talk'))).toEqual(['discounts-unordered']);
  });
});

describe('Engagement', () => {
  it('compiles reminders with the rule that stops them', () => {
    const ruleSet = compiled(
      'remind renewal\n  when subscription.payment is manual\n  30 days, 2 weeks and 1 month before subscription.renews_on, clamped to month end\n  between 09:00 and 20:00 customer time, on working days\n  send "hello" to customer\n  stop when subscription is paid',
    );
    expect(outcomes(ruleSet, 'remind:subscription')).toEqual([
      {
        kind: 'remind',
        date: 'subscription.renews_on',
        zone: 'customer',
        onWorkingDays: true,
        between: { from: 540, until: 1200 },
        steps: [
          { count: 30, unit: 'day', side: 'before' },
          { count: 2, unit: 'week', side: 'before' },
          { count: 1, unit: 'month', side: 'before', monthEnd: 'clamped' },
        ],
        sends: [{ message: 'hello', to: ['customer'] }],
      },
    ]);
    expect(rulesOf(ruleSet, 'stop:remind.renewal').map(({ conditions }) => conditions)).toEqual([
      { all: [{ fact: 'subscription.paid', operator: 'equal', value: true }] },
    ]);
  });

  it('compiles vouchers with their limits', () => {
    const ruleSet = compiled(
      'offer app\n  on customer acquired\n  give voucher 5.00 EUR off this order, valid 2 weeks, at most 3 per customer, at most 5000 in total',
    );
    expect(outcomes(ruleSet, 'offer:customer acquired')).toEqual([
      {
        kind: 'offer',
        give: {
          kind: 'voucher',
          take: { kind: 'amount', amount: '5.00', currency: 'EUR' },
          off: 'this order',
          validDays: 14,
          perCustomer: 3,
          inTotal: 5000,
        },
        sends: [],
      },
    ]);
  });
});
