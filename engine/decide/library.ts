/**
 * The reference evaluator: json-rules-engine itself, on the compiled rules as they are.
 *
 * It answers what is asked one at a time: explanations, the API, decisions on business events, and the re-deciding of a
 * sample of every bill run. One engine per run, because an engine's status is shared by overlapping runs.
 */
import { Engine, type RuleProperties, type RuleResult } from 'json-rules-engine';
import type { Derive } from '../derive.ts';
import type { Condition, DecisionSet, Facts, FactValue, RuleSet, SourceLocation } from '../rule-set.ts';

export interface LibraryDecision {
  /** Names of all rules that match, in rank order, before the policy. */
  readonly matches: readonly string[];
  /** Every rule of the set in rank order, matching or not. */
  readonly why: readonly RuleReason[];
}

export interface RuleReason {
  readonly rule: string;
  readonly at: SourceLocation;
  readonly result: boolean;
  readonly conditions: ConditionReason;
}

/** A condition with what the library found; `actual` is the fact's value. */
export type ConditionReason =
  | { readonly kind: 'all' | 'any' | 'not'; readonly result: boolean; readonly of: readonly ConditionReason[] }
  | {
      readonly kind: 'leaf';
      readonly fact: string;
      readonly operator: string;
      readonly value: unknown;
      readonly actual: FactValue;
      readonly result: boolean;
    };

/**
 * `facts` are the base facts (a surplus does no harm); derived facts of `document` come from `derive`. Rejects if a
 * condition reads a fact that is neither.
 */
export async function decideWithLibrary(
  document: RuleSet,
  set: DecisionSet,
  facts: Facts,
  derive: Derive,
): Promise<LibraryDecision> {
  const engine = engineOf(document, set, (fact) => derive(fact, facts));
  const { results, failureResults } = await engine.run({ always: true, ...facts });
  const byName = new Map([...results, ...failureResults].map((result) => [result.name, result]));
  const why = set.rules
    .map((rule) => reasonOf(rule.event.params, byName.get(rule.name), rule.name))
    .sort((a, b) => a.rank - b.rank);
  return {
    matches: why.filter((reason) => reason.result).map((reason) => reason.rule),
    why: why.map(({ rank: _, ...reason }) => reason),
  };
}

/**
 * Asks about one set again and again, of one engine that is made once: names of the rules that match, in rank order. Who asks waits for
 * the answer before asking again.
 */
export function askLibrary(
  document: RuleSet,
  set: DecisionSet,
  derive: Derive,
): (facts: Facts) => Promise<readonly string[]> {
  let asked: Facts = {};
  const engine = engineOf(document, set, (fact) => derive(fact, asked));
  const inOrder = [...set.rules].sort((a, b) => a.event.params.rank - b.event.params.rank).map(({ name }) => name);
  return async (facts) => {
    asked = facts;
    const { results } = await engine.run({ always: true, ...facts });
    const matching = new Set(results.map(({ name }) => name));
    return inOrder.filter((name) => matching.has(name));
  };
}

function engineOf(document: RuleSet, set: DecisionSet, derived: (fact: string) => FactValue | undefined): Engine {
  const engine = new Engine(set.rules as unknown as RuleProperties[]);
  for (const { name } of document.derived)
    for (const fact of [name, `${name}.known`])
      if (set.facts.includes(fact)) engine.addFact(fact, () => derived(fact), { cache: false });
  return engine;
}

function reasonOf(
  params: { readonly rank: number; readonly at: SourceLocation },
  result: RuleResult | undefined,
  rule: string,
): RuleReason & { readonly rank: number } {
  if (!result) throw new Error(`json-rules-engine gave no result for ${rule}.`);
  // The library writes the result of the outermost group on the rule, not on the group.
  const outermost = { ...(result.conditions as unknown as EvaluatedCondition), result: result.result === true };
  return { rule, at: params.at, result: outermost.result, conditions: conditionReason(outermost), rank: params.rank };
}

/** A condition after a run: the library writes its findings into a copy of ours. */
type EvaluatedCondition = Condition & { readonly result?: boolean; readonly factResult?: FactValue };

function conditionReason(condition: EvaluatedCondition): ConditionReason {
  const result = condition.result === true;
  if ('all' in condition) return { kind: 'all', result, of: condition.all.map(conditionReason) };
  if ('any' in condition) return { kind: 'any', result, of: condition.any.map(conditionReason) };
  if ('not' in condition) return { kind: 'not', result, of: [conditionReason(condition.not)] };
  const { fact, operator, value } = condition;
  return { kind: 'leaf', fact, operator, value, actual: condition.factResult as FactValue, result };
}
