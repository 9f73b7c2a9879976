import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { hrefOf } from '../route.ts';
import { type Analysis, startAnalysis } from './analysis.ts';
import type { Checked } from './analysis-protocol.ts';
import { CodeEditor, type Place } from './code-editor.tsx';
import { FileList } from './file-list.tsx';
import { modelOf, watchModels } from './models.ts';
import { openPlaces } from './open-places.ts';
import { Problems } from './problems.tsx';
import { markDiagnostics, provideLanguage } from './providers.ts';
import { useSave } from './save.ts';
import { SaveNotice } from './save-notice.tsx';
import { Simulation } from './simulation.tsx';
import { changeWorkspace } from './store.ts';
import { TestResults } from './test-results.tsx';
import { editFile, isEdited, overridesOf, type Workspace, type WorkspaceFile } from './workspace.ts';

type Side = 'tests' | 'simulation';

/** Editor and problems in the middle, files at one side, tests or a simulation at the other. */
export function Workbench(props: {
  readonly workspace: Workspace;
  readonly file: WorkspaceFile;
  readonly line: number | undefined;
  readonly onSaved: () => void;
  readonly releaseBar: ReactNode;
}): ReactNode {
  const { workspace, file } = props;
  const [place, setPlace] = useState<Place>();
  const [side, setSide] = useState<Side>();
  const { checked, broken, analysis } = useAnalysis(workspace);
  const save = useSave(props.onSaved);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same line of another file is another place.
  useEffect(() => {
    if (props.line !== undefined) setPlace({ line: props.line, column: 1 });
  }, [props.line, file.path]);

  const jump = useCallback((path: string, line: number, column = 1) => {
    location.hash = hrefOf({ page: 'rules', file: path });
    setPlace({ line, column });
  }, []);
  const edit = useCallback(
    (path: string, text: string) => {
      changeWorkspace((current) => current && editFile(current, path, text));
      analysis.current?.setFile(path, text);
    },
    [analysis],
  );
  useEffect(() => watchModels(edit), [edit]);
  useEffect(() => openPlaces(jump), [jump]);
  return (
    <div className={side ? 'workbench with-side' : 'workbench'}>
      <h1 className="unseen">Rules</h1>
      <FileList files={workspace.files} path={file.path} diagnostics={checked?.diagnostics ?? []} />
      <section className="editing" aria-label={`Editing ${file.path}`}>
        <div className="toolbar">
          <PathAndState file={file} writable={workspace.writable} />
          <div className="actions">
            <button
              type="button"
              className="button strong"
              disabled={!isEdited(file) || !workspace.writable || save.busy}
              onClick={() => save.save(file)}
              title="Save (Ctrl+S)"
            >
              {save.busy ? 'Saving …' : 'Save'}
            </button>
            <SideButton side="tests" chosen={side} onChoose={setSide}>
              Run tests
            </SideButton>
            <SideButton side="simulation" chosen={side} onChoose={setSide}>
              Simulate
            </SideButton>
          </div>
        </div>
        {props.releaseBar}
        <SaveNotice save={save} file={file} onStoredTaken={edit} />
        <CodeEditor file={file} place={place} readOnly={!workspace.writable} onSave={() => save.save(file)} />
        <KeyHint />
        <Problems checked={checked} broken={broken} onJump={jump} />
      </section>
      {side === 'tests' && (
        <TestResults overrides={overridesOf(workspace)} onJump={jump} onClose={() => setSide(undefined)} />
      )}
      {side === 'simulation' && <Simulation overrides={overridesOf(workspace)} onClose={() => setSide(undefined)} />}
    </div>
  );
}

function PathAndState({ file, writable }: { readonly file: WorkspaceFile; readonly writable: boolean }): ReactNode {
  return (
    <p className="toolbar-path">
      <code>{file.path}</code> <span className="quiet">{stateOf(file, writable)}</span>
    </p>
  );
}

function KeyHint(): ReactNode {
  return (
    <p className="editor-hint">
      <kbd>Ctrl</kbd>+<kbd>Space</kbd> suggests, <kbd>F8</kbd> next problem, <kbd>Ctrl</kbd>+<kbd>.</kbd> mends it,{' '}
      <kbd>F12</kbd> origin of a name, <kbd>F2</kbd> renames, <kbd>Shift</kbd>+<kbd>Alt</kbd>+<kbd>F</kbd> formats,{' '}
      <kbd>F1</kbd> everything, <kbd>Ctrl</kbd>+<kbd>M</kbd> lets <kbd>Tab</kbd> out
    </p>
  );
}

function SideButton(props: {
  readonly side: Side;
  readonly chosen: Side | undefined;
  readonly onChoose: (side: Side) => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <button
      type="button"
      className="button"
      aria-pressed={props.chosen === props.side}
      onClick={() => props.onChoose(props.side)}
    >
      {props.children}
    </button>
  );
}

/** One worker per visit of the page; it gets all files at the start and every edit after that. */
function useAnalysis(workspace: Workspace) {
  const analysis = useRef<Analysis>(undefined);
  const [checked, setChecked] = useState<Checked>();
  const [broken, setBroken] = useState<string>();
  const files = useRef(workspace.files);
  files.current = workspace.files;
  useEffect(() => {
    const started = startAnalysis((result) => {
      setChecked(result);
      markDiagnostics(result.diagnostics);
    }, setBroken);
    for (const file of files.current) {
      started.setFile(file.path, file.text);
      // Places in files that are not open can be shown, and a rename changes them too.
      modelOf(file);
    }
    const withdraw = provideLanguage(started);
    analysis.current = started;
    return () => {
      withdraw();
      started.stop();
    };
  }, []);
  return { checked, broken, analysis };
}

function stateOf(file: WorkspaceFile, writable: boolean): string {
  if (!writable) return 'read only';
  return isEdited(file) ? 'not saved' : 'saved';
}
