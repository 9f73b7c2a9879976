import type { ReactNode } from 'react';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { formatCount } from '../format.ts';
import { MessageText } from '../parts/message-text.tsx';
import type { Checked } from './analysis-protocol.ts';

/** Everything the checker has to say, most important first; each entry leads to its place. */
export function Problems(props: {
  readonly checked: Checked | undefined;
  readonly broken: string | undefined;
  readonly onJump: (file: string, line: number, column: number) => void;
}): ReactNode {
  const { checked, broken } = props;
  const diagnostics = checked ? sortDiagnostics(checked.diagnostics) : [];
  return (
    <section className="problems" aria-labelledby="problems-title">
      <div className="problems-head">
        <h2 id="problems-title">Problems</h2>
        <p role="status">{broken ? `The checker has stopped: ${broken}` : summary(checked)}</p>
      </div>
      {diagnostics.length > 0 && (
        <ul>
          {diagnostics.map((diagnostic) => (
            <li key={`${diagnostic.file} ${diagnostic.span.start} ${diagnostic.code}`}>
              <button
                type="button"
                className={`problem ${diagnostic.severity}`}
                onClick={() => props.onJump(diagnostic.file, diagnostic.line, diagnostic.column)}
              >
                <span className="problem-kind">{diagnostic.severity === 'error' ? 'Error' : 'Warning'}</span>
                <span className="problem-text">
                  <MessageText text={diagnostic.message} />
                  {diagnostic.help && (
                    <span className="problem-help">
                      <MessageText text={diagnostic.help} />
                    </span>
                  )}
                </span>
                <span className="problem-place">
                  {diagnostic.file}:{diagnostic.line}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Errors before warnings, then by file and place. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const weight = (diagnostic: Diagnostic) => (diagnostic.severity === 'error' ? 0 : 1);
  return diagnostics.toSorted(
    (a, b) => weight(a) - weight(b) || a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}

function summary(checked: Checked | undefined): string {
  if (!checked) return 'Checking …';
  const errors = checked.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  const warnings = checked.diagnostics.length - errors;
  if (errors + warnings === 0) return `None. ${counted(checked.tests, 'test')} to run.`;
  return [errors > 0 && counted(errors, 'error'), warnings > 0 && counted(warnings, 'warning')]
    .filter(Boolean)
    .join(', ');
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
