import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { source } from './sources.ts';

const known = (fact: string, value: boolean) => ({ fact: `${fact}.known`, operator: 'equal', value });

function compiled(condition: string) {
  const declared =
    'declare list west is FR or ES\ndeclare fact customer.nick text, may be missing\ndeclare fact customer.mood one of good or bad, may be missing\n';
  const { diagnostics, ruleSet } = compileRules(
    source(`${declared}discount d\n  when ${condition}\n  take 5% off all charges\n`),
  );
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const conditions = ruleSet?.decisions[0]?.rules[0]?.conditions;
  return { errors, conditions: conditions && 'all' in conditions ? conditions.all[0] : undefined };
}

describe('A value that stands in for a missing fact', () => {
  it('is compared as the fact would be: with words', () => {
    expect(compiled('customer.nick if missing "Bo" is Bo').conditions).toEqual({
      any: [
        { all: [known('customer.nick', true), { fact: 'customer.nick', operator: 'equal', value: 'Bo' }] },
        known('customer.nick', false),
      ],
    });
    expect(compiled('customer.nick if missing "Bo" is not Al').conditions).toEqual({
      any: [
        { all: [known('customer.nick', true), { fact: 'customer.nick', operator: 'notEqual', value: 'Al' }] },
        known('customer.nick', false),
      ],
    });
  });

  it('with lists, and with amounts in another unit', () => {
    expect(compiled('customer.nick if missing "DE" is in west').conditions).toEqual({
      all: [known('customer.nick', true), { fact: 'customer.nick', operator: 'in', value: ['ES', 'FR'] }],
    });
    expect(compiled('history.data.median if missing 1 GB is 1000 MB').conditions).toEqual({
      any: [
        {
          all: [
            known('history.data.median', true),
            { fact: 'history.data.median', operator: 'equal', value: 1_000_000_000 },
          ],
        },
        known('history.data.median', false),
      ],
    });
  });

  it('is a value that the fact could have', () => {
    expect(compiled('customer.mood if missing godo is good').errors).toEqual(['unknown-value']);
  });
});

describe('Unlike things', () => {
  it.each([
    ['a duration and a plain number', 'cycle.voice is 5', ['wrong-unit']],
    ['money and a plain number', 'cycle.charges is not 5', ['wrong-unit']],
    ['an amount that has something', '5 GB has app account', ['not-a-condition']],
  ])('are not compared: %s', (_, condition, errors) => expect(compiled(condition).errors).toEqual(errors));

  it('do not come of a count, which is a plain number', () => expect(compiled('cycle.sms is 5').errors).toEqual([]));
});

describe('Whoever is either', () => {
  it('is anybody: yes or no leaves nothing out', () => {
    expect(compiled('subscription.paid is yes or no').conditions).toEqual({
      fact: 'always',
      operator: 'equal',
      value: true,
    });
  });
});

describe('What one item is like', () => {
  it('may be followed by another condition', () => {
    const rules =
      'segment s\n  when customer.bought include category console and price > 100.00 EUR and customer.country is DE\n';
    const { diagnostics, ruleSet } = compileRules(source(rules));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const conditions = ruleSet?.decisions[0]?.rules[0]?.conditions;
    expect(conditions && 'all' in conditions ? conditions.all.length : 0).toBe(2);
  });
});
