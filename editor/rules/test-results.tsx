import { type ReactNode, useEffect, useState } from 'react';
import { type FileOverride, type TestRunView, type TestView, testRules } from '../api.ts';
import { formatCount } from '../format.ts';
import type { Resource } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { SidePanel } from './side-panel.tsx';

type Jump = (file: string, line: number) => void;

/** Runs the rules' own tests over the unsaved text; failures first, each with what was expected and what came. */
export function TestResults(props: {
  readonly overrides: readonly FileOverride[];
  readonly onJump: Jump;
  readonly onClose: () => void;
}): ReactNode {
  const [resource, setResource] = useState<Resource<TestRunView>>({ kind: 'loading' });
  const { overrides } = props;
  const run = async () => {
    setResource({ kind: 'loading' });
    const answer = await testRules(overrides);
    setResource(answer.ok ? { kind: 'ready', value: answer.value } : { kind: 'failed', problem: answer.problem });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: opening the panel runs the tests once; after that the button does.
  useEffect(() => {
    run();
  }, []);
  return (
    <SidePanel title="Tests" onClose={props.onClose}>
      <div className="actions">
        <button type="button" className="button" onClick={run} disabled={resource.kind === 'loading'}>
          Run again
        </button>
        {overrides.length > 0 && (
          <span className="quiet">
            with {formatCount(overrides.length)} unsaved {overrides.length === 1 ? 'file' : 'files'}
          </span>
        )}
      </div>
      <Loaded resource={resource} what="the test results" onRetry={run}>
        {(result) => <Results result={result} onJump={props.onJump} />}
      </Loaded>
    </SidePanel>
  );
}

function Results({ result, onJump }: { readonly result: TestRunView; readonly onJump: Jump }): ReactNode {
  const errors = result.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  if (errors > 0) {
    return (
      <div className="notice bad" role="alert">
        <p className="notice-title">The rules do not compile, so no test was run</p>
        <p className="what-to-do">The problems below the editor say what to correct.</p>
      </div>
    );
  }
  if (result.tests.length === 0)
    return <Empty title="No tests yet">A block that begins with the word test, in any rules file, is one.</Empty>;
  const failed = result.tests.filter((test) => !test.passed);
  const passed = result.tests.filter((test) => test.passed);
  return (
    <>
      <p className={failed.length > 0 ? 'verdict bad' : 'verdict good'} role="status">
        {failed.length > 0
          ? `${formatCount(failed.length)} failed, ${formatCount(passed.length)} passed`
          : `All ${formatCount(passed.length)} passed`}
      </p>
      {failed.length > 0 && (
        <ul className="tests">
          {failed.map((test) => (
            <FailedTest key={`${test.file} ${test.line}`} test={test} onJump={onJump} />
          ))}
        </ul>
      )}
      <details open={failed.length === 0}>
        <summary>{formatCount(passed.length)} passed</summary>
        <ul className="tests">
          {passed.map((test) => (
            <li key={`${test.file} ${test.line}`} className="test passed">
              <TestName test={test} onJump={onJump} />
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function FailedTest({ test, onJump }: { readonly test: TestView; readonly onJump: Jump }): ReactNode {
  return (
    <li className="test failed">
      <TestName test={test} onJump={onJump} />
      <ul>
        {test.failures.map((failure) => (
          <li key={`${failure.line} ${failure.expected}`}>
            <button type="button" className="text-button" onClick={() => onJump(test.file, failure.line)}>
              Line {failure.line}
            </button>
            <dl className="expected">
              <dt>expected</dt>
              <dd>{failure.expected}</dd>
              <dt>actual</dt>
              <dd>{failure.actual}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </li>
  );
}

function TestName({ test, onJump }: { readonly test: TestView; readonly onJump: Jump }): ReactNode {
  return (
    <button type="button" className="text-button" onClick={() => onJump(test.file, test.line)}>
      <span className="unseen">{test.passed ? 'Passed: ' : 'Failed: '}</span>
      {test.name}
    </button>
  );
}
