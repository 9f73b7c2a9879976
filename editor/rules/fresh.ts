import type * as Monaco from 'monaco-editor/editor/editor.api';

/** The answer, unless the text has changed since the question or nobody waits any more. */
export async function fresh<T>(
  model: Monaco.editor.ITextModel,
  token: Monaco.CancellationToken,
  answer: Promise<T>,
): Promise<T | undefined> {
  const version = model.getVersionId();
  const said = await answer;
  return token.isCancellationRequested || model.isDisposed() || model.getVersionId() !== version ? undefined : said;
}
