import { resolve } from 'node:path';
import { explainDecision } from '../../engine/explain.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { Facts } from '../../engine/rule-set.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { readAccountCycle } from '../api/cycle-json.ts';
import { createClock } from '../engagement/clock.ts';
import { factFaults, withKnown } from '../engagement/complete-facts.ts';
import { type ExplainedBooks, explainEvent, explainInvoice, explainReminders } from '../explain/explain-books.ts';
import { explainCycle, explainDecisions } from '../explain/explain-cycle.ts';
import { explainedInWords, withWords } from '../explain/explanation-words.ts';
import { readJson } from '../read-json.ts';
import { compileFolder } from '../rules/compile-folder.ts';
import { unusable } from '../unusable.ts';
import { withBooks } from './with-books.ts';

export interface ExplainOptions {
  readonly rules: string;
  readonly cycle?: string;
  readonly test?: string;
  readonly event?: string;
  readonly reminders?: string;
  readonly set?: string;
  readonly facts?: string;
  readonly json?: boolean;
}

/**
 * `ratebook explain`: the rule behind an outcome, each condition with its value, and for the other rules the first
 * condition that failed. From the books: `INVOICE [WHAT]`, `--event ID`, `--reminders SUBJECT`; without a database: `--cycle FILE
 * [WHAT]`, `--test NAME [WHAT]`, `--set ID --facts FILE`.
 *
 * @throws Error saying what is missing when there is no such thing.
 */
export async function explain(
  first: string | undefined,
  second: string | undefined,
  options: ExplainOptions,
): Promise<void> {
  const { found, context } = await find(first, second, options);
  if (options.json)
    console.log(
      JSON.stringify(
        found.map((one) => withWords(one, context)),
        null,
        2,
      ),
    );
  else console.log(found.map((one) => explainedInWords(one, context)).join('\n\n'));
}

async function find(first: string | undefined, second: string | undefined, options: ExplainOptions) {
  const { cycle, test, event, reminders, set, facts } = options;
  if (cycle !== undefined) return inCycleFile(cycle, first, options.rules);
  if (test !== undefined) return inTest(test, first, options.rules);
  if (set !== undefined && facts !== undefined) return onFacts(set, facts, options.rules);
  if (event !== undefined) return withBooks((db) => explainEvent(db, event));
  if (reminders !== undefined) {
    const rules = await rulesIn(options.rules);
    return withBooks(async (db) => {
      const { now } = await createClock(db, Date.now).read();
      return explainReminders(db, reminders, rules, now);
    });
  }
  if (first === undefined)
    throw unusable(
      'Name an invoice, or one of --cycle FILE, --test NAME, --event ID, --reminders SUBJECT, or --set ID with --facts FILE',
    );
  return withBooks((db) => explainInvoice(db, first, second));
}

async function inCycleFile(file: string, wanted: string | undefined, folder: string): Promise<ExplainedBooks> {
  const [rules, json] = [await rulesIn(folder), await readJson(file)];
  const cycle = readAccountCycle(json);
  const context = { document: rules.document, currency: cycle.account.currency, zone: cycle.account.zone };
  return { found: await explainCycle(cycle, rules, wanted), context };
}

/** Every decision that the test comes to, or those that a rule took part in. */
async function inTest(name: string, wanted: string | undefined, folder: string): Promise<ExplainedBooks> {
  const { ruleSet, tests } = await compileFolder(resolve(folder));
  if (!ruleSet) throw new Error(`The rules in ${folder} have faults: run \`ratebook check ${folder}\``);
  const matching = tests.filter((one) => one.name.toLowerCase().includes(name.toLowerCase()));
  const [test] = matching;
  if (!test || matching.length > 1) {
    const some = (matching.length > 1 ? matching : tests).slice(0, 20).map((one) => `  ${one.name}`);
    throw unusable(`${matching.length} tests are called "${name}"; there are:\n${some.join('\n')}`);
  }
  const rules = loadRuleSet(ruleSet);
  const { decisions } = await runTestCase(test, rules);
  const found = await explainDecisions(decisions, rules, wanted);
  if (found.length === 0) throw new Error(`The test "${test.name}" decides nothing${wanted ? ` about ${wanted}` : ''}`);
  const currency = ruleSet.plans.find(({ id }) => id === test.given.plan)?.currency ?? ruleSet.plans[0]?.currency;
  const context = { document: ruleSet, currency: currency ?? 'EUR', zone: test.given.zone ?? 'UTC' };
  return { found, context };
}

async function onFacts(id: string, file: string, folder: string): Promise<ExplainedBooks> {
  const rules = await rulesIn(folder);
  const { document } = rules;
  const set = rules.sets.get(id);
  if (!set) throw unusable(`The rules have no decision set "${id}"; they have:\n${indented([...rules.sets.keys()])}`);
  const given = (await readJson(file)) as Facts;
  const known = new Map(document.facts.map((fact) => [fact.name, fact]));
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw unusable(`${file}: the rules have no fact ${unknown.join(', ')}; this set reads ${set.inputs.join(', ')}`);
  const facts = withKnown({ always: true, ...given }, document.facts);
  const faults = factFaults(set, facts, known);
  if (faults.length > 0) throw unusable(`${file}: ${faults.map(({ fact, detail }) => `${fact} ${detail}`).join('; ')}`);
  const decisions = [{ decided: 'Decided:', rules: await explainDecision({ set: id, facts }, rules) }];
  const context = { document, currency: document.plans[0]?.currency ?? 'EUR', zone: 'UTC' };
  return { found: [{ title: id, decisions }], context };
}

async function rulesIn(folder: string): Promise<LoadedRuleSet> {
  const { ruleSet } = await compileFolder(resolve(folder));
  if (!ruleSet) throw new Error(`The rules in ${folder} have faults: run \`ratebook check ${folder}\``);
  return loadRuleSet(ruleSet);
}

function indented(names: readonly string[]): string {
  return names.map((name) => `  ${name}`).join('\n');
}
