import fc from 'fast-check';
import { Engine, type RuleProperties } from 'json-rules-engine';
import { describe, expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { decideWithLibrary } from '../../engine/decide/library.ts';
import { applyPolicy } from '../../engine/decide/policy.ts';
import { explainDecision } from '../../engine/explain.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Outcome } from '../../engine/outcomes.ts';
import { recheckDecisions } from '../../engine/recheck.ts';
import type { Condition, DerivedFact, FactDefinition, Facts, FactValue, LeafCondition } from '../../engine/rule-set.ts';
import { accountCycle, call, decisionSet, factsIn, GB, is, otherwise, ruleSet, session, text } from './fixture.ts';
import { flex } from './flex.ts';

const stop: Outcome = { kind: 'stop' };
const quantity = { kind: 'count' } as const;

/** A small world of facts of every type that conditions meet, with two that may be missing. */
const definitions: readonly FactDefinition[] = [
  { name: 'q.a', type: quantity, scope: 'customer', doc: '' },
  { name: 'q.b', type: quantity, scope: 'customer', doc: '', optional: true },
  { name: 't.number', type: { kind: 'text' }, scope: 'customer', doc: '' },
  { name: 't.words', type: { kind: 'text' }, scope: 'customer', doc: '', optional: true },
  { name: 'yes', type: { kind: 'boolean' }, scope: 'customer', doc: '' },
  { name: 'list', type: { kind: 'list' }, scope: 'customer', doc: '' },
  { name: 'at', type: { kind: 'instant' }, scope: 'customer', doc: '' },
];

const ref = (fact: string) => ({ op: 'fact', fact }) as const;
const derived: readonly DerivedFact[] = [
  {
    name: 'sum',
    type: quantity,
    expression: { op: 'add', left: ref('q.a'), right: { op: 'multiply', factor: '0.3', of: ref('q.b') } },
  },
  {
    name: 'against',
    type: quantity,
    expression: { op: 'sign', left: ref('q.a'), right: { op: 'multiply', factor: '1.5', of: ref('q.b') } },
  },
  {
    name: 'zone',
    type: { kind: 'text' },
    expression: { op: 'look-up', table: 'zones', key: 't.number', column: 'zone' },
  },
  { name: 'zone starts', type: { kind: 'boolean' }, expression: { op: 'starts with', fact: 'zone', prefix: 'e' } },
  {
    name: 'mentions',
    type: { kind: 'boolean' },
    expression: { op: 'mentions', fact: 't.words', words: ['gaming', 'straße'] },
  },
  { name: 'at night', type: { kind: 'boolean' }, expression: { op: 'in calendar', calendar: 'night', at: 'at' } },
];

const world = {
  derived,
  tables: [
    {
      name: 'zones',
      match: 'longest prefix',
      key: 't.number',
      columns: ['prefix', 'zone'],
      column: 'zone',
      type: { kind: 'text' },
      file: '',
      hash: '',
      rows: [
        ['+4', 'eu'],
        ['+41', 'efta'],
        ['+499', 'premium'],
      ],
    },
  ],
  calendars: [
    {
      name: 'night',
      zone: { kind: 'named', zone: 'Europe/Berlin' },
      bands: [{ days: 'weekdays', from: 1200, until: 480 }],
      holidays: [],
      at: { file: '', line: 1 },
    },
  ],
} as const;

const number = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: -10, max: 10 }).map((n) => n / 2),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const word = fc.constantFrom('eu', 'efta', 'premium', '', '+41', '+49911', '+3', 'a b');

