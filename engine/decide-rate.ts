/** Which one rule prices usage. */
import { decide } from './decide/decide.ts';
import type { Verdict } from './decide/policy.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision, Exception, UsageEvent } from './model.ts';
import type { RateOutcome } from './outcomes.ts';
import type { Facts, StockRule } from './rule-set.ts';

export type Refuse = (code: Exception['code'], evidence: string) => void;

/** A contract need not price everything: what none of its rows fits is priced by the plan. */
export function decideRate(
  sets: readonly string[],
  about: string,
  sheet: Facts,
  { rules, decisions }: { readonly rules: LoadedRuleSet; readonly decisions: Decision[] },
): Verdict<RateOutcome> | undefined {
  let verdict: Verdict<RateOutcome> | undefined;
  for (const set of sets) {
    verdict = decide<RateOutcome>(rules, set, sheet, decisions, about);
    if (verdict && verdict.kind !== 'none') return verdict;
  }
  return verdict;
}

/** Undefined, and said why, where not exactly one rule fits. */
export function onlyRule(
  verdict: Verdict<RateOutcome> | undefined,
  { id, service }: UsageEvent,
  plan: string,
  refuse: Refuse,
): StockRule<RateOutcome> | undefined {
  const rule = verdict?.rules[0];
  if (!verdict || !rule) {
    refuse('no-rate', `Plan ${plan} has no price for event ${id} (${service}).`);
    return undefined;
  }
  if (verdict.kind !== 'conflict') return rule;
  refuse('rule-conflict', `Event ${id}: ${verdict.rules.map((one) => one.name).join(' and ')} all match.`);
  return undefined;
}
