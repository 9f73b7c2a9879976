import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areDisjoint, casesOf, commonCase, meetAll, type View } from '../../dsl/check/cases.ts';
import { coverageOf } from '../../dsl/check/gaps.ts';
import { neighbours } from '../../dsl/check/neighbours.ts';
import { compileRules } from '../../dsl/compile.ts';
import type { Condition, FactType, LeafCondition } from '../../engine/rule-set.ts';
import { destinations, roamingZones, source } from './sources.ts';

const plan = 'plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries\n';
const tables =
  'table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home\n';

function found(rules: string) {
  return compileRules(source(rules, destinations, roamingZones)).diagnostics.map(({ code, message }) => [
    code,
    message,
  ]);
}

const discount = (conditions: string) => found(`${plan}discount d\n  ${conditions}\n  take 1% off all charges\n`);
const rate = (rows: string) =>
  found(
    `${tables}${plan}  rate voice, first that fits\n${rows}\n    otherwise charge 1.00 EUR per min\n  allowance 1 min of voice to eu\n`,
  );

describe('An `otherwise`', () => {
  it('answers whatever is left, also below more rows than can be searched through', () => {
    const names = Array.from({ length: 20 }, (_, index) => `customer.x${index}`);
    const facts = names.flatMap((name) => [`declare fact ${name} count\n`, `declare fact ${name}_too count\n`]);
    const rows = names.map(
      (name, index) => `    when ${name} > 3 and ${name}_too > 3 charge 0.${index + 10} EUR per min`,
    );
    expect(
      found(
        `${facts.join('')}${plan}  rate voice, first that fits\n${rows.join('\n')}\n    otherwise charge 1.00 EUR per min\n`,
      ),
    ).toEqual([]);
  });
});

describe('A rule that can never match', () => {
  it.each([
    ['when cycle.data > 5 GB and cycle.data < 3 GB', '`cycle.data` would have to be above 5 GB and below 3 GB at once'],
    [
      'when cycle.data >= 5 GB and cycle.data < 5 GB',
      '`cycle.data` would have to be at least 5 GB and below 5 GB at once',
    ],
    [
      'when customer.category is business and customer.category is consumer',
      '`customer.category` would have to be business and consumer at once',
    ],
    [
      'when customer.category is not business and customer.category is not consumer',
      '`customer.category` would have to be consumer and business at once',
    ],
    [
      'when customer.country is DE or FR\n  when customer.country is AT',
      '`customer.country` would have to be DE or FR and AT at once',
    ],
    [
      'for plan flex\n  when subscription.plan is not flex',
      '`subscription.plan` would have to be flex and none of flex at once',
    ],
    [
      'when cycle.charges > 10.00 EUR\n  unless cycle.charges >= 5.00 EUR',
      '`cycle.charges` would have to be above 10 and below 5 at once',
    ],
    ['when cycle.data > 2 * cycle.data - 1 GB and cycle.data <= 2 * cycle.data - 1 GB', undefined],
  ])('is refused, with what excludes itself: %s', (conditions, reason) => {
    const [fault, ...others] = discount(conditions);
    expect(fault?.[0]).toBe('never-matches');
    if (reason) expect(fault?.[1]).toBe(`no case fits this: ${reason}`);
    expect(others).toEqual([]);
  });

  it.each([
    'when cycle.charges > 5.00 EUR and cycle.charges < 5.000001 EUR',
    'when customer.profile mentions "a" and not customer.profile mentions "b"',
    'when cycle.data > 5 GB or cycle.data < 3 GB',
    'when customer.interests include gaming and customer.interests include sports',
    'when not (cycle.data > 5 GB and cycle.data < 3 GB)',
  ])('is never claimed where some case fits: %s', (conditions) => {
    expect(discount(conditions)).toEqual([]);
  });
});

describe('A row that is never reached', () => {
  it('is refused with the row that takes its cases, and with one of them', () => {
    expect(
      rate(
        '    when destination is eu or efta charge 1.00 EUR per min\n    when destination is efta charge 2.00 EUR per min',
      ),
    ).toEqual([
      [
        'never-reached',
        '`flex.voice.destination-is-eu-or-efta` above always takes what fits this, for example where destination is efta',
      ],
    ]);
  });

  it('is also seen where two rows take its cases together', () => {
    expect(
      rate(
        '    when destination is eu charge 1.00 EUR per min\n    when destination is efta charge 1.00 EUR per min\n    when destination is eu or efta charge 2.00 EUR per min',
      ).map(([, message]) => message),
    ).toEqual([
      '`flex.voice.destination-is-eu` and `flex.voice.destination-is-efta` above always take what fits this, for example where destination is efta',
    ]);
  });

  it('is not claimed where the row above fits less, or where that cannot be known', () => {
    expect(
      rate(
        '    when destination is efta charge 2.00 EUR per min\n    when destination is eu or efta charge 1.00 EUR per min',
      ),
    ).toEqual([]);
    expect(
      rate(
        '    when destination is eu and event.duration > 1 min charge 2.00 EUR per min\n    when destination is eu charge 1.00 EUR per min',
      ),
    ).toEqual([]);
    expect(
      rate(
        '    when event.duration > 2 * cycle.voice charge 2.00 EUR per min\n    when event.duration > 3 * cycle.voice as more charge 1.00 EUR per min',
      ),
    ).toEqual([]);
  });
});

