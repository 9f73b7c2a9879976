import { resolve } from 'node:path';
import type { Knex } from 'knex';
import { evaluateCycle } from '../../engine/cycle.ts';
import { applyPolicy } from '../../engine/decide/policy.ts';
import { type Explanation, explainDecision } from '../../engine/explain.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, BillLine, Decision } from '../../engine/model.ts';
import type { Facts } from '../../engine/rule-set.ts';
import { findAccountCycle } from '../bill-run/find-cycle.ts';
import { factFaults, withKnown } from '../engagement/complete-facts.ts';
import { compileFolder } from '../rules/compile-folder.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { readJson } from './read-json.ts';
import { withBooks } from './with-books.ts';

export interface ExplainOptions {
  readonly rules: string;
  readonly set?: string;
  readonly facts?: string;
  readonly json?: boolean;
}

/**
 * `ratebook explain INVOICE [LINE]`: which rule made each line, every condition with its value, and for the other rules
 * the first condition that failed; with the rule set that made the invoice. `ratebook explain --set ID --facts FILE`: the
 * same for one decision on given facts, without a database.
 *
 * @throws Error saying what is missing when there is no such invoice, line or decision set.
 */
export async function explain(
  invoice: string | undefined,
  line: string | undefined,
  options: ExplainOptions,
): Promise<void> {
  if (invoice) await withBooks((db) => explainInvoice(db, invoice, line ?? '', options));
  else await explainFacts(options);
}

async function explainFacts({ rules: folder, set: id, facts: file, json }: ExplainOptions): Promise<void> {
  if (!id || !file) throw new Error('Name an invoice, or a decision set with --set and a file of facts with --facts');
  const { ruleSet } = await compileFolder(resolve(folder));
  if (!ruleSet) throw new Error(`The rules in ${folder} have faults: run \`ratebook check ${folder}\``);
  const rules = loadRuleSet(ruleSet);
  const set = rules.sets.get(id);
  if (!set)
    throw new Error(
      `The rules have no decision set "${id}"; they have:\n${[...rules.sets.keys()].map((one) => `  ${one}`).join('\n')}`,
    );
  const given = (await readJson(file)) as Facts;
  const known = new Map(ruleSet.facts.map((fact) => [fact.name, fact]));
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`${file}: the rules have no fact ${unknown.join(', ')}; this set reads ${set.inputs.join(', ')}`);
  const facts = withKnown({ always: true, ...given }, ruleSet.facts);
  const faults = factFaults(set, facts, known);
  if (faults.length > 0)
    throw new Error(`${file}: ${faults.map(({ fact, detail }) => `${fact} ${detail}`).join('; ')}`);
  show(await explainDecision({ set: id, facts }, rules, ruleSet.plans[0]?.currency ?? 'EUR'), json);
}

async function explainInvoice(db: Knex, number: string, wanted: string, { json }: ExplainOptions): Promise<void> {
  const invoice = await db('invoice').where({ number }).whereNotNull('run_id').first();
  if (!invoice) throw new Error(`There is no invoice ${number} from a bill run; the console lists those there are`);
  const rules = await loadReleasedRuleSet(db, invoice.rule_set);
  const cycle = await findAccountCycle(db, invoice.account_id, invoice.issued_on, invoice.period_from);
  if (!cycle) throw new Error(`The cycle of invoice ${number} is no longer in the books`);
  const { bill } = evaluateCycle(cycle, rules);
  const lines = bill.lines.filter((one) => one.id === wanted || one.title.toLowerCase().includes(wanted.toLowerCase()));
  if (lines.length === 0) {
    const known = bill.lines.map((one) => `  ${one.id}  (${one.title})`).join('\n');
    throw new Error(`Invoice ${number} has no line "${wanted}"; its lines are:\n${known}`);
  }
  for (const line of lines) await explainLine(line, decisionBehind(line, cycle, rules), rules, invoice.currency, json);
}

/** The first decision about this line's subscription that the line's rule won; none for fees, which nothing decides. */
function decisionBehind(line: BillLine, cycle: AccountCycle, rules: LoadedRuleSet): Decision | undefined {
  const alone = { ...cycle, subscriptions: cycle.subscriptions.filter((one) => one.id === line.subscriptionId) };
  return evaluateCycle(alone, rules).decisions.find((decision) => {
    const set = rules.sets.get(decision.set)?.set;
    return (
      set !== undefined && applyPolicy(set, decision.matches).rules.some((rule) => rule.name === line.because.rule)
    );
  });
}

async function explainLine(
  line: BillLine,
  decision: Decision | undefined,
  rules: LoadedRuleSet,
  currency: string,
  json?: boolean,
): Promise<void> {
  const explanation = decision ? await explainDecision(decision, rules, currency) : [];
  if (json) {
    console.log(JSON.stringify({ line, explanation }));
    return;
  }
  console.log(
    `${line.title}: ${line.amount} ${currency} (${line.kind})\n  ${line.because.rule}, ${line.because.at.file}:${line.because.at.line}\n  ${line.because.how}`,
  );
  if (decision)
    console.log(line.kind === 'usage' ? '  Decided for each portion of usage; for the first one:' : '  Decided:');
  show(explanation, false);
}

function show(explanation: readonly Explanation[], json: boolean | undefined): void {
  if (json) {
    console.log(JSON.stringify(explanation, null, 2));
    return;
  }
  for (const { rule, at, fired, because } of explanation) {
    console.log(`  ${fired ? '✓' : '·'} ${rule}  ${at.file}:${at.line}`);
    for (const reason of because) console.log(`      ${fired ? 'because' : 'not, because'} ${reason}`);
  }
}
