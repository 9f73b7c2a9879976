/** The rule files in the reader's hands: what is stored, what is edited and not saved yet. Pure data and functions. */
import type { FileOverride, RulesView } from '../api.ts';

export interface WorkspaceFile {
  readonly path: string;
  /** As it stands in the editor. */
  readonly text: string;
  /** As the server had it when editing began; its hash goes with the save, so that nobody's work is overwritten unseen. */
  readonly stored: { readonly text: string; readonly hash: string };
}

export interface Workspace {
  readonly writable: boolean;
  readonly files: readonly WorkspaceFile[];
}

/** Takes over what the server has now and keeps what is edited here, with the hash the edit began from. */
export function mergeRules(workspace: Workspace | undefined, view: RulesView): Workspace {
  const held = new Map(workspace?.files.map((file) => [file.path, file]));
  return {
    writable: view.writable,
    files: view.files.map(({ path, text, hash }) => {
      const mine = held.get(path);
      return mine && isEdited(mine) ? mine : { path, text, stored: { text, hash } };
    }),
  };
}

export function editFile(workspace: Workspace, path: string, text: string): Workspace {
  return changeFile(workspace, path, (file) => ({ ...file, text }));
}

/** After a save: `text` is what the server now has; what was typed meanwhile stays an edit. */
export function storeFile(workspace: Workspace, path: string, text: string, hash: string): Workspace {
  return changeFile(workspace, path, (file) => ({ ...file, stored: { text, hash } }));
}

/** Gives an edit up for the server's version. */
export function takeStored(workspace: Workspace, path: string, text: string, hash: string): Workspace {
  return changeFile(workspace, path, (file) => ({ ...file, text, stored: { text, hash } }));
}

export function isEdited(file: WorkspaceFile): boolean {
  return file.text !== file.stored.text;
}

/** The edits as the server lays them over its folder, for tests and simulations before saving. */
export function overridesOf(workspace: Workspace): readonly FileOverride[] {
  return workspace.files.filter(isEdited).map(({ path, text }) => ({ path, text }));
}

export interface FileGroup {
  readonly title: string;
  readonly files: readonly WorkspaceFile[];
}

/** Rules first, then the tables they look things up in, the messages they send, and the rest (who the company is). */
export function groupFiles(files: readonly WorkspaceFile[]): readonly FileGroup[] {
  return ['Rules', 'Tables', 'Messages', 'Settings']
    .map((title) => ({ title, files: files.filter((file) => groupOf(file.path) === title) }))
    .filter((group) => group.files.length > 0);
}

function groupOf(path: string): string {
  if (path.endsWith('.rules')) return 'Rules';
  if (path.startsWith('tables/')) return 'Tables';
  return path.startsWith('messages/') ? 'Messages' : 'Settings';
}

function changeFile(workspace: Workspace, path: string, change: (file: WorkspaceFile) => WorkspaceFile): Workspace {
  return { ...workspace, files: workspace.files.map((file) => (file.path === path ? change(file) : file)) };
}