describe('Alternatives without an `otherwise`', () => {
  const alternatives = (rows: string, more = '') =>
    found(`${tables}${more}${plan}  allowance 1 min of voice to eu\n  rate voice\n${rows}\n`);
  const gap = (example: string) => [
    ['missing-otherwise', `nothing says what voice costs, for example where ${example}`],
  ];

  it.each([
    [
      'both directions',
      '    when event.direction is incoming charge 0 EUR per min\n    when event.direction is outgoing charge 1 EUR per min',
    ],
    [
      'ranges that meet',
      '    when event.duration < 1 min charge 1 EUR per min\n    when event.duration >= 1 min and event.duration <= 1 h charge 2 EUR per min\n    when event.duration > 1 h charge 3 EUR per min',
    ],
    [
      'a table and what it is not',
      '    when destination is eu or efta charge 1 EUR per min\n    when destination is not eu and destination is not efta charge 2 EUR per min',
    ],
    [
      'ranges within words',
      '    when event.direction is incoming charge 0 EUR per min\n    when event.direction is outgoing and event.duration < 1 min charge 1 EUR per min\n    when event.direction is outgoing and event.duration >= 1 min charge 2 EUR per min',
    ],
  ])('need none where they leave nothing open: %s', (_, rows) => {
    expect(alternatives(rows)).toEqual([]);
  });

  it.each([
    ['event.direction is incoming', '    when event.direction is outgoing charge 1 EUR per min'],
    [
      'event.duration is 1 h',
      '    when event.duration < 60 min charge 1 EUR per min\n    when event.duration > 60 min charge 2 EUR per min',
    ],
    [
      'customer.country is not DE or FR',
      '    when customer.country is DE charge 1 EUR per min\n    when customer.country is FR charge 2 EUR per min',
    ],
    ['not customer.profile mentions a', '    when customer.profile mentions "a" charge 1 EUR per min'],
  ])('are refused with a case that none fits: %s', (example, rows) => {
    expect(alternatives(rows)).toEqual(gap(example));
  });

  it('never count a condition that cannot be seen through', () => {
    expect(
      alternatives(
        '    when event.duration > 2 * cycle.voice charge 1 EUR per min\n    when event.duration <= 2 * cycle.voice charge 1 EUR per min',
      ),
    ).toEqual([]);
    expect(alternatives('    when event.duration > 2 * cycle.voice charge 1 EUR per min')[0]?.[0]).toBe(
      'missing-otherwise',
    );
  });

  it('are told of an `otherwise` that has nothing left', () => {
    expect(
      alternatives(
        '    when event.direction is incoming charge 0 EUR per min\n    when event.direction is outgoing charge 1 EUR per min\n    otherwise charge 2 EUR per min',
      ),
    ).toEqual([['needless-otherwise', 'the lines above leave no case for this `otherwise`']]);
  });
});

describe('Facts of one source', () => {
  const calendars =
    'calendar evening in customer time\n  every day 18:00 to 22:00\ncalendar weekend in customer time\n  weekends\ncalendar night in customer time\n  every day 22:00 to 06:00\n';
  const alternatives = (rows: string) =>
    found(`${tables}${calendars}${plan}  allowance 1 min of voice to eu\n  rate voice\n${rows}\n`).filter(
      ([code]) => !code?.startsWith('unused'),
    );

  it('are not at once what their table never says', () => {
    expect(
      alternatives(
        '    when destination is eu and event.called_number starts with "+1" charge 1 EUR per min\n    otherwise charge 2 EUR per min',
      ),
    ).toEqual([['never-matches', 'no case fits this: no `event.called_number` is all of this at once']]);
  });

  it('overlap in an instant that lies in both calendars', () => {
    expect(
      alternatives(
        '    when time is evening charge 1 EUR per min\n    when time is weekend charge 2 EUR per min\n    otherwise charge 3 EUR per min',
      ),
    ).toEqual([
      [
        'rules-overlap',
        'this fits where `flex.voice.time-is-evening` fits too, for example where it is Saturday 2026-01-10 18:00 (time.evening, time.weekend)',
      ],
    ]);
  });

  it('exclude each other where no instant lies in both calendars', () => {
    expect(
      alternatives(
        '    when time is evening charge 1 EUR per min\n    when time is night charge 2 EUR per min\n    otherwise charge 3 EUR per min',
      ),
    ).toEqual([]);
  });

  it('leave a gap at an instant that lies in none', () => {
    expect(
      alternatives('    when time is evening charge 1 EUR per min\n    when time is night charge 2 EUR per min'),
    ).toEqual([
      [
        'missing-otherwise',
        'nothing says what voice costs, for example where it is Monday 2026-01-05 06:00 (not time.evening, not time.night)',
      ],
    ]);
  });
});

