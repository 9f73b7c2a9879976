/** Explains decisions: why the rules that fired did, and what kept each of the others from it. */
import { type ConditionReason, decideWithLibrary, type RuleReason } from './decide/library.ts';
import { applyPolicy } from './decide/policy.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import type { Expression, Facts, FactValue, LeafCondition, RuleSet, SourceLocation } from './rule-set.ts';

export interface Explanation {
  readonly rule: string;
  readonly at: SourceLocation;
  readonly fired: boolean;
  /** Where it fired, every condition that holds; otherwise the first that decided against it. */
  readonly reasons: readonly Reason[];
  /** Its conditions hold, and these rules were taken. */
  readonly gaveWayTo?: readonly string[];
}

/** One condition, with the fact's value and the values that it was worked out from. */
export interface Reason {
  readonly condition: LeafCondition;
  readonly actual: FactValue;
  readonly from: readonly { readonly fact: string; readonly value: FactValue }[];
}

/** One entry for each rule of the set, in rank order. Throws an Error if the rules have no such set. */
export async function explainDecision(
  decision: Pick<Decision, 'set' | 'facts'>,
  rules: LoadedRuleSet,
): Promise<readonly Explanation[]> {
  const loaded = rules.sets.get(decision.set);
  if (!loaded) throw new Error(`The rule set has no decision set "${decision.set}".`);
  const { matches, why } = await decideWithLibrary(rules.document, loaded.set, decision.facts, rules.derive);
  const fired = applyPolicy(loaded.set, matches).rules.map((rule) => rule.name);
  return explainReasons(why, fired, rules.document, decision.facts);
}

/** The same of what was recorded: `why` as the library gave it then, and the rules that fired. */
export function explainReasons(
  why: readonly RuleReason[],
  fired: readonly string[],
  document: RuleSet,
  facts: Facts = {},
): readonly Explanation[] {
  const reason = ({ fact, operator, value, actual }: LeafReason): Reason => ({
    condition: { fact, operator, value } as LeafCondition,
    actual,
    from: sourcesOf(fact, document).flatMap((source) => {
      const known = facts[source];
      return known === undefined ? [] : [{ fact: source, value: known }];
    }),
  });
  return why.map(({ rule, at, result, conditions }) => {
    if (fired.includes(rule)) return { rule, at, fired: true, reasons: leavesOf(conditions, true).map(reason) };
    if (result) return { rule, at, fired: false, reasons: [], gaveWayTo: fired };
    return { rule, at, fired: false, reasons: leavesOf(conditions, false).slice(0, 1).map(reason) };
  });
}

type LeafReason = Extract<ConditionReason, { kind: 'leaf' }>;

/** The leaves that made the condition come out as it did, in the order of the text. */
function leavesOf(condition: ConditionReason, wanted: boolean): readonly LeafReason[] {
  if (condition.result !== wanted) return [];
  switch (condition.kind) {
    case 'leaf':
      return [condition];
    case 'not':
      return condition.of.flatMap((one) => leavesOf(one, !wanted));
    default:
      return condition.of.flatMap((one) => leavesOf(one, wanted));
  }
}

/** The facts that a derived fact is worked out from; none for one that is simply there. */
function sourcesOf(fact: string, { derived }: RuleSet): readonly string[] {
  const found = derived.find(({ name }) => name === fact.replace(/\.known$/, ''));
  return found ? [...new Set(factsIn(found.expression))] : [];
}

function factsIn(expression: Expression): readonly string[] {
  switch (expression.op) {
    case 'number':
      return [];
    case 'add':
    case 'subtract':
    case 'sign':
      return [...factsIn(expression.left), ...factsIn(expression.right)];
    case 'multiply':
      return factsIn(expression.of);
    case 'look-up':
      return [expression.key];
    case 'any of':
      return [expression.left, expression.right];
    case 'count of events':
      return expression.to ? [expression.to.fact] : [];
    case 'in calendar':
      return [expression.at];
    default:
      return [expression.fact];
  }
}
