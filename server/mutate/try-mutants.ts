import type { Compilation } from '../../dsl/compile.ts';
import { type Mutant, mutatedText } from '../../dsl/mutate/mutants.ts';
import { openWorkspace } from '../../dsl/service/workspace.ts';
import type { RuleSource } from '../../dsl/source.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { runTestCase } from '../../engine/scenario.ts';
import type { TestCase } from '../../engine/test-case.ts';
import { holidaysOf } from '../rules/holidays.ts';
import { serveTasks } from '../threads.ts';

/** What became of a mutant. */
export type Fate =
  /** The compiler refuses it; `by` is the code of the first error. */
  | { readonly kind: 'check'; readonly by: string }
  /** A test fails; `by` is its name. */
  | { readonly kind: 'test'; readonly by: string }
  /** The compiled rules are the same to the last byte: it changes how something is written and not what it says. */
  | { readonly kind: 'same' }
  | { readonly kind: 'survived' };

export interface TriedMutant {
  readonly index: number;
  readonly mutant: Mutant;
  readonly fate: Fate;
}

export interface MutantTask {
  readonly index: number;
  readonly mutant: Mutant;
}

/**
 * Makes ready to try mutants of sound rules whose tests pass. Tests that ask what the mutant changes run first, and the
 * first that fails ends it; a mutant survives only after all of them.
 *
 * @throws Error if the rules have errors, or a test of theirs fails without any mutant.
 */
export async function startTrying(source: RuleSource): Promise<(task: MutantTask) => Promise<TriedMutant>> {
  const workspace = openWorkspace(source, { holidays: holidaysOf });
  const base = workspace.compilation();
  if (!base.ruleSet) throw new Error('The rules have errors: run `ratebook check`');
  const parts = partsOf(base.ruleSet);
  const asked = await whatTestsAsk(base.tests, loadRuleSet(base.ruleSet));
  return async ({ index, mutant }) => {
    const text = workspace.textOf(mutant.file);
    workspace.change(mutant.file, mutatedText(text, mutant));
    const compilation = workspace.compilation();
    workspace.change(mutant.file, text);
    return { index, mutant, fate: await fateOf(compilation, parts, asked) };
  };
}

serveTasks(startTrying);

async function fateOf(
  { ruleSet, tests, diagnostics }: Compilation,
  base: ReadonlyMap<string, string>,
  asked: readonly Asked[],
): Promise<Fate> {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error || !ruleSet) return { kind: 'check', by: error?.code ?? 'no rule set' };
  const changed = changedParts(base, partsOf(ruleSet));
  if (changed.size === 0) return { kind: 'same' };
  const rules = loadRuleSet(ruleSet);
  const first = (test: TestCase, index: number) => Number(!asks(asked[index], test, changed));
  const ordered = tests
    .map((test, index) => ({ test, rank: first(test, index), cost: asked[index]?.costMs ?? 0 }))
    .sort((a, b) => a.rank - b.rank || a.cost - b.cost);
  for (const { test } of ordered) {
    if (await fails(test, rules)) return { kind: 'test', by: test.name };
  }
  return { kind: 'survived' };
}

/** Whatever a rule does that the engine cannot do, a test notices as well. */
async function fails(test: TestCase, rules: LoadedRuleSet): Promise<boolean> {
  return runTestCase(test, rules).then(
    ({ passed }) => !passed,
    () => true,
  );
}

/** What a test asked when nothing was changed, and how long it took. */
interface Asked {
  readonly sets: ReadonlySet<string>;
  readonly costMs: number;
}

async function whatTestsAsk(tests: readonly TestCase[], rules: LoadedRuleSet): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (const test of tests) {
    const started = performance.now();
    const { passed, decisions } = await runTestCase(test, rules);
    if (!passed) throw new Error(`The test "${test.name}" fails without any change: run \`ratebook test\``);
    asked.push({ sets: new Set(decisions.map(({ set }) => set)), costMs: performance.now() - started });
  }
  return asked;
}

function asks(asked: Asked | undefined, { given }: TestCase, changed: ReadonlySet<string>): boolean {
  if (changed.has('everything')) return true;
  if (given.plan !== undefined && changed.has(`plan ${given.plan}`)) return true;
  return [...(asked?.sets ?? [])].some((set) => changed.has(set));
}

/** The document in pieces by which tests are chosen: decision sets, plans, and the rest. Texts alone say nothing. */
function partsOf({ hash: _, sources: _sources, decisions, plans, ...rest }: RuleSet): ReadonlyMap<string, string> {
  const planTexts = new Map<string, string>();
  for (const plan of plans) {
    const id = `plan ${plan.id}`;
    planTexts.set(id, (planTexts.get(id) ?? '') + JSON.stringify(plan));
  }
  return new Map([
    ...planTexts,
    ...decisions.map((set) => [set.id, JSON.stringify(set)] as const),
    ['everything', JSON.stringify(rest)],
  ]);
}

function changedParts(base: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ReadonlySet<string> {
  const all = [...new Set([...base.keys(), ...now.keys()])];
  return new Set(all.filter((part) => base.get(part) !== now.get(part)));
}
