/** One workspace for the whole visit, so that going to an invoice and back loses no edit. */
import { useSyncExternalStore } from 'react';
import { overridesOf, type Workspace } from './workspace.ts';

let workspace: Workspace | undefined;
const listeners = new Set<() => void>();

/** Replaces the workspace by what `change` makes of it. */
export function changeWorkspace(change: (current: Workspace | undefined) => Workspace | undefined): void {
  workspace = change(workspace);
  for (const listener of listeners) listener();
}

export function useWorkspace(): Workspace | undefined {
  return useSyncExternalStore(subscribe, () => workspace);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Closing the tab is the one way to lose an edit; the browser asks before it happens.
addEventListener('beforeunload', (event) => {
  if (workspace && overridesOf(workspace).length > 0) event.preventDefault();
});
