import { conditionInWords, type TypeOf } from '../../dsl/diff/conditions.ts';
import { type Coverage, type CoverageCount, countCoverage, type RuleCoverage } from '../../engine/coverage.ts';
import type { LeafCondition, RuleSet } from '../../engine/rule-set.ts';

/** What no test reaches: a rule, or an outcome of one of its conditions, in the analyst's words. */
export interface Gap {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly gap: string;
}

export interface CoverageReport extends CoverageCount {
  readonly gaps: readonly Gap[];
}

export function reportCoverage(coverage: Coverage, { facts, derived }: RuleSet): CoverageReport {
  const types = new Map([...facts, ...derived].map(({ name, type }) => [name, type]));
  const typeOf = (fact: string) => types.get(fact);
  return { ...countCoverage(coverage), gaps: coverage.rules.flatMap((rule) => gapsOf(rule, typeOf)) };
}

/** As it stands in a terminal: the gaps by file and line, then how much is reached. */
export function showCoverage(report: CoverageReport): string {
  const { rules, rulesReached, outcomes, outcomesReached, gaps } = report;
  const lines = gaps.map(({ file, line, rule, gap }) => `${file}:${line}  ${rule}: ${gap}`);
  const share = (part: number, whole: number) => (whole === 0 ? '100 %' : `${((100 * part) / whole).toFixed(1)} %`);
  return [
    ...(lines.length > 0 ? ['What no test reaches:', ...lines.map((line) => `  ${line}`), ''] : []),
    `${rulesReached} of ${rules} rules decide something in a test (${share(rulesReached, rules)})`,
    `${outcomesReached} of ${outcomes} outcomes of conditions occur (${share(outcomesReached, outcomes)})`,
  ].join('\n');
}

/** A rule that nothing reaches is told once, without its conditions. */
function gapsOf({ ids, at, reached, conditions }: RuleCoverage, typeOf: TypeOf): readonly Gap[] {
  const gap = (words: string): Gap => ({ file: at.file, line: at.line, rule: ids[0] ?? '', gap: words });
  if (!reached) return [gap('it decides nothing in any test')];
  const words = (condition: LeafCondition) => `\`${conditionInWords(condition, typeOf)}\``;
  return conditions.flatMap(({ condition, held, failed }) => [
    ...(held ? [] : [gap(`${words(condition)} is never true`)]),
    ...(failed ? [] : [gap(`${words(condition)} is never false`)]),
  ]);
}
