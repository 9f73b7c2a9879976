/** Order where it decides: rows of which the first that fits is taken, and allowances of which the first is used up. */
import type { DecisionSet, Plan, RuleSet, StockRule } from '../../engine/rule-set.ts';
import { areDisjoint, casesOf, type View } from '../check/cases.ts';
import type { Difference } from './difference.ts';
import { shortName } from './short-name.ts';

/** Each rule that now comes before one that both sides have, that it came after, and that can fit the same case. */
export function movedRules(before: RuleSet, after: RuleSet): readonly Difference[] {
  const types = new Map([...after.facts, ...after.derived].map(({ name, type }) => [name, type]));
  const derived = new Map(after.derived.map((fact) => [fact.name, fact]));
  const view: View = { typeOf: (fact) => types.get(fact), derived, worlds: new Map() };
  return [
    ...after.decisions.flatMap((set) => {
      const former = before.decisions.find(({ id }) => id === set.id);
      return former && set.policy === 'first' && former.policy === 'first' ? movedIn(former, set, view) : [];
    }),
    ...after.plans.flatMap((plan) => {
      const former = before.plans.find(({ id, from }) => id === plan.id && from === plan.from);
      return former ? movedAllowances(former, plan) : [];
    }),
  ];
}

function movedIn(before: DecisionSet, after: DecisionSet, view: View): readonly Difference[] {
  const places = new Map(inOrder(before).map(({ name }, place) => [name, place]));
  const rules = inOrder(after);
  return rules.flatMap((rule, index) => {
    const place = places.get(rule.name);
    if (place === undefined) return [];
    const overtaken = rules.slice(index + 1).filter((other) => {
      const former = places.get(other.name);
      return (
        former !== undefined &&
        former < place &&
        !areDisjoint(casesOf(rule.conditions, view), casesOf(other.conditions, view))
      );
    });
    if (overtaken.length === 0) return [];
    const names = overtaken.map(({ name }) => `\`${shortName(name, rule.name)}\``).join(', ');
    return [
      {
        kind: 'moved' as const,
        ids: [rule.name],
        at: rule.event.params.at,
        details: [`now comes before ${names}, and what fits both is decided by it`],
      },
    ];
  });
}

/** An `otherwise` comes last wherever it stands. */
function inOrder({ rules }: DecisionSet): readonly StockRule[] {
  return rules.filter(({ event }) => !event.params.otherwise).sort((a, b) => a.event.params.rank - b.event.params.rank);
}

function movedAllowances(before: Plan, after: Plan): readonly Difference[] {
  const places = new Map(before.allowances.map(({ id }, place) => [id, place]));
  return after.allowances.flatMap((allowance, index) => {
    const place = places.get(allowance.id);
    if (place === undefined) return [];
    const overtaken = after.allowances.slice(index + 1).filter(({ id, service }) => {
      const former = places.get(id);
      return former !== undefined && former < place && service === allowance.service;
    });
    if (overtaken.length === 0) return [];
    return [
      {
        kind: 'moved' as const,
        ids: [allowance.id],
        at: allowance.at,
        details: [
          `is now used up before ${overtaken.map(({ id }) => `\`${shortName(id, allowance.id)}\``).join(', ')}`,
        ],
      },
    ];
  });
}
