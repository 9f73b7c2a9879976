/** Saving one file, with the hash it was edited from: somebody else's change is never overwritten unseen. */
import { useState } from 'react';
import { getRules, type Problem, putRuleFile, type RuleFile } from '../api.ts';
import { changeWorkspace } from './store.ts';
import { storeFile, takeStored, type WorkspaceFile } from './workspace.ts';

export interface Save {
  readonly busy: boolean;
  readonly problem: { readonly path: string; readonly problem: Problem } | undefined;
  /** The server's version, if the save met one it did not expect. */
  readonly conflict: RuleFile | undefined;
  readonly save: (file: WorkspaceFile, expectedHash?: string) => Promise<void>;
  /** Gives the edit up. */
  readonly takeTheirs: () => void;
}

/** @param onSaved called after each save, for what depends on the stored text. */
export function useSave(onSaved: () => void): Save {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Save['problem']>();
  const [conflict, setConflict] = useState<RuleFile>();
  const save = async (file: WorkspaceFile, expectedHash = file.stored.hash) => {
    setBusy(true);
    const answer = await putRuleFile(file.path, file.text, expectedHash);
    const theirs = !answer.ok && answer.problem.status === 409 ? await storedVersion(file.path) : undefined;
    setBusy(false);
    setConflict(theirs);
    setProblem(answer.ok || theirs ? undefined : { path: file.path, problem: answer.problem });
    if (!answer.ok) return;
    changeWorkspace((current) => current && storeFile(current, file.path, file.text, answer.value.hash));
    onSaved();
  };
  const takeTheirs = () => {
    if (conflict)
      changeWorkspace((current) => current && takeStored(current, conflict.path, conflict.text, conflict.hash));
    setConflict(undefined);
  };
  return { busy, problem, conflict, save, takeTheirs };
}

async function storedVersion(path: string): Promise<RuleFile | undefined> {
  const answer = await getRules();
  return answer.ok ? answer.value.files.find((file) => file.path === path) : undefined;
}
