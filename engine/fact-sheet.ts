/**
 * Sheets of facts, all of one shape.
 *
 * Facts are written and read hundreds of times for each account. An engine does that fast with objects that all have the same
 * properties in the same order, and slowly with dictionaries and prototypes; so a constructor is generated for each rule set.
 */
import type { Facts, FactValue, RuleSet } from './rule-set.ts';
import { serviceFacts } from './service-facts.ts';
import { builtInFacts } from './vocabulary.ts';

/** Facts that a stage still fills; every other reader sees them as `Facts`. What nobody has filled in yet is undefined. */
export type FactSheet = Record<string, FactValue>;

/** A sheet of one's own that says what another one says, or nothing yet. */
export type SheetMaker = (from?: Facts) => FactSheet;

/** `inputs` are the facts that the rules read, of whatever is no fact of the document: counts, and what is known of the optional ones. */
export function sheetMaker(document: RuleSet, inputs: Iterable<string>): SheetMaker {
  const definitions = [...builtInFacts, ...document.services.flatMap(serviceFacts), ...document.facts];
  const names = new Set([
    ...definitions.flatMap(({ name, optional }) => (optional ? [name, knownOf(name)] : [name])),
    ...inputs,
  ]);
  const fields = [...names].map((name) => JSON.stringify(name)).map((name) => `this[${name}] = f[${name}];`);
  const body = `"use strict"; return class FactSheet { constructor(f) { ${fields.join('\n')} } };`;
  const Sheet = new Function(body)() as new (from: Facts) => FactSheet;
  return (from = nothing) => new Sheet(from);
}

const nothing: Facts = Object.create(null);

/** The fact that says whether an optional one has a value. */
export function knownOf(name: string): string {
  return `${name}.known`;
}

/** An optional fact by its two names: to put them together for every account would take longer than to fill them in. */
export interface OptionalFact {
  readonly name: string;
  readonly known: string;
}

export function optionalFact(name: string): OptionalFact {
  return { name, known: knownOf(name) };
}

export function fillOptional(
  sheet: FactSheet,
  { name, known }: OptionalFact,
  value: FactValue | undefined,
  whileMissing: FactValue = 0,
): void {
  sheet[name] = value ?? whileMissing;
  sheet[known] = value !== undefined;
}