const leaf = fc
  .oneof(
    fc.tuple(
      fc.constantFrom('q.a', 'q.b', 'sum', 'against'),
      fc.constantFrom('equal', 'notEqual', 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'),
      fc.integer({ min: -5, max: 5 }),
    ),
    fc.tuple(
      fc.constantFrom('q.a', 'against'),
      fc.constantFrom('in', 'notIn'),
      fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 12 }).map((all) => all.map(String)),
    ),
    fc.tuple(fc.constantFrom('t.number', 'zone'), fc.constantFrom('equal', 'notEqual'), word),
    fc.tuple(fc.constantFrom('t.number', 'zone'), fc.constantFrom('in', 'notIn'), fc.array(word, { maxLength: 12 })),
    fc.tuple(
      fc.constantFrom(
        'yes',
        'q.b.known',
        't.words.known',
        'sum.known',
        'zone.known',
        'mentions',
        'at night',
        'zone starts',
      ),
      fc.constantFrom('equal', 'notEqual'),
      fc.boolean(),
    ),
    fc.tuple(fc.constantFrom('list', 't.number'), fc.constantFrom('contains', 'doesNotContain'), word),
  )
  .map(([fact, operator, value]) => is(fact, value, operator as LeafCondition['operator']));

const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('node').map((not) => ({ not })),
  ),
})).node;

const facts: fc.Arbitrary<Facts> = fc.record<Record<string, FactValue>>({
  always: fc.constant(true),
  'q.a': number,
  'q.b': number,
  'q.b.known': fc.boolean(),
  't.number': word,
  't.words': fc.constantFrom('', 'I like GAMING.', 'gamings', 'Hauptstrasse, STRASSE'),
  't.words.known': fc.boolean(),
  yes: fc.boolean(),
  list: fc.array(word, { maxLength: 3 }),
  at: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
});

const ruleSetOf = (conditions: readonly (Condition | typeof otherwise)[]) =>
  ruleSet({
    ...world,
    facts: definitions,
    decisions: [
      decisionSet(
        'offer:test',
        'offer',
        'all',
        'customer',
        conditions.map((one, i) => [`rule${i}`, one, stop] as const),
      ),
    ],
  });

