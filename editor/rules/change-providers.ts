/** What changes texts on command: fixes of faults, other names, the canonical format. */
import type * as Monaco from 'monaco-editor/editor/editor.api';
import type { CodeAction } from '../../dsl/service/actions.ts';
import type { FileEdit } from '../../dsl/service/rename.ts';
import type { Analysis } from './analysis.ts';
import { fresh } from './fresh.ts';
import { rulesLanguage } from './language.ts';
import { markerOf, pathOf, rangeOf, uriOf } from './models.ts';
import { monaco } from './monaco.ts';

export function provideChanges(analysis: Analysis): readonly Monaco.IDisposable[] {
  return [provideFixes(analysis), provideRenaming(analysis), ...provideFormatting(analysis)];
}

function provideFixes(analysis: Analysis): Monaco.IDisposable {
  return monaco.languages.registerCodeActionProvider(
    rulesLanguage,
    {
      provideCodeActions: async (model, range, _context, token) => {
        const start = model.getOffsetAt({ lineNumber: range.startLineNumber, column: range.startColumn });
        const end = model.getOffsetAt({ lineNumber: range.endLineNumber, column: range.endColumn });
        const question = analysis.ask('codeActions', pathOf(model.uri), { start, end });
        const actions = (await fresh(model, token, question)) ?? [];
        return { actions: actions.map((action) => actionOf(action, model, actions)), dispose: () => {} };
      },
    },
    { providedCodeActionKinds: ['quickfix'] },
  );
}

function actionOf(
  { title, edits, diagnostic }: CodeAction,
  model: Monaco.editor.ITextModel,
  all: readonly CodeAction[],
): Monaco.languages.CodeAction {
  return {
    title: `${title.charAt(0).toUpperCase()}${title.slice(1)}`,
    kind: 'quickfix',
    diagnostics: [markerOf(diagnostic)],
    // The one remedy of a fault may be taken without choosing.
    isPreferred: all.filter((other) => other.diagnostic === diagnostic).length === 1,
    edit: {
      edits: edits.map(({ span, text }) => ({
        resource: model.uri,
        versionId: model.getVersionId(),
        textEdit: { range: rangeOf(model, span), text },
      })),
    },
  };
}

function provideRenaming(analysis: Analysis): Monaco.IDisposable {
  return monaco.languages.registerRenameProvider(rulesLanguage, {
    resolveRenameLocation: async (model, position, token) => {
      const question = analysis.ask('canRename', pathOf(model.uri), model.getOffsetAt(position));
      const answer = await fresh(model, token, question);
      if (answer?.kind === 'renamable') return { range: rangeOf(model, answer.span), text: answer.name };
      const range = monaco.Range.fromPositions(position);
      return { range, text: '', rejectReason: answer?.reason ?? 'The text has changed in between.' };
    },
    provideRenameEdits: async (model, position, newName, token) => {
      const question = analysis.ask('rename', pathOf(model.uri), model.getOffsetAt(position), newName);
      const answer = await fresh(model, token, question);
      if (answer?.kind === 'renamed') return { edits: answer.edits.flatMap(textEditOf) };
      sayAt(model, position, answer?.reason ?? 'The text has changed in between.');
      return { edits: [] };
    },
  });
}

/** Of the whole text, or of the sentences that a selection touches. */
function provideFormatting(analysis: Analysis): readonly Monaco.IDisposable[] {
  const format = async (
    model: Monaco.editor.ITextModel,
    range: Monaco.Range | undefined,
    token: Monaco.CancellationToken,
  ): Promise<Monaco.languages.TextEdit[]> => {
    const within = range && {
      start: model.getOffsetAt(range.getStartPosition()),
      end: model.getOffsetAt(range.getEndPosition()),
    };
    const edits = await fresh(model, token, analysis.ask('format', pathOf(model.uri), within));
    return (edits ?? []).map(({ span, text }) => ({ range: rangeOf(model, span), text }));
  };
  return [
    monaco.languages.registerDocumentFormattingEditProvider(rulesLanguage, {
      provideDocumentFormattingEdits: (model, _options, token) => format(model, undefined, token),
    }),
    monaco.languages.registerDocumentRangeFormattingEditProvider(rulesLanguage, {
      provideDocumentRangeFormattingEdits: (model, range, _options, token) => format(model, range, token),
    }),
  ];
}

/** Where the cursor is: what Monaco says by itself goes to the console, where nobody looks. */
function sayAt(model: Monaco.editor.ITextModel, position: Monaco.IPosition, message: string): void {
  const editor = monaco.editor.getEditors().find((one) => one.getModel() === model);
  const messages = editor?.getContribution('editor.contrib.messageController') as MessageController | null | undefined;
  messages?.showMessage(message, position);
}

interface MessageController extends Monaco.editor.IEditorContribution {
  readonly showMessage: (message: string, position: Monaco.IPosition) => void;
}

function textEditOf({ file, span, text }: FileEdit): Monaco.languages.IWorkspaceTextEdit[] {
  const model = monaco.editor.getModel(uriOf(file));
  if (!model) return [];
  return [{ resource: model.uri, versionId: model.getVersionId(), textEdit: { range: rangeOf(model, span), text } }];
}
