import { type ReactNode, useId } from 'react';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { hrefOf } from '../route.ts';
import { type FileGroup, groupFiles, isEdited, type WorkspaceFile } from './workspace.ts';

/** The files by kind: a list beside the editor, a picker above it on a narrow screen. */
export function FileList(props: {
  readonly files: readonly WorkspaceFile[];
  readonly path: string;
  readonly diagnostics: readonly Diagnostic[];
}): ReactNode {
  const id = useId();
  const groups = groupFiles(props.files);
  const errors = (path: string) =>
    props.diagnostics.filter((diagnostic) => diagnostic.file === path && diagnostic.severity === 'error').length;
  return (
    <nav className="files" aria-label="Rule files">
      <div className="file-picker field">
        <label htmlFor={id}>File</label>
        <select
          id={id}
          value={props.path}
          onChange={(event) => {
            location.hash = hrefOf({ page: 'rules', file: event.target.value });
          }}
        >
          {groups.map((group) => (
            <optgroup key={group.title} label={group.title}>
              {group.files.map((file) => (
                <option key={file.path} value={file.path}>
                  {file.path}
                  {isEdited(file) ? ' (not saved)' : ''}
                  {errors(file.path) > 0 ? ` (${errors(file.path)} errors)` : ''}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <div className="file-groups">
        {groups.map((group) => (
          <Group key={group.title} group={group} path={props.path} errors={errors} />
        ))}
      </div>
    </nav>
  );
}

function Group(props: {
  readonly group: FileGroup;
  readonly path: string;
  readonly errors: (path: string) => number;
}): ReactNode {
  const { group } = props;
  const holdsOpenFile = group.files.some((file) => file.path === props.path);
  return (
    <details className="file-group" open={group.title !== 'Messages' || holdsOpenFile}>
      <summary>{group.title}</summary>
      <ul>
        {group.files.map((file) => (
          <li key={file.path}>
            <a
              href={hrefOf({ page: 'rules', file: file.path })}
              aria-current={file.path === props.path ? 'true' : undefined}
              title={file.path}
            >
              <span className="file-name">{file.path.replace(/^(tables|messages)\//, '')}</span>
              {isEdited(file) && (
                <span className="file-edited">
                  <span aria-hidden="true">●</span>
                  <span className="unseen">not saved</span>
                </span>
              )}
              {props.errors(file.path) > 0 && (
                <span className="file-errors">
                  {props.errors(file.path)}
                  <span className="unseen"> errors</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