describe('two evaluators, one meaning', () => {
  test('generated functions match the same rules as json-rules-engine, whatever the rules and the facts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(condition, { minLength: 1, maxLength: 5 }),
        fc.array(facts, { minLength: 1, maxLength: 4 }),
        async (conditions, samples) => {
          const rules = loadRuleSet(ruleSetOf([...conditions, otherwise]));
          const loaded = rules.sets.get('offer:test');
          if (!loaded) throw new Error('The set is not there.');
          for (const sample of samples) {
            const generated = loaded.matches(sample).map((index) => `rule${index}`);
            const library = await decideWithLibrary(rules.document, loaded.set, sample, rules.derive);
            expect(generated).toEqual(library.matches);
            expect(applyPolicy(loaded.set, generated)).toEqual(applyPolicy(loaded.set, library.matches));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a long price list is parted by the values that its rows ask for, and says what json-rules-engine says', async () => {
    const cell: fc.Arbitrary<Condition> = fc
      .oneof(
        fc.tuple(fc.constant('t.number'), fc.constant('equal'), word),
        fc.tuple(fc.constant('t.number'), fc.constant('in'), fc.array(word, { minLength: 1, maxLength: 4 })),
        fc.tuple(fc.constant('zone'), fc.constant('equal'), word),
        fc.tuple(fc.constantFrom('q.a', 'sum'), fc.constantFrom('equal', 'lessThan'), fc.integer({ min: 0, max: 3 })),
        fc.tuple(fc.constantFrom('yes', 'zone.known'), fc.constantFrom('equal', 'notEqual'), fc.boolean()),
      )
      .map(([fact, operator, value]) => is(fact, value, operator as LeafCondition['operator']));
    const row = fc.array(fc.oneof({ weight: 4, arbitrary: cell }, condition), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 4, maxLength: 30 }),
        fc.array(facts, { minLength: 1, maxLength: 4 }),
        async (rows, samples) => {
          const rules = loadRuleSet(ruleSetOf([...rows.map((all) => ({ all })), otherwise]));
          const loaded = rules.sets.get('offer:test');
          for (const sample of loaded ? samples : []) {
            const library = await decideWithLibrary(rules.document, loaded!.set, sample, rules.derive);
            expect(loaded!.matches(sample).map((index) => `rule${index}`)).toEqual(library.matches);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a stock engine takes the rules of every set as they are and fires them', async () => {
    for (const set of flex.decisions) {
      const engine = new Engine(JSON.parse(JSON.stringify(set.rules)) as RuleProperties[]);
      const sample = Object.fromEntries(set.facts.map((fact) => [fact, fact === 'always']));
      const { results, failureResults } = await engine.run(sample);
      expect(results.length + failureResults.length).toBe(set.rules.length);
      for (const result of results) expect(result.event?.type).toBe(set.family);
    }
  });

  test("the decisions of a whole bill are the library's, and a forged one is found", async () => {
    const rules = loadRuleSet(flex);
    const usage = [
      call('2026-05-04T19:59+02:00', 300),
      session('2026-05-05T10:00Z', 60 * GB),
      text('2026-05-05T10:00Z'),
    ];
    const { decisions } = evaluateCycle(accountCycle({ usage }), rules);
    expect(await recheckDecisions(JSON.parse(JSON.stringify(decisions)), rules)).toEqual([]);
    const forged = { ...decisions[0], set: decisions[0]?.set ?? '', facts: decisions[0]?.facts ?? {}, matches: [] };
    expect(await recheckDecisions([forged], rules)).toMatchObject([
      { set: forged.set, matches: [], library: expect.anything() },
    ]);
  });
});

describe('policies', () => {
  const set = (policy: 'exactly one' | 'first' | 'all') =>
    decisionSet('offer:test', 'offer', policy, 'customer', [
      ['a', is('yes', true), stop],
      ['b', is('yes', true), stop],
      ['rest', otherwise, stop],
    ]);
  const outcome = (policy: 'exactly one' | 'first' | 'all', matches: readonly string[]) => {
    const verdict = applyPolicy(set(policy), matches);
    return [verdict.kind, ...verdict.rules.map((rule) => rule.name)];
  };

  test('an otherwise counts only where nothing else matches', () => {
    expect(outcome('exactly one', ['a', 'rest'])).toEqual(['fired', 'a']);
    expect(outcome('exactly one', ['rest'])).toEqual(['fired', 'rest']);
    expect(outcome('all', ['rest', 'b', 'a'])).toEqual(['fired', 'a', 'b']);
  });

  test("exactly one is a conflict at two and nothing at none; first takes the first in the author's order", () => {
    expect(outcome('exactly one', ['b', 'a', 'rest'])).toEqual(['conflict', 'a', 'b']);
    expect(outcome('exactly one', [])).toEqual(['none']);
    expect(outcome('first', ['b', 'a'])).toEqual(['fired', 'a']);
    expect(outcome('all', [])).toEqual(['fired']);
  });
});

describe('derived facts', () => {
  const rules = loadRuleSet(ruleSetOf([{ all: [is('yes', true)] }]));
  const derive = (fact: string, given: Facts) =>
    rules.derive(fact, { 'q.b': 0, 'q.b.known': true, 't.words.known': true, ...given });

  test('the sign of a difference is exact where floating point is not', () => {
    expect(derive('against', { 'q.a': 3, 'q.b': 2 })).toBe(0);
    const third = (2 ** 53 - 2) / 3;
    expect([-1, 0, 1].map((off) => derive('against', { 'q.a': 2 ** 53 - 2 + off, 'q.b': 2 * third }))).toEqual([
      -1, 0, 1,
    ]);
  });

  test('a value finer than its unit lies between the whole numbers around it', () => {
    expect([1, 3, 10, -1].map((b) => derive('sum', { 'q.a': 0, 'q.b': b }))).toEqual([0.5, 0.5, 3, -0.5]);
  });

  test('the longest prefix wins, and a number that none fits has no zone', () => {
    expect(['+4170', '+4330', '+49900', '+1'].map((to) => derive('zone', { 't.number': to }))).toEqual([
      'efta',
      'eu',
      'premium',
      '',
    ]);
    expect(['+41', '+1'].map((to) => derive('zone.known', { 't.number': to }))).toEqual([true, false]);
  });

  test('a word is mentioned whole, in any case and spelling of Unicode', () => {
    const mentions = (words: string) => derive('mentions', { 't.words': words });
    expect(['Gaming!', 'ＧＡＭＩＮＧ', 'endgaming', 'gamings', 'in der STRASSE'].map(mentions)).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('json-rules-engine behaves as we rely on', () => {
  const run = async (conditions: unknown, given: Record<string, unknown>, options = {}) => {
    const rule = { name: 'r', conditions, event: { type: 'offer' } } as RuleProperties;
    const { results } = await new Engine([rule], options).run(given);
    return results.length === 1;
  };

  test('an undefined fact rejects instead of deciding', async () => {
    await expect(run({ all: [is('missing', 1, 'lessThan')] }, {})).rejects.toThrow('Undefined fact');
  });

  test('an empty any is true, so the generator refuses empty groups', async () => {
    expect(await run({ any: [] }, {})).toBe(true);
    expect(() => loadRuleSet(ruleSetOf([{ any: [] }]))).toThrow('empty');
  });

  test('equality is strict, and texts that look like numbers compare as texts', async () => {
    expect(await run({ all: [is('x', '1')] }, { x: 1 })).toBe(false);
    expect(await run({ all: [is('x', '10', 'lessThan')] }, { x: '9' })).toBe(false);
  });

  test('contains and doesNotContain are both false for what is not a list', async () => {
    expect([
      await run({ all: [is('x', 'a', 'contains')] }, { x: 'abc' }),
      await run({ all: [is('x', 'z', 'doesNotContain')] }, { x: 'abc' }),
    ]).toEqual([false, false]);
  });

  test('an unknown operator is found only when it is evaluated, so the generator looks at load', async () => {
    const bad = { all: [is('yes', true, 'almost' as LeafCondition['operator'])] };
    await expect(run(bad, { yes: true })).rejects.toThrow('Unknown operator');
    expect(() => loadRuleSet(ruleSetOf([bad]))).toThrow('almost');
  });

  test('results do not come in the order of the rules, so matches are ranked', async () => {
    const deep: Condition = { all: [{ any: [{ all: [is('yes', true)] }] }] };
    const rules = loadRuleSet(ruleSetOf([deep, is('yes', true)]));
    const set = rules.sets.get('offer:test')?.set;
    if (!set) throw new Error('The set is not there.');
    expect(factsIn(deep)).toEqual(['yes']);
    expect((await decideWithLibrary(rules.document, set, { yes: true }, rules.derive)).matches).toEqual([
      'rule0',
      'rule1',
    ]);
  });
});

test('an explanation says what held, and the first thing that did not', async () => {
  const rules = loadRuleSet(flex);
  const { decisions } = evaluateCycle(accountCycle({ usage: [call('2026-05-04T10:00+02:00', 60)] }), rules);
  const decision = decisions.find((one) => one.set === 'rate:flex.voice');
  if (!decision) throw new Error('Nothing was rated.');
  const explained = await explainDecision(decision, rules);
  expect(explained.map(({ rule, fired, reasons }) => [rule, fired, ...reasons.map((one) => one.actual)])).toEqual([
    ['flex.voice.premium', false, 'home'],
    ['flex.voice.eu', false, 'home'],
    ['flex.voice.offpeak', false, false],
    ['flex.voice.otherwise', true, true],
  ]);
  expect(explained[0]?.reasons[0]?.from).toEqual([
    { fact: 'event.called_number', value: expect.stringMatching(/^\+49/) },
  ]);
});
