/** What the page asks the language: each question by its name, answered in the worker. */
import { formatEdits } from '../../dsl/format/format.ts';
import { codeActions } from '../../dsl/service/actions.ts';
import { complete } from '../../dsl/service/complete.ts';
import { hover } from '../../dsl/service/hover.ts';
import { definition, references } from '../../dsl/service/navigate.ts';
import { documentSymbols, foldingRanges } from '../../dsl/service/outline.ts';
import { canRename, rename } from '../../dsl/service/rename.ts';
import { semanticTokens } from '../../dsl/service/semantic-tokens.ts';
import { signature } from '../../dsl/service/signature.ts';
import type { Workspace } from '../../dsl/service/workspace.ts';
import type { Span } from '../../dsl/syntax/tree.ts';

export const questions = {
  complete,
  hover,
  signature,
  definition,
  references,
  canRename,
  rename,
  documentSymbols,
  foldingRanges,
  semanticTokens,
  codeActions,
  format: (workspace: Workspace, path: string, within?: Span) => formatEdits(workspace.textOf(path), within),
};

export type Question = keyof typeof questions;

type Functions = typeof questions;

/** What a question is about; the workspace is the worker's. */
export type About<Q extends Question> = Functions[Q] extends (workspace: Workspace, ...about: infer A) => unknown
  ? A
  : never;

export type Answer<Q extends Question> = ReturnType<Functions[Q]>;
