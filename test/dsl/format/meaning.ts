/** What a compilation says, but for where it stands in its files: lines, and hashes of the texts. */
import { type Compilation, compileRules } from '../../../dsl/compile.ts';
import type { RuleSource } from '../../../dsl/source.ts';
import { withHolidays } from '../sources.ts';

export function meaningOf(source: RuleSource): unknown {
  const { ruleSet, tests, diagnostics } = compileRules(source, withHolidays);
  return withoutPlaces({ ruleSet, tests, diagnostics: diagnostics.map(faultOf) });
}

/** The hash of a rule set covers its places and the hashes of its sources. */
function withoutPlaces(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, held: unknown) =>
      key === 'hash' || key === 'sources' || key === 'line' ? undefined : held,
    ),
  );
}

/** A message may name the line of another sentence. */
function faultOf({ code, severity, file, message, help }: Compilation['diagnostics'][number]) {
  return { code, severity, file, help, message: message.replace(/\bline \d+/g, 'line …') };
}
