import { evaluateCycle } from '../../engine/cycle.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import { printEvaluation, readAccountCycle } from './cycle-json.ts';

/**
 * The bill that an account's cycle will have, as canonical JSON text: what the API and `ratebook bill --json` answer, and
 * what bill runs compare issued invoices with.
 *
 * @param json a cycle by the schema `account-cycle.schema.json`.
 * @throws InputError naming every place that is wrong.
 */
export function previewCycle(json: unknown, rules: LoadedRuleSet): string {
  return printEvaluation(evaluateCycle(readAccountCycle(json), rules));
}
