import type { SourceLocation } from '../../engine/rule-set.ts';

/** One change in meaning between two rule sets. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed' | 'renamed' | 'moved';
  /** Ids of what differs; several where one text stands behind all of them, as with `like`. */
  readonly ids: readonly string[];
  /** Where it stands: in the new rules, or in the old ones for what is gone. */
  readonly at?: SourceLocation;
  /** What differs, one sentence each, without the id. */
  readonly details: readonly string[];
}
