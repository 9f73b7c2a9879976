/** Completion, hover and markers: the dsl's answers in Monaco's shapes. */
import type * as Monaco from 'monaco-editor/editor/editor.api';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { CompletionItem } from '../../dsl/service/complete.ts';
import type { Analysis } from './analysis.ts';
import { rulesLanguage } from './language.ts';
import { monaco } from './monaco.ts';

/** Registers completion and hover over an analysis; returns what takes them away again. */
export function provideLanguage(analysis: Analysis): () => void {
  const completion = monaco.languages.registerCompletionItemProvider(rulesLanguage, {
    triggerCharacters: [' ', '.', '"'],
    provideCompletionItems: async (model, position, _context, token) => {
      const version = model.getVersionId();
      const items = await analysis.complete(pathOf(model.uri), model.getOffsetAt(position));
      if (token.isCancellationRequested || model.getVersionId() !== version) return { suggestions: [] };
      const word = model.getWordUntilPosition(position);
      const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
      return { suggestions: items.map((item, index) => suggestionOf(item, index, range)) };
    },
  });
  const hover = monaco.languages.registerHoverProvider(rulesLanguage, {
    provideHover: async (model, position, token) => {
      const version = model.getVersionId();
      const found = await analysis.hover(pathOf(model.uri), model.getOffsetAt(position));
      if (!found || token.isCancellationRequested || model.getVersionId() !== version) return undefined;
      const start = model.getPositionAt(found.span.start);
      const end = model.getPositionAt(found.span.end);
      return { contents: [{ value: found.markdown }], range: monaco.Range.fromPositions(start, end) };
    },
  });
  return () => {
    completion.dispose();
    hover.dispose();
  };
}

/** Underlines every diagnostic in its file's model; files without one are wiped clean. */
export function markDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const model of monaco.editor.getModels()) {
    const path = pathOf(model.uri);
    const own = diagnostics.filter((diagnostic) => diagnostic.file === path);
    monaco.editor.setModelMarkers(model, rulesLanguage, own.map(markerOf));
  }
}

export function uriOf(path: string): Monaco.Uri {
  return monaco.Uri.from({ scheme: 'rules', path: `/${path}` });
}

function pathOf(uri: Monaco.Uri): string {
  return uri.path.slice(1);
}

function markerOf(diagnostic: Diagnostic): Monaco.editor.IMarkerData {
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

function suggestionOf(item: CompletionItem, index: number, range: Monaco.Range): Monaco.languages.CompletionItem {
  return {
    label: item.label,
    kind: kindOf(item.kind),
    insertText: item.insertText,
    range,
    // The language knows best what comes first; Monaco would sort by letter.
    sortText: String(index).padStart(5, '0'),
    ...(item.detail && { detail: item.detail }),
    ...(item.documentation && { documentation: item.documentation }),
  };
}

function kindOf(kind: CompletionItem['kind']): Monaco.languages.CompletionItemKind {
  const kinds = monaco.languages.CompletionItemKind;
  switch (kind) {
    case 'keyword':
      return kinds.Keyword;
    case 'fact':
      return kinds.Field;
    case 'unit':
      return kinds.Unit;
    case 'value':
      return kinds.EnumMember;
  }
}
