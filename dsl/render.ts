import type { Diagnostic } from './diagnostic.ts';

/**
 * A diagnostic as a code frame:
 *
 * ```
 * error[unknown-fact]: there is no fact `cycle.dta`
 *   --> discounts.rules:4:8
 *   4 |   when cycle.dta > 50 GB
 *     |        ~~~~~~~~~
 *   help: did you mean `cycle.data`?
 * ```
 */
export function renderDiagnostic(diagnostic: Diagnostic, text: string): string {
  const { line, column } = diagnostic;
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '');
  const number = String(line);
  const margin = ' '.repeat(number.length);
  const lastColumn = diagnostic.endLine === line ? diagnostic.endColumn : source.length + 1;
  const underline = '~'.repeat(Math.max(1, lastColumn - column));
  // Tabs keep their width under the line they stand in.
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [
    `${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`,
    `  --> ${diagnostic.file}:${line}:${column}`,
    `  ${number} | ${source}`,
    `  ${margin} | ${indent}${underline}`,
    `  help: ${diagnostic.help}`,
  ].join('\n');
}
