/** The family's policy: how the rules that match become the rules that fire. One function, for both evaluators. */
import { onceOf } from '../once-of.ts';
import type { Outcome } from '../outcomes.ts';
import type { DecisionSet, StockRule } from '../rule-set.ts';

export type Verdict<O extends Outcome = Outcome> =
  | { readonly kind: 'fired'; readonly rules: readonly StockRule<O>[] }
  /** More than one rule matches where exactly one may. */
  | { readonly kind: 'conflict'; readonly rules: readonly StockRule<O>[] }
  | { readonly kind: 'none'; readonly rules: readonly [] };

/**
 * `matches` are rule names in any order. An `otherwise` counts only if no other rule matches. `all` always has a verdict:
 * it may be that nothing fires.
 */
export function applyPolicy<O extends Outcome>(set: DecisionSet<O>, matches: readonly string[]): Verdict<O> {
  const named = rulesByName(set);
  return fireByPolicy(
    set,
    matches.map((name) => named.get(name) as StockRule<O>),
  );
}

/** The same of the rules themselves, in any order. */
export function fireByPolicy<O extends Outcome>(set: DecisionSet<O>, matching: readonly StockRule<O>[]): Verdict<O> {
  const [only] = matching;
  // What a price list gives for nearly every event: one rule, whatever the policy.
  if (only && matching.length === 1) return { kind: 'fired', rules: matching };
  const particular = matching.filter((rule) => rule.event.params.otherwise !== true);
  const rules = [...(particular.length > 0 ? particular : matching)].sort(byRank);
  if (set.policy === 'all') return { kind: 'fired', rules };
  const [first] = rules;
  if (!first) return { kind: 'none', rules: [] };
  if (set.policy === 'exactly one' && rules.length > 1) return { kind: 'conflict', rules };
  return { kind: 'fired', rules: [first] };
}

function byRank(a: StockRule, b: StockRule): number {
  return a.event.params.rank - b.event.params.rank;
}

/** The rules of a set by their names, indexed once. */
export function rulesByName<O extends Outcome>(set: DecisionSet<O>): ReadonlyMap<string, StockRule<O>> {
  return namedRules(set) as ReadonlyMap<string, StockRule<O>>;
}

const namedRules = onceOf(
  ({ rules }: DecisionSet): ReadonlyMap<string, StockRule> => new Map(rules.map((rule) => [rule.name, rule])),
);
