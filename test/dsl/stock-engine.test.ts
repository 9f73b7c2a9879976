import { Engine } from 'json-rules-engine';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { Condition, FactValue } from '../../engine/rule-set.ts';
import { shippedRules, withHolidays } from './sources.ts';

const { ruleSet } = compileRules(shippedRules(), withHolidays);
const sets = (ruleSet?.decisions ?? []).map((set) => [set.id, set] as const);

/** Facts under which a condition holds; `holds: false` asks for the contrary. */
function witness(condition: Condition, holds = true): Record<string, FactValue> {
  if ('not' in condition) return witness(condition.not, !holds);
  if ('all' in condition) return Object.assign({}, ...condition.all.map((part) => witness(part, holds)));
  if ('any' in condition) return Object.assign({}, ...condition.any.map((part) => witness(part, holds)));
  const { fact, operator, value } = condition;
  if (typeof value === 'number') {
    const above = operator === 'greaterThan' || operator === 'greaterThanInclusive';
    return { [fact]: above === holds ? value + 1 : value - 1 };
  }
  if (typeof value === 'boolean') return { [fact]: holds ? value : !value };
  const [word = ''] = Array.isArray(value) ? value : [String(value)];
  return { [fact]: (operator === 'notEqual' || operator === 'notIn') === holds ? 'something else' : word };
}

function groups(condition: Condition): readonly (readonly Condition[])[] {
  if ('not' in condition) return groups(condition.not);
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : undefined;
  return parts ? [parts, ...parts.flatMap(groups)] : [];
}

describe('Compiled rules', () => {
  it.each(sets)('of %s load and fire in a stock engine', async (_, set) => {
    for (const rule of set.rules) {
      const engine = new Engine(set.rules.map((one) => JSON.parse(JSON.stringify(one))));
      const unknown = Object.fromEntries(set.facts.map((fact) => [fact, fact.endsWith('.known') ? false : '']));
      const { results } = await engine.run({ ...unknown, ...witness(rule.conditions) });
      expect(results.map((result) => result.name)).toContain(rule.name);
    }
  });

  it('have one priority, distinct ranks, and no empty group', () => {
    for (const [, set] of sets) {
      expect(set.rules.map((rule) => rule.priority)).toEqual(set.rules.map(() => 1));
      expect(set.rules.map((rule) => rule.event.params.rank)).toEqual(set.rules.map((_, index) => index));
      expect(set.rules.flatMap((rule) => groups(rule.conditions)).filter((group) => group.length === 0)).toEqual([]);
    }
  });

  it('have unique ids in the whole document', () => {
    const names = sets.flatMap(([, set]) => set.rules.map(({ name }) => name));
    expect(names.length).toBe(new Set(names).size);
  });
});
