/** What the page and the worker that checks the rules say to each other. */

import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { CompletionItem } from '../../dsl/service/complete.ts';
import type { Hover } from '../../dsl/service/hover.ts';

export type ToWorker =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'check'; readonly version: number }
  | { readonly kind: 'complete' | 'hover'; readonly id: number; readonly path: string; readonly offset: number };

export type FromWorker =
  | { readonly kind: 'checked'; readonly version: number; readonly checked: Checked }
  | { readonly kind: 'completed'; readonly id: number; readonly items: readonly CompletionItem[] }
  | { readonly kind: 'hovered'; readonly id: number; readonly hover: Hover | undefined };

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly tests: number;
}
