/** One combination of what facts that are worked out from one source can be. */
/** Amounts are in base units. */
export type WorldValue = string | number | boolean;

export interface World {
  /** As a person would say it: `event.called_number is +43 (destination is eu)`. */
  readonly example: string;
  /** What each fact of the source is, `.known` companions included. */
  readonly values: ReadonlyMap<string, WorldValue>;
}

export interface Worlds {
  /** Stands for all facts of the source: `event.called_number`, `at in customer time`. */
  readonly source: string;
  /** The fact behind it. */
  readonly root: string;
  readonly all: readonly World[];
}
