/** The engine on a customer's life: one bill after the other, by the shipped rules. */
import { compileRules } from '../../dsl/compile.ts';
import { creditsOf } from '../../engine/credit.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, CycleEvaluation } from '../../engine/model.ts';
import { shippedRules, withHolidays } from '../dsl/sources.ts';
import type { Life } from './oracle-customers.ts';

const { ruleSet } = compileRules(shippedRules(), withHolidays);
if (!ruleSet) throw new Error('The shipped rules do not compile.');
export const rules = loadRuleSet(ruleSet);

export interface Billed {
  readonly cycle: AccountCycle;
  readonly evaluation: CycleEvaluation;
}

/** Each bill begins with the balances and credits that the one before left. */
export function billsOf({ account, customer, subscriptions, history, cycles }: Life): readonly Billed[] {
  let left: Pick<AccountCycle, 'balances' | 'credits'> = { balances: [], credits: [] };
  return cycles.map((part) => {
    const cycle: AccountCycle = { account, customer, subscriptions, history, ...part, ...left };
    const evaluation = evaluateCycle(cycle, rules);
    left = { balances: evaluation.balances, credits: creditsOf(evaluation.bill) };
    return { cycle, evaluation };
  });
}
