/** The dsl's answers in Monaco's shapes: everything that can be asked with the cursor somewhere, and the underlines. */
import type * as Monaco from 'monaco-editor/editor/editor.api';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { CompletionItem } from '../../dsl/service/complete.ts';
import type { DocumentSymbol } from '../../dsl/service/outline.ts';
import type { Analysis } from './analysis.ts';
import { provideChanges } from './change-providers.ts';
import { fresh } from './fresh.ts';
import { rulesLanguage } from './language.ts';
import { locationOf, markerOf, pathOf, rangeOf } from './models.ts';
import { monaco } from './monaco.ts';
import { provideColours } from './semantic-colours.ts';

/** Registers all that the language can say over an analysis; returns what takes it away again. */
export function provideLanguage(analysis: Analysis): () => void {
  const provided = [
    provideCompletion(analysis),
    provideHover(analysis),
    provideSignature(analysis),
    ...providePlaces(analysis),
    ...provideChanges(analysis),
    provideColours(analysis),
  ];
  return () => {
    for (const one of provided) one.dispose();
  };
}

function provideCompletion(analysis: Analysis): Monaco.IDisposable {
  return monaco.languages.registerCompletionItemProvider(rulesLanguage, {
    triggerCharacters: [' ', '.', '"'],
    provideCompletionItems: async (model, position, _context, token) => {
      const question = analysis.ask('complete', pathOf(model.uri), model.getOffsetAt(position));
      const items = await fresh(model, token, question);
      const word = model.getWordUntilPosition(position);
      const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
      return { suggestions: (items ?? []).map((item, index) => suggestionOf(item, index, range)) };
    },
  });
}

function provideHover(analysis: Analysis): Monaco.IDisposable {
  return monaco.languages.registerHoverProvider(rulesLanguage, {
    provideHover: async (model, position, token) => {
      const question = analysis.ask('hover', pathOf(model.uri), model.getOffsetAt(position));
      const found = await fresh(model, token, question);
      return found && { contents: [{ value: found.markdown }], range: rangeOf(model, found.span) };
    },
  });
}

/** Only when asked for: a box that opens by itself would stand on the line above. */
function provideSignature(analysis: Analysis): Monaco.IDisposable {
  return monaco.languages.registerSignatureHelpProvider(rulesLanguage, {
    signatureHelpRetriggerCharacters: [' ', ','],
    provideSignatureHelp: async (model, position, token) => {
      const question = analysis.ask('signature', pathOf(model.uri), model.getOffsetAt(position));
      const found = await fresh(model, token, question);
      if (!found) return undefined;
      const { label, documentation, parameters, active } = found;
      const value = {
        signatures: [
          {
            label,
            documentation: { value: documentation },
            parameters: parameters.map(({ start, end }) => ({ label: [start, end] as [number, number] })),
          },
        ],
        activeSignature: 0,
        activeParameter: active,
      };
      return { value, dispose: () => {} };
    },
  });
}

function providePlaces(analysis: Analysis): readonly Monaco.IDisposable[] {
  const places = (question: 'definition' | 'references') => {
    return async (model: Monaco.editor.ITextModel, position: Monaco.Position, token: Monaco.CancellationToken) => {
      const answer = analysis.ask(question, pathOf(model.uri), model.getOffsetAt(position));
      return (await fresh(model, token, answer))?.flatMap(locationOf);
    };
  };
  const references = places('references');
  return [
    monaco.languages.registerDefinitionProvider(rulesLanguage, { provideDefinition: places('definition') }),
    monaco.languages.registerReferenceProvider(rulesLanguage, {
      provideReferences: (model, position, _context, token) => references(model, position, token),
    }),
    monaco.languages.registerDocumentSymbolProvider(rulesLanguage, {
      provideDocumentSymbols: async (model, token) => {
        const symbols = await fresh(model, token, analysis.ask('documentSymbols', pathOf(model.uri)));
        return symbols?.map((symbol) => symbolOf(model, symbol));
      },
    }),
    monaco.languages.registerFoldingRangeProvider(rulesLanguage, {
      provideFoldingRanges: async (model, _context, token) => {
        const folds = await fresh(model, token, analysis.ask('foldingRanges', pathOf(model.uri)));
        return folds?.map(({ startLine: start, endLine: end, kind }) => ({
          start,
          end,
          ...(kind === 'comment' && { kind: monaco.languages.FoldingRangeKind.Comment }),
        }));
      },
    }),
  ];
}

/** Underlines every diagnostic in its file's model; files without one are wiped clean. */
export function markDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const model of monaco.editor.getModels()) {
    const path = pathOf(model.uri);
    const own = diagnostics.filter((diagnostic) => diagnostic.file === path);
    monaco.editor.setModelMarkers(model, rulesLanguage, own.map(markerOf));
  }
}

function symbolOf(model: Monaco.editor.ITextModel, symbol: DocumentSymbol): Monaco.languages.DocumentSymbol {
  const kinds = monaco.languages.SymbolKind;
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: { sentence: kinds.Class, block: kinds.Property, row: kinds.Field }[symbol.kind],
    tags: [],
    range: rangeOf(model, symbol.span),
    selectionRange: rangeOf(model, symbol.nameSpan),
    children: symbol.children.map((child) => symbolOf(model, child)),
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
