import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { differencesAsMarkdown } from '../../dsl/diff/render.ts';
import { impactAsMarkdown } from '../impact/show-impact.ts';
import type { CoverageReport } from './show-coverage.ts';
import { isSound, type Verification } from './verification.ts';

/** One report for the discussion of a pull request: the verdict, a line for each step, then what each found. */
export function verificationAsMarkdown(verification: Verification): string {
  const { diagnostics, tests, comparison, noComparison } = verification;
  const sections = [
    faults(diagnostics),
    failures(tests?.results ?? []),
    comparison ? section('What changes in meaning', shortened(differencesAsMarkdown(comparison.differences))) : '',
    money(verification),
    tests ? gaps(tests.coverage) : '',
    noComparison === undefined ? '' : `Nothing is compared with \`${verification.base}\`: ${noComparison}.\n`,
  ];
  return [
    `## Rules: ${isSound(verification) ? 'sound' : 'not sound'}\n`,
    `| step | found |\n|---|---|\n${steps(verification).join('\n')}\n`,
    ...sections.filter(Boolean),
  ].join('\n');
}

function steps({ unformatted, diagnostics, tests, comparison }: Verification): readonly string[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const row = (step: string, good: boolean, found: string) => `| ${step} | ${good ? '✓' : '✗'} ${found} |`;
  const failed = tests?.results.filter(({ passed }) => !passed).length ?? 0;
  return [
    row('format', unformatted.length === 0, unformatted.length === 0 ? 'as `fmt` writes it' : unformatted.join(', ')),
    row('check', errors === 0, `${count(errors, 'error')}, ${count(diagnostics.length - errors, 'warning')}`),
    ...(tests ? [row('tests', failed === 0, `${tests.results.length - failed} of ${tests.results.length} pass`)] : []),
    ...(tests ? [`| coverage | ${coverageInWords(tests.coverage)} |`] : []),
    ...(comparison ? [`| meaning | ${count(comparison.differences.length, 'difference')} |`] : []),
    ...(comparison?.impact?.impacts.map(
      ({ currency, total }) => `| money | ${total.before} → ${total.after} ${currency} |`,
    ) ?? []),
  ];
}

function coverageInWords({ rules, rulesReached, outcomes, outcomesReached }: CoverageReport): string {
  return `${rulesReached} of ${rules} rules, ${outcomesReached} of ${outcomes} outcomes of conditions`;
}

function faults(diagnostics: readonly Diagnostic[]): string {
  const items = diagnostics.map(
    ({ severity, code, file, line, column, message, help }) =>
      `- \`${file}:${line}:${column}\` **${severity}** (${code}): ${message}; ${help}`,
  );
  return items.length === 0 ? '' : section('Faults', shortened(items.join('\n')));
}

function failures(results: NonNullable<Verification['tests']>['results']): string {
  const items = results.flatMap(({ name, failures: failed }) =>
    failed.map(
      ({ at, expected, actual }) => `- \`${at.file}:${at.line}\` ${name}: expected ${expected}, got ${actual}`,
    ),
  );
  return items.length === 0 ? '' : section('Tests that fail', shortened(items.join('\n')));
}

function money({ comparison, base, folder }: Verification): string {
  if (!comparison) return '';
  const { impact } = comparison;
  if (!impact) return section('What it does to the money', 'Nothing: the compiled rules are the same.');
  return section('What it does to the money', impactAsMarkdown({ ...impact, before: base, after: folder }));
}

function gaps({ gaps: all }: CoverageReport): string {
  if (all.length === 0) return '';
  const items = all.map(({ file, line, rule, gap }) => `- \`${file}:${line}\` ${rule}: ${gap}`);
  return `<details><summary>What no test reaches (${all.length})</summary>\n\n${shortened(items.join('\n'))}\n\n</details>\n`;
}

function section(title: string, text: string): string {
  return `### ${title}\n\n${text.trimEnd()}\n`;
}

/** A comment of a pull request takes 65,536 characters. */
const mostCharacters = 15_000;

/** Whole lines only. */
function shortened(text: string): string {
  if (text.length <= mostCharacters) return text;
  const kept = text.slice(0, text.lastIndexOf('\n', mostCharacters));
  const left = text.slice(kept.length + 1).split('\n').length;
  return `${kept}\n\n… and ${left} more lines`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
