/** What can be done at a place with one key: the fixes of the faults there. */
import type { Diagnostic, Fix } from '../diagnostic.ts';
import type { Span } from '../syntax/tree.ts';
import type { Workspace } from './workspace.ts';

export interface CodeAction extends Fix {
  readonly diagnostic: Diagnostic;
}

/** Fixes of the faults that touch the span, in the order of the text. */
export function codeActions(workspace: Workspace, path: string, { start, end }: Span): readonly CodeAction[] {
  return workspace
    .analysis()
    .diagnostics.filter(({ file, span }) => file === path && span.start <= end && start <= span.end)
    .flatMap((diagnostic) => (diagnostic.fixes ?? []).map((fix) => ({ ...fix, diagnostic })));
}
