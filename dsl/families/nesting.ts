/**
 * Which clauses stand below which, and which go on with the line of the one they belong to. Depth means nothing to the
 * compiler; this is what the formatter makes of it. A clause that is not named here stands on a line of its own, directly below
 * its sentence.
 */
import type { ClauseKind } from '../syntax/clauses.ts';

/** The body of a decision table stands where clauses stand. */
export type NestedKind = ClauseKind | 'decision table';

export interface Nest {
  /**
   * It goes on with the line above if there is room: `on` lets others follow, `ends` ends the line, `column` ends it too and
   * begins in one column in all lines around.
   */
  readonly line?: 'on' | 'ends' | 'column';
  readonly below?: Nesting;
}

export type Nesting = Readonly<Partial<Record<NestedKind, Nest>>>;

const tiers: Nest = { line: 'ends', below: { tier: {} } };
const row: Nest = {
  below: { unless: {}, as: { line: 'on' }, charge: { line: 'column' }, tiers, renamed: {} },
};

export const nesting: Nesting = {
  fee: { below: { renamed: {} } },
  allowance: { below: { when: {}, unless: {}, as: {}, renamed: {} } },
  minimum: { below: { as: {} } },
  commitment: { below: { as: {} } },
  rate: {
    below: { when: row, otherwise: row, charge: { line: 'ends' }, tiers, as: {}, 'decision table': {} },
  },
  // `tax standard otherwise 19% category S`.
  otherwise: { line: 'on', below: { levy: { line: 'ends' } } },
};

/** Words that begin the second line of a sentence whose head has no clauses to put there. */
export const secondLine: readonly string[] = ['every day', 'weekdays', 'weekends', 'holidays of'];
