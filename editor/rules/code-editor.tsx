import type * as Monaco from 'monaco-editor/editor/editor.api';
import { type ReactNode, useEffect, useRef } from 'react';
import { modelOf } from './models.ts';
import { monaco } from './monaco.ts';
import type { WorkspaceFile } from './workspace.ts';

/** Where to put the cursor; a new object moves it again, also to the same place. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Monaco on one file; each file keeps its own text, undo history and scroll position. */
export function CodeEditor(props: {
  readonly file: WorkspaceFile;
  readonly place: Place | undefined;
  readonly readOnly: boolean;
  readonly onSave: () => void;
}): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  const editor = useRef<Monaco.editor.IStandaloneCodeEditor>(undefined);
  // Monaco keeps its listeners for good, so they look up the newest callbacks here.
  const current = useRef(props);
  current.current = props;
  const { file, place, readOnly } = props;

  useEffect(() => {
    if (!element.current) return;
    const created = createEditor(element.current);
    editor.current = created;
    created.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => current.current.onSave());
    // Monaco has another key for it on each system.
    created.addCommand(monaco.KeyMod.Shift | monaco.KeyMod.Alt | monaco.KeyCode.KeyF, () => {
      void created.getAction('editor.action.formatDocument')?.run();
    });
    // The problems list grows and shrinks below; the line being written stays in sight.
    const layout = created.onDidLayoutChange(() => {
      const position = created.hasTextFocus() && created.getPosition();
      if (position) created.revealPosition(position);
    });
    return () => {
      layout.dispose();
      created.dispose();
      editor.current = undefined;
    };
  }, []);

  useEffect(() => {
    const model = modelOf(file);
    if (editor.current?.getModel() === model) return;
    editor.current?.setModel(model);
  }, [file]);

  useEffect(() => {
    editor.current?.updateOptions({ readOnly, ariaLabel: `Text of ${file.path}` });
  }, [readOnly, file.path]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a jump waits until the model of the file jumped to is there.
  useEffect(() => {
    if (!place || !editor.current) return;
    editor.current.setPosition({ lineNumber: place.line, column: place.column });
    editor.current.revealLineInCenter(place.line);
    editor.current.focus();
  }, [place, file.path]);

  return <div ref={element} className="code" />;
}

function createEditor(element: HTMLElement): Monaco.editor.IStandaloneCodeEditor {
  const narrow = matchMedia('(max-width: 640px)').matches;
  return monaco.editor.create(element, {
    automaticLayout: true,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    fixedOverflowWidgets: true,
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", Menlo, Consolas, monospace',
    fontSize: narrow ? 13 : 14,
    lineHeight: narrow ? 20 : 22,
    lineNumbersMinChars: 3,
    tabSize: 2,
    wordWrap: narrow ? 'on' : 'off',
    wordBasedSuggestions: 'off',
    // A list that opened by itself after a space must not turn the Enter of a finished line into a choice.
    acceptSuggestionOnEnter: 'smart',
    suggest: { selectionMode: 'whenQuickSuggestion', showWords: false },
    padding: { top: 10, bottom: 10 },
    renderLineHighlight: 'all',
    folding: !narrow,
    'semanticHighlighting.enabled': true,
  });
}
