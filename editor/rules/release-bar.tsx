import { type ReactNode, useEffect, useState } from 'react';
import { type Problem, releaseRules } from '../api.ts';
import { formatCount } from '../format.ts';
import { RuleLink } from '../parts/pieces.tsx';
import { ProblemNotice } from '../parts/states.tsx';

/** Says when the saved rules are not the ones in force, and puts them in force once their tests pass. */
export function ReleaseBar(props: {
  /** Hash of the saved rules' set; null if they do not compile. */
  readonly saved: string | null;
  /** Hash of the set in force; undefined while it is not known. */
  readonly released: string | null | undefined;
  readonly onReleased: () => void;
}): ReactNode {
  const { saved } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed in other rules says nothing about these.
  useEffect(() => setProblem(undefined), [saved]);
  if (saved === null || props.released === undefined || saved === props.released) return null;
  const release = async (despiteFailingTests: boolean) => {
    setBusy(true);
    const answer = await releaseRules(despiteFailingTests);
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) props.onReleased();
  };
  return (
    <div className="notice warn release" role="status">
      <p>
        The saved rules (<code>{saved.slice(0, 8)}</code>) are not in force yet; bills are made by{' '}
        {props.released === null ? 'none' : <code>{props.released.slice(0, 8)}</code>}.
      </p>
      {problem?.tests && <FailingTests tests={problem.tests} busy={busy} onRelease={() => release(true)} />}
      {problem && !problem.tests && <ProblemNotice problem={problem} />}
      <button type="button" className="button" onClick={() => release(false)} disabled={busy}>
        {busy ? 'Testing and releasing …' : problem ? 'Test again and release' : 'Release'}
      </button>
    </div>
  );
}

/** Releasing against the tests takes two steps: the button is first asked for, then pressed. */
function FailingTests(props: {
  readonly tests: NonNullable<Problem['tests']>;
  readonly busy: boolean;
  readonly onRelease: () => void;
}): ReactNode {
  const { failed, passed, failures } = props.tests;
  const [asked, setAsked] = useState(false);
  return (
    <div className="failing-tests">
      <p className="notice-title">
        Not released: {formatCount(failed)} of {formatCount(failed + passed)} tests {failed === 1 ? 'fails' : 'fail'}
      </p>
      <ul className="tests">
        {failures.map((failure) => (
          <li key={`${failure.file} ${failure.line} ${failure.expected}`} className="test failed">
            {failure.name} <RuleLink file={failure.file} line={failure.line} />
            <dl className="expected">
              <dt>expected</dt>
              <dd>{failure.expected}</dd>
              <dt>actual</dt>
              <dd>{failure.actual}</dd>
            </dl>
          </li>
        ))}
      </ul>
      {asked ? (
        <div className="actions">
          <span>Bills will be made by rules that contradict their tests.</span>
          <button type="button" className="button danger" onClick={props.onRelease} disabled={props.busy}>
            Release with {formatCount(failed)} failing {failed === 1 ? 'test' : 'tests'}
          </button>
          <button type="button" className="button" onClick={() => setAsked(false)} disabled={props.busy}>
            Cancel
          </button>
        </div>
      ) : (
        <button type="button" className="text-button" onClick={() => setAsked(true)}>
          Release anyway …
        </button>
      )}
    </div>
  );
}
