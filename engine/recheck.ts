/** Re-decides recorded decisions with json-rules-engine itself; a bill run does it to a sample before it issues anything. */
import { askLibrary } from './decide/library.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';

/** A decision that the two evaluators make differently. There must be none. */
export interface Difference extends Decision {
  /** What the library matches; the recorded `matches` are the generated function's. */
  readonly library: readonly string[];
}

/** Throws an Error for a decision of a set that the rules do not have: it was recorded under another rule set. */
export async function recheckDecisions(
  decisions: readonly Decision[],
  rules: LoadedRuleSet,
): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  const known = new Map<string, ReturnType<typeof askLibrary>>();
  for (const decision of decisions) {
    const ask = known.get(decision.set) ?? askFor(decision.set, rules);
    known.set(decision.set, ask);
    const matches = await ask(decision.facts);
    const same = matches.length === decision.matches.length && matches.every((rule, i) => rule === decision.matches[i]);
    if (!same) differences.push({ ...decision, library: matches });
  }
  return differences;
}

function askFor(set: string, { document, sets, derive }: LoadedRuleSet): ReturnType<typeof askLibrary> {
  const loaded = sets.get(set);
  if (!loaded) throw new Error(`The rule set has no decision set "${set}".`);
  return askLibrary(document, loaded.set, derive);
}
