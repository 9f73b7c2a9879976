import { Engine } from 'json-rules-engine';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Condition, DecisionSet, FactType, FactValue, StockRule } from '../../engine/rule-set.ts';
import { shippedRules, withHolidays } from './sources.ts';

const { ruleSet } = compileRules(shippedRules(), withHolidays);
if (!ruleSet) throw new Error('The rulebook does not compile.');
const sets = ruleSet.decisions.map((set) => [set.id, set] as const);
const rules = sets.flatMap(([, set]) => set.rules.map((rule) => [rule.name, set, rule] as const));
const types = new Map([...ruleSet.facts, ...ruleSet.derived].map(({ name, type }) => [name, type]));

const families = [
  'advantage',
  'allowance',
  'anomaly',
  'content',
  'discount',
  'dunning',
  'notify',
  'offer',
  'rate',
  'remind',
  'segment',
  'stop',
  'tax',
];

/** The document as another program would read it: JSON, and nothing but the library. */
async function fired(set: DecisionSet, facts: Record<string, FactValue>) {
  const engine = new Engine(JSON.parse(JSON.stringify(set.rules)));
  const { results, failureResults } = await engine.run(facts);
  expect(results.length + failureResults.length).toBe(set.rules.length);
  return results;
}

/** Facts that no condition is about. */
function plainFacts(set: DecisionSet): Record<string, FactValue> {
  return Object.fromEntries(set.facts.map((fact) => [fact, plainValue(types.get(fact), fact)]));
}

function plainValue(type: FactType | undefined, fact: string): FactValue {
  if (fact === 'always') return true;
  if (fact.endsWith('.known') || type?.kind === 'boolean') return false;
  if (type?.kind === 'list' || type?.kind === 'items') return [];
  return type && ['text', 'phone', 'network', 'enum'].includes(type.kind) ? 'something else' : 0;
}

/** Facts under which a condition holds, or does not. */
function witness(condition: Condition, holds: boolean): Record<string, FactValue> {
  if ('not' in condition) return witness(condition.not, !holds);
  if ('all' in condition) return Object.assign({}, ...condition.all.map((part) => witness(part, holds)));
  if ('any' in condition) return Object.assign({}, ...condition.any.map((part) => witness(part, holds)));
  const { fact, operator, value } = condition;
  if (typeof value === 'number') {
    if (operator === 'equal' || operator === 'notEqual')
      return { [fact]: (operator === 'equal') === holds ? value : value + 1 };
    const above = operator === 'greaterThan' || operator === 'greaterThanInclusive';
    return { [fact]: above === holds ? value + 1 : value - 1 };
  }
  if (typeof value === 'boolean') return { [fact]: holds ? value : !value };
  if (operator === 'contains' || operator === 'doesNotContain')
    return { [fact]: (operator === 'contains') === holds ? [String(value)] : [] };
  const [word = ''] = Array.isArray(value) ? value : [String(value)];
  return { [fact]: (operator === 'notEqual' || operator === 'notIn') === holds ? 'something else' : word };
}

function groups(condition: Condition): readonly (readonly Condition[])[] {
  if ('not' in condition) return groups(condition.not);
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : undefined;
  return parts ? [parts, ...parts.flatMap(groups)] : [];
}

/** The conditions that must all hold. */
function demands({ conditions }: StockRule): readonly Condition[] {
  if (!('all' in conditions)) throw new Error('The outermost group is an `all`.');
  return conditions.all;
}

describe('The compiled document', () => {
  it('has rules of every family', () => {
    expect([...new Set(ruleSet.decisions.map(({ family }) => family))].sort()).toEqual(families);
    for (const [, set] of sets) expect(set.rules.length).toBeGreaterThan(0);
  });

  it.each(rules)(
    '%s fires in a stock engine for facts made for it, with its family and outcome',
    async (name, set, rule) => {
      const found = await fired(set, { ...plainFacts(set), ...witness(rule.conditions, true) });
      const event = found.find((result) => result.name === name)?.event;
      expect(event?.type).toBe(set.family);
      expect(event?.params?.outcome).toEqual(rule.event.params.outcome);
      expect(event?.params?.outcome.kind).toBe(set.family);
    },
  );

  it.each(rules)('%s does not fire where any one of its conditions fails', async (name, set, rule) => {
    const parts = demands(rule);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      const found = await fired(set, {
        ...plainFacts(set),
        ...witness(rule.conditions, true),
        ...witness(part, false),
      });
      expect(found.map((result) => result.name)).not.toContain(name);
    }
  });

  it('takes its derived facts from whoever registers them', async () => {
    const { derive } = loadRuleSet(ruleSet);
    const set = ruleSet.decisions.find(({ id }) => id === 'rate:flex.voice');
    if (!set) throw new Error('There is no such rate.');
    const rowFor = async (called: string, at: string) => {
      const facts = {
        ...plainFacts(set),
        'event.called_number': called,
        at: Date.parse(at),
        'customer.zone': 'Europe/Berlin',
      };
      const engine = new Engine(JSON.parse(JSON.stringify(set.rules)));
      const base = Object.fromEntries(
        Object.entries(facts).filter(([fact]) => !ruleSet.derived.some(({ name }) => name === fact)),
      );
      for (const { name } of ruleSet.derived.filter((one) => set.facts.includes(one.name)))
        engine.addFact(name, () => derive(name, base));
      const { results } = await engine.run(base);
      return results.map((result) => result.name).sort();
    };
    expect(await rowFor('+4315550100', '2026-05-12T08:00:00Z')).toEqual([
      'flex.voice.destination-is-eu-or-efta',
      'flex.voice.otherwise',
    ]);
    expect(await rowFor('+4930123456', '2026-05-12T20:00:00Z')).toEqual([
      'flex.voice.otherwise',
      'flex.voice.time-is-offpeak',
    ]);
    expect(await rowFor('+4930123456', '2026-05-12T08:00:00Z')).toEqual(['flex.voice.otherwise']);
  });

  it('has one priority, distinct ranks, and no empty group', () => {
    for (const [, set] of sets) {
      expect(set.rules.map((rule) => rule.priority)).toEqual(set.rules.map(() => 1));
      expect(set.rules.map((rule) => rule.event.params.rank)).toEqual(set.rules.map((_, index) => index));
      expect(set.rules.flatMap((rule) => groups(rule.conditions)).filter((group) => group.length === 0)).toEqual([]);
    }
  });

  it('has unique ids', () => {
    expect(rules.length).toBe(new Set(rules.map(([name]) => name)).size);
  });
});
