import { decideWithLibrary } from '../../engine/decide/library.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { Facts } from '../../engine/rule-set.ts';
import { type FactFault, factFaults } from './complete-facts.ts';

/** Thrown when the rules cannot decide, because a fact that they read has no value or one of another type. */
export interface UndecidableError extends Error {
  readonly customer: string;
  readonly facts: readonly FactFault[];
}

/**
 * Names of the rules of a set that match, in rank order; none if the rules have no such set.
 *
 * @param facts complete, as `eventFacts` gives them.
 * @throws UndecidableError
 */
export async function matchesIn(rules: LoadedRuleSet, set: string, facts: Facts): Promise<readonly string[]> {
  requireFacts(rules, [set], facts);
  const loaded = rules.sets.get(set);
  if (loaded === undefined) return [];
  return (await decideWithLibrary(rules.document, loaded.set, facts, rules.derive)).matches;
}

/** @throws UndecidableError naming each fact that one of the sets reads and that the customer lacks. */
export function requireFacts(rules: LoadedRuleSet, sets: readonly string[], facts: Facts): void {
  const definitions = new Map(rules.document.facts.map((fact) => [fact.name, fact]));
  const found = sets.flatMap((id) => {
    const set = rules.sets.get(id);
    if (set === undefined) return [];
    const faults = factFaults(set, facts, definitions);
    // Segments that are not known are not what is lacking: it is what they are told by.
    const unsegmented = faults.some(({ fact }) => fact === 'customer.segments') ? rules.sets.get('segment') : undefined;
    const own = faults.filter(({ fact }) => fact !== 'customer.segments');
    return unsegmented === undefined ? faults : [...own, ...factFaults(unsegmented, facts, definitions)];
  });
  if (found.length === 0) return;
  const lacking = [...new Map(found.map((fault) => [fault.fact, fault])).values()];
  const customer = String(facts['customer.id']);
  const words = lacking.map(({ fact, detail }) => `${fact} of customer ${customer} ${detail}`);
  throw Object.assign(new Error(words.join('; ')), { customer, facts: lacking });
}

export function isUndecidable(error: unknown): error is UndecidableError {
  return error instanceof Error && 'customer' in error && 'facts' in error;
}
