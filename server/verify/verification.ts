import { analyse, compilationOf } from '../../dsl/compile.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import type { Difference } from '../../dsl/diff/difference.ts';
import { formatRules } from '../../dsl/format/format.ts';
import type { RuleSource } from '../../dsl/source.ts';
import type { Impact } from '../../engine/impact.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { TestResult } from '../../engine/scenario.ts';
import { impactOf } from '../impact/impact-of.ts';
import type { RecordedCycle } from '../impact/recorded-cycles.ts';
import { holidaysOf } from '../rules/holidays.ts';
import { readRevision, soundRuleSet } from '../rules/rule-revision.ts';
import { runTests } from '../rules/run-tests.ts';
import { withTemplateFaults } from '../rules/try-templates.ts';
import { type CoverageReport, reportCoverage } from './show-coverage.ts';

/** Everything that is found of a rulebook before it may be merged. */
export interface Verification {
  readonly folder: string;
  readonly base: string;
  /** Files that `fmt` would change. */
  readonly unformatted: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where the rules do not compile. */
  readonly tests?: { readonly results: readonly Omit<TestResult, 'decisions'>[]; readonly coverage: CoverageReport };
  /** Absent where one of the two does not compile; `noComparison` says which. */
  readonly comparison?: Comparison;
  readonly noComparison?: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Absent where nothing differs. */
  readonly impact?: { readonly cycles: string; readonly impacts: readonly Impact[] };
}

export interface RecordedCycles {
  readonly name: string;
  readonly cycles: AsyncIterable<RecordedCycle>;
}

/** Runs every step, whatever an earlier one found: a person wants to hear of all of it at once. */
export async function verifyRules(
  folder: string,
  source: RuleSource,
  base: string,
  recorded: RecordedCycles,
): Promise<Verification> {
  const analysis = analyse(source, { holidays: holidaysOf });
  const compilation = withTemplateFaults(compilationOf(analysis, source), source);
  const { ruleSet, diagnostics } = compilation;
  const unformatted = source.files.filter(({ path, text }) => path.endsWith('.rules') && formatRules(text) !== text);
  const found = { folder, base, unformatted: unformatted.map(({ path }) => path), diagnostics };
  const tests = await runTests(compilation);
  if (!ruleSet || !tests) return { ...found, noComparison: 'the rules have errors' };
  const results = tests.results.map(({ decisions: _, ...result }) => result);
  const tested = { ...found, tests: { results, coverage: reportCoverage(tests.coverage, ruleSet) } };
  const before = await readRevision(base, analysis.past)
    .then(soundRuleSet)
    .catch((error: Error) => error.message);
  if (typeof before === 'string') return { ...tested, noComparison: before };
  return { ...tested, comparison: await compare(before, ruleSet, recorded) };
}

/** Whether the rules may be merged: they are formatted, they compile, and their tests pass. */
export function isSound({ unformatted, diagnostics, tests }: Verification): boolean {
  if (unformatted.length > 0) return false;
  return (
    !diagnostics.some(({ severity }) => severity === 'error') && tests?.results.every(({ passed }) => passed) === true
  );
}

async function compare(before: RuleSet, after: RuleSet, { name, cycles }: RecordedCycles): Promise<Comparison> {
  const differences = diffRuleSets(before, after);
  if (content(before) === content(after)) return { differences };
  return { differences, impact: { cycles: name, impacts: await impactOf({ before, after }, cycles) } };
}

/** What decides anything: without the texts it was compiled from, and where in them it stands. */
function content({ hash: _, sources: _sources, ...rest }: RuleSet): string {
  return JSON.stringify(rest, (key, value) => (key === 'at' && typeof value === 'object' ? undefined : value));
}
