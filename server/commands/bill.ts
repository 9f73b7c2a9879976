import { resolve } from 'node:path';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { printEvaluation, readAccountCycle } from '../api/cycle-json.ts';
import { readJson } from '../read-json.ts';
import { compileFolder } from '../rules/compile-folder.ts';

/**
 * `ratebook bill`: evaluates one account's cycle from a JSON file, without a database. The file's schema is published as
 * `server/api/account-cycle.schema.json`.
 *
 * @throws Error naming the file and the place in it when it is not such a cycle.
 */
export async function bill(options: {
  readonly rules: string;
  readonly cycle: string;
  readonly json?: boolean;
}): Promise<void> {
  const { ruleSet, diagnostics } = await compileFolder(resolve(options.rules));
  if (!ruleSet)
    throw new Error(
      `The rules in ${options.rules} have ${diagnostics.length} faults: run \`ratebook check ${options.rules}\``,
    );
  const evaluation = evaluateCycle(readAccountCycle(await readJson(options.cycle)), loadRuleSet(ruleSet));
  if (options.json) {
    process.stdout.write(printEvaluation(evaluation));
    return;
  }
  for (const line of evaluation.bill.lines)
    console.log(
      `${line.amount.padStart(12)} ${evaluation.bill.currency}  ${line.title}  (${line.because.rule}: ${line.because.how})`,
    );
  for (const tax of evaluation.bill.taxes)
    console.log(`${tax.amount.padStart(12)} ${evaluation.bill.currency}  tax ${tax.percent} % on ${tax.base}`);
  console.log(`${evaluation.bill.total.padStart(12)} ${evaluation.bill.currency}  total`);
  for (const exception of evaluation.exceptions) console.log(`${exception.action}: ${exception.evidence}`);
}
