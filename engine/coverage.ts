/**
 * What tests of the rules reach: which rules decided something, and of each condition whether it was ever true and ever
 * false. Read off the decisions that the tests recorded; nothing is evaluated in a way of its own.
 */
import { leavesOf } from './decide/generate.ts';
import { applyPolicy } from './decide/policy.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import type { DecisionSet, LeafCondition, SourceLocation, StockRule } from './rule-set.ts';

/** By file and line. */
export interface Coverage {
  readonly rules: readonly RuleCoverage[];
}

/** What `like` has copied is one text, and is reached if one of the copies is. */
export interface RuleCoverage {
  /** Ids of the rules that this text makes. */
  readonly ids: readonly string[];
  readonly at: SourceLocation;
  /** It decided something: it matched, and the policy of its set let it through. */
  readonly reached: boolean;
  readonly conditions: readonly ConditionCoverage[];
}

export interface ConditionCoverage {
  readonly condition: LeafCondition;
  readonly held: boolean;
  readonly failed: boolean;
}

/** How much there is to reach, and how much is reached. A condition has two outcomes. */
export interface CoverageCount {
  readonly rules: number;
  readonly rulesReached: number;
  readonly outcomes: number;
  readonly outcomesReached: number;
}

/** `decisions` are those of all tests, made under `rules`. */
export function coverageOf(decisions: Iterable<Decision>, rules: LoadedRuleSet): Coverage {
  const seen = new Map([...rules.sets.values()].map(({ set }) => [set.id, observed()]));
  for (const { set: id, facts, matches } of decisions) {
    const loaded = rules.sets.get(id);
    const own = seen.get(id);
    if (!loaded || !own) throw new Error(`The rule set has no decision set "${id}".`);
    for (const { name } of applyPolicy(loaded.set, matches).rules) own.fired.add(name);
    for (const [index, holds] of loaded.leaves()(facts).entries()) (holds ? own.held : own.failed).add(index);
  }
  const covered = rules.document.decisions.flatMap((set) => rulesOf(set, seen.get(set.id) ?? observed()));
  return { rules: joined(covered).sort(byPlace) };
}

export function countCoverage({ rules }: Coverage): CoverageCount {
  const conditions = rules.flatMap((rule) => rule.conditions);
  const outcomes = conditions.flatMap(({ held, failed }) => [held, failed]);
  return {
    rules: rules.length,
    rulesReached: rules.filter(({ reached }) => reached).length,
    outcomes: outcomes.length,
    outcomesReached: outcomes.filter(Boolean).length,
  };
}

/** Of one decision set: rules by name, conditions by their place in it. */
interface Observed {
  readonly fired: Set<string>;
  readonly held: Set<number>;
  readonly failed: Set<number>;
}

function observed(): Observed {
  return { fired: new Set(), held: new Set(), failed: new Set() };
}

function rulesOf({ rules }: DecisionSet, { fired, held, failed }: Observed): readonly RuleCoverage[] {
  let place = 0;
  return rules.map((rule: StockRule) => {
    const conditions = leavesOf(rule.conditions).map((condition) => {
      const index = place++;
      return { condition, held: held.has(index), failed: failed.has(index) };
    });
    return {
      ids: [rule.name],
      at: rule.event.params.at,
      reached: fired.has(rule.name),
      // `always` stands for "nothing else fits": it has no other outcome.
      conditions: conditions.filter(({ condition }) => condition.fact !== 'always'),
    };
  });
}

/** One entry for each text. */
function joined(all: readonly RuleCoverage[]): RuleCoverage[] {
  const byText = new Map<string, RuleCoverage>();
  for (const one of all) {
    const key = `${one.at.file}:${one.at.line} ${JSON.stringify(one.conditions.map(({ condition }) => condition))}`;
    const known = byText.get(key);
    byText.set(key, known ? join(known, one) : one);
  }
  return [...byText.values()];
}

function join(one: RuleCoverage, other: RuleCoverage): RuleCoverage {
  return {
    ids: [...one.ids, ...other.ids],
    at: one.at,
    reached: one.reached || other.reached,
    conditions: one.conditions.map(({ condition, held, failed }, index) => ({
      condition,
      held: held || other.conditions[index]?.held === true,
      failed: failed || other.conditions[index]?.failed === true,
    })),
  };
}

function byPlace({ at: a }: RuleCoverage, { at: b }: RuleCoverage): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line;
}
