import type { ReactNode } from 'react';
import { ProblemNotice } from '../parts/states.tsx';
import type { Save } from './save.ts';
import type { WorkspaceFile } from './workspace.ts';

/** What stands in the way of saving, with the ways out. */
export function SaveNotice(props: {
  readonly save: Save;
  readonly file: WorkspaceFile;
  readonly onStoredTaken: (path: string, text: string) => void;
}): ReactNode {
  const { save, file } = props;
  const { conflict } = save;
  if (conflict && conflict.path === file.path) {
    return (
      <div className="notice warn" role="alert">
        <p className="notice-title">{file.path} has changed on the server since you opened it</p>
        <p>Your text is still here and nothing has been saved.</p>
        <details>
          <summary>Show the server's version</summary>
          <pre className="theirs">{conflict.text}</pre>
        </details>
        <div className="actions">
          <button
            type="button"
            className="button"
            onClick={() => {
              save.takeTheirs();
              props.onStoredTaken(conflict.path, conflict.text);
            }}
          >
            Take the server's version
          </button>
          <button type="button" className="button danger" onClick={() => save.save(file, conflict.hash)}>
            Overwrite it with mine
          </button>
        </div>
      </div>
    );
  }
  if (save.problem && save.problem.path === file.path) {
    return <ProblemNotice problem={save.problem.problem} onRetry={() => save.save(file)} />;
  }
  return null;
}
