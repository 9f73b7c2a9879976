/** Explains one decision in words: why the rules that fired did, and what kept each of the others from it. */
import { type ConditionReason, decideWithLibrary, type RuleReason } from './decide/library.ts';
import { applyPolicy } from './decide/policy.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import type { SourceLocation } from './rule-set.ts';
import { valueInWords } from './words.ts';

export interface Explanation {
  readonly rule: string;
  readonly at: SourceLocation;
  readonly fired: boolean;
  /** For a rule that fired, every condition that holds; for another, the first that fails, or the rule it gave way to. */
  readonly because: readonly string[];
}

/** One entry for each rule of the set, in rank order. Throws an Error if the rules have no such set. */
export async function explainDecision(
  decision: Pick<Decision, 'set' | 'facts'>,
  rules: LoadedRuleSet,
  currency: string,
): Promise<readonly Explanation[]> {
  const loaded = rules.sets.get(decision.set);
  if (!loaded) throw new Error(`The rule set has no decision set "${decision.set}".`);
  const { matches, why } = await decideWithLibrary(rules.document, loaded.set, decision.facts, rules.derive);
  const fired = applyPolicy(loaded.set, matches).rules.map((rule) => rule.name);
  const words = (reason: LeafReason) => leafInWords(reason, rules, currency);
  return why.map((reason) => ({
    rule: reason.rule,
    at: reason.at,
    fired: fired.includes(reason.rule),
    because: becauseOf(reason, fired, words),
  }));
}

type LeafReason = Extract<ConditionReason, { kind: 'leaf' }>;

function becauseOf(
  { rule, result, conditions }: RuleReason,
  fired: readonly string[],
  words: (leaf: LeafReason) => string,
): readonly string[] {
  if (fired.includes(rule)) return leavesOf(conditions, true).map(words);
  if (result) return [`it gives way to ${fired.join(' and ')}`];
  return leavesOf(conditions, false).slice(0, 1).map(words);
}

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

function leafInWords(
  { fact, operator, value, actual }: LeafReason,
  { document }: LoadedRuleSet,
  currency: string,
): string {
  if (fact === 'always') return 'nothing else matches';
  const type = [...document.facts, ...document.derived].find((one) => one.name === fact)?.type;
  const inWords = (one: unknown) =>
    type === undefined ? String(one) : valueInWords(one as LeafReason['actual'], type, currency);
  return `${fact} is ${inWords(actual)}; the rule asks for ${operatorWords[operator] ?? operator} ${inWords(value)}`;
}

const operatorWords: Readonly<Record<string, string>> = {
  equal: 'exactly',
  notEqual: 'anything but',
  lessThan: 'less than',
  lessThanInclusive: 'at most',
  greaterThan: 'more than',
  greaterThanInclusive: 'at least',
  in: 'one of',
  notIn: 'none of',
  contains: 'a list with',
  doesNotContain: 'a list without',
};
