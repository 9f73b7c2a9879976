import { type ReactNode, useEffect } from 'react';
import { getRules } from '../api.ts';
import { useResource } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { ReleaseBar } from './release-bar.tsx';
import { changeWorkspace, useWorkspace } from './store.ts';
import { Workbench } from './workbench.tsx';
import { mergeRules } from './workspace.ts';

/** The rules workbench: files, editor, problems, and beside them tests or a simulation. */
export function RulesPage(props: {
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** Hash of the rule set in force; undefined while it is not known. */
  readonly released: string | null | undefined;
  readonly onReleased: () => void;
}): ReactNode {
  const { resource, reload } = useResource('rules', getRules);
  const workspace = useWorkspace();
  useEffect(() => {
    document.title = 'Rules · Ratebook';
    if (resource.kind === 'ready') changeWorkspace((current) => mergeRules(current, resource.value));
  }, [resource]);
  return (
    <Loaded resource={resource} what="the rules" onRetry={reload}>
      {(view) => {
        if (!workspace) return null;
        const open =
          workspace.files.find((file) => file.path === props.file) ??
          workspace.files.find((file) => file.path.endsWith('.rules'));
        if (!open) {
          return (
            <Empty title="There are no rules yet">
              <p>Put a file with the ending .rules into the rules folder, then load this page again.</p>
            </Empty>
          );
        }
        return (
          <Workbench
            workspace={workspace}
            file={open}
            line={props.line}
            onSaved={reload}
            releaseBar={<ReleaseBar saved={view.ruleSet} released={props.released} onReleased={props.onReleased} />}
          />
        );
      }}
    </Loaded>
  );
}
