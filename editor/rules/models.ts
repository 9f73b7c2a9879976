/** Monaco's texts of the files, one for each, whether it is in sight or not: a rename changes them all. */
import type * as Monaco from 'monaco-editor/editor/editor.api';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/syntax/tree.ts';
import { rulesLanguage } from './language.ts';
import { monaco } from './monaco.ts';
import type { WorkspaceFile } from './workspace.ts';

/** The model of a file, with the text that the file has now. */
export function modelOf(file: WorkspaceFile): Monaco.editor.ITextModel {
  const uri = uriOf(file.path);
  const language = file.path.endsWith('.rules') ? rulesLanguage : 'plaintext';
  const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(file.text, language, uri);
  // Differs only if the text was replaced from outside the editor, as when the stored version is taken.
  if (model.getValue() !== file.text) model.setValue(file.text);
  return model;
}

/** Tells of every edit of every model, and not of texts that were replaced from outside. Returns what ends it. */
export function watchModels(onEdit: (path: string, text: string) => void): () => void {
  const watched = new Map<Monaco.editor.ITextModel, Monaco.IDisposable>();
  const watch = (model: Monaco.editor.ITextModel) => {
    if (model.uri.scheme !== 'rules') return;
    const edits = model.onDidChangeContent((change) => {
      if (!change.isFlush) onEdit(pathOf(model.uri), model.getValue());
    });
    watched.set(model, edits);
  };
  for (const model of monaco.editor.getModels()) watch(model);
  const created = monaco.editor.onDidCreateModel(watch);
  return () => {
    created.dispose();
    for (const edits of watched.values()) edits.dispose();
  };
}

export function uriOf(path: string): Monaco.Uri {
  return monaco.Uri.from({ scheme: 'rules', path: `/${path}` });
}

export function pathOf(uri: Monaco.Uri): string {
  return uri.path.slice(1);
}

export function rangeOf(model: Monaco.editor.ITextModel, { start, end }: Span): Monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
}

/** Places in files, for those that have a model. */
export function locationOf({
  file,
  span,
}: {
  readonly file: string;
  readonly span: Span;
}): Monaco.languages.Location[] {
  const model = monaco.editor.getModel(uriOf(file));
  return model ? [{ uri: model.uri, range: rangeOf(model, span) }] : [];
}

export function markerOf(diagnostic: Diagnostic): Monaco.editor.IMarkerData {
  return {
    severity: diagnostic.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
    message: diagnostic.help ? `${diagnostic.message}\n${diagnostic.help}` : diagnostic.message,
    code: diagnostic.code,
    startLineNumber: diagnostic.line,
    startColumn: diagnostic.column,
    endLineNumber: diagnostic.endLine,
    endColumn: diagnostic.endColumn,
  };
}
