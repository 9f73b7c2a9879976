/** What the page and the worker that checks the rules say to each other. */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Answer, Question } from './questions.ts';

export type ToWorker =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'check'; readonly version: number }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly about: readonly unknown[] };

export type FromWorker =
  | { readonly kind: 'checked'; readonly version: number; readonly checked: Checked }
  | { readonly kind: 'answered'; readonly id: number; readonly answer: Answer<Question> };

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly tests: number;
}