describe('What stands for everything else', () => {
  it('stands once, or on different days', () => {
    const taxes = (a: string, b: string) =>
      found(`tax a\n  ${a}\n  otherwise\n  19% category S\ntax b\n  ${b}\n  otherwise\n  7% category S\n`);
    expect(taxes('from 2026-01-01', 'from 2026-06-01')).toEqual([
      ['rules-overlap', '`tax.a` is for everything else already'],
    ]);
    expect(taxes('until 2026-06-01', 'from 2026-06-01')).toEqual([]);
  });
});

const factTypes: Readonly<Record<string, FactType>> = {
  bytes: { kind: 'data' },
  money: { kind: 'money' },
  kind: { kind: 'enum', values: ['a', 'b', 'c'] },
  known: { kind: 'boolean' },
  place: { kind: 'text' },
};
const typeOf = (fact: string) => factTypes[fact];
const view: View = { typeOf, derived: new Map(), worlds: new Map() };

const number = (fact: string) =>
  fc.record({
    fact: fc.constant(fact),
    operator: fc.constantFrom('equal', 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'),
    value: fc.integer({ min: 0, max: 3 }),
  });
const word = (fact: string) =>
  fc.oneof(
    fc.record({
      fact: fc.constant(fact),
      operator: fc.constantFrom('equal', 'notEqual'),
      value: fc.constantFrom('a', 'b', 'c'),
    }),
    fc.record({
      fact: fc.constant(fact),
      operator: fc.constantFrom('in', 'notIn'),
      value: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    }),
  );
const leaf = fc.oneof(
  number('bytes'),
  number('money'),
  word('kind'),
  word('place'),
  fc.record({ fact: fc.constant('known'), operator: fc.constant('equal'), value: fc.boolean() }),
) as fc.Arbitrary<LeafCondition>;
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ) as fc.Arbitrary<Condition>,
}));

/** Every combination of values that tell the conditions apart; money has halves. */
const inputs = [0, 1, 2, 3, 4].flatMap((bytes) =>
  [-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4].flatMap((money) =>
    ['a', 'b', 'c'].flatMap((kind) =>
      [true, false].flatMap((known) => ['a', 'b', 'c', 'd'].map((place) => ({ bytes, money, kind, known, place }))),
    ),
  ),
);
type Input = Record<string, number | string | boolean>;

function holds(tested: Condition, input: Input): boolean {
  if ('all' in tested) return tested.all.every((part) => holds(part, input));
  if ('any' in tested) return tested.any.some((part) => holds(part, input));
  if ('not' in tested) return !holds(tested.not, input);
  const actual = input[tested.fact] as never;
  const value = tested.value as never;
  switch (tested.operator) {
    case 'equal':
      return actual === value;
    case 'notEqual':
      return actual !== value;
    case 'lessThan':
      return actual < value;
    case 'lessThanInclusive':
      return actual <= value;
    case 'greaterThan':
      return actual > value;
    case 'greaterThanInclusive':
      return actual >= value;
    case 'in':
      return (value as string[]).includes(actual);
    default:
      return !(value as string[]).includes(actual);
  }
}

describe('Proofs', () => {
  it('claim that nothing fits only where nothing does', () => {
    fc.assert(
      fc.property(condition, (tested) => {
        if (casesOf(tested, view).length === 0) expect(inputs.filter((input) => holds(tested, input))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('claim that two exclude each other, or that one takes all of another, only where it is so', () => {
    fc.assert(
      fc.property(condition, condition, (a, b) => {
        const [some, others] = [casesOf(a, view), casesOf(b, view)];
        if (areDisjoint(some, others)) expect(inputs.filter((input) => holds(a, input) && holds(b, input))).toEqual([]);
        if (meetAll(some, casesOf(b, view, true)).length === 0)
          expect(inputs.filter((input) => holds(a, input) && !holds(b, input))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('name a common case only where there is one', () => {
    fc.assert(
      fc.property(condition, condition, (a, b) => {
        if (commonCase(casesOf(a, view), casesOf(b, view), view))
          expect(inputs.some((input) => holds(a, input) && holds(b, input))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('claim that nothing is left open only where nothing is, and name a gap only where there is one', () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 5 }), (conditions) => {
        const cases = conditions.flatMap((one) => casesOf(one, view));
        const coverage = coverageOf(cases, view);
        const open = inputs.filter((input) => !conditions.some((one) => holds(one, input)));
        if (coverage.kind === 'covered') expect(open).toEqual([]);
        if (coverage.kind === 'gap' && !coverage.despite) expect(open.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('leave out as neighbours only what excludes each other', () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 2, maxLength: 8 }), (conditions) => {
        const cases = conditions.map((one) => casesOf(one, view));
        const near = neighbours(cases);
        for (const [position, own] of cases.entries()) {
          for (const [earlier, other] of cases.slice(0, position).entries()) {
            if (!near(position).includes(earlier)) expect(areDisjoint(own, other)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
