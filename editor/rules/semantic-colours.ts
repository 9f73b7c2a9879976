/** Names in the colour of what they name. Keywords, numbers and texts have theirs from the highlighter. */
import type * as Monaco from 'monaco-editor/editor/editor.api';
import type { SemanticToken } from '../../dsl/service/semantic-tokens.ts';
import { type TokenKind, tokenKinds } from '../../dsl/service/token-kinds.ts';
import type { Analysis } from './analysis.ts';
import { fresh } from './fresh.ts';
import { rulesLanguage } from './language.ts';
import { pathOf } from './models.ts';
import { monaco } from './monaco.ts';

export function provideColours(analysis: Analysis): Monaco.IDisposable {
  return monaco.languages.registerDocumentSemanticTokensProvider(rulesLanguage, {
    getLegend: () => ({ tokenTypes: [...tokenKinds], tokenModifiers: ['introduced'] }),
    provideDocumentSemanticTokens: async (model, _last, token) => {
      const tokens = await fresh(model, token, analysis.ask('semanticTokens', pathOf(model.uri)));
      return tokens && { data: encoded(tokens, model) };
    },
    releaseDocumentSemanticTokens: () => {},
  });
}

const leftToHighlighter: readonly TokenKind[] = ['keyword', 'number', 'unit', 'text', 'comment', 'operator', 'name'];

/** Five numbers a token: lines and columns counted from the token before, length, kind, modifiers. */
function encoded(tokens: readonly SemanticToken[], model: Monaco.editor.ITextModel): Uint32Array {
  const data: number[] = [];
  let line = 1;
  let column = 1;
  for (const { span, kind, introduces } of tokens) {
    const start = model.getPositionAt(span.start);
    const length = Math.min(span.end - span.start, model.getLineMaxColumn(start.lineNumber) - start.column);
    if (leftToHighlighter.includes(kind) || length <= 0) continue;
    const sameLine = start.lineNumber === line;
    data.push(start.lineNumber - line, sameLine ? start.column - column : start.column - 1, length);
    data.push(tokenKinds.indexOf(kind), introduces ? 1 : 0);
    line = start.lineNumber;
    column = start.column;
  }
  return new Uint32Array(data);
}
