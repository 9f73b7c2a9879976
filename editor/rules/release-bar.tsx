import { type ReactNode, useState } from 'react';
import { type Problem, releaseRules } from '../api.ts';
import { ProblemNotice } from '../parts/states.tsx';

/** Says when the saved rules are not the ones in force, and puts them in force. */
export function ReleaseBar(props: {
  /** Hash of the saved rules' set; null if they do not compile. */
  readonly saved: string | null;
  /** Hash of the set in force; undefined while it is not known. */
  readonly released: string | null | undefined;
  readonly onReleased: () => void;
}): ReactNode {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  if (props.saved === null || props.released === undefined || props.saved === props.released) return null;
  const release = async () => {
    setBusy(true);
    const answer = await releaseRules();
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) props.onReleased();
  };
  return (
    <div className="notice warn release" role="status">
      <p>
        The saved rules (<code>{props.saved.slice(0, 8)}</code>) are not in force yet; bills are made by{' '}
        {props.released === null ? 'none' : <code>{props.released.slice(0, 8)}</code>}.
      </p>
      {problem && <ProblemNotice problem={problem} />}
      <button type="button" className="button" onClick={release} disabled={busy}>
        {busy ? 'Releasing …' : 'Release'}
      </button>
    </div>
  );
}
