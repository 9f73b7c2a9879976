/** What the compiler reads: the files of the rules folder, with paths relative to it. */
export interface RuleSource {
  /** `*.rules`, `tables/*.csv`, `messages/<name>/*`, in any order. */
  readonly files: readonly SourceFile[];
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface CompileOptions {
  /** Public holidays of a region (`DE`, `DE-BY`) in a year, as ISO dates. Without it calendars have no holidays. */
  readonly holidays?: (region: string, year: number) => readonly string[];
}
