/** Loads a compiled rule set once: decision functions are generated, tables indexed, calendars made ready. */
import { type CalendarTimes, calendarTimes } from './calendars.ts';
import {
  type DecisionFunction,
  type FactCheck,
  type FactProjection,
  generateCheck,
  generateDecision,
  generateLeafTrace,
  generateProjection,
  type LeafTrace,
} from './decide/generate.ts';
import { fireByPolicy, type Verdict } from './decide/policy.ts';
import { type CalendarSource, type Derive, type DerivedReader, derivedReaders } from './derive.ts';
import { type SheetMaker, sheetMaker } from './fact-sheet.ts';
import type { DecisionSet, RuleSet } from './rule-set.ts';

export interface LoadedRuleSet {
  readonly document: RuleSet;
  readonly sets: ReadonlyMap<string, LoadedSet>;
  readonly derive: Derive;
  readonly calendar: CalendarSource;
  /** A sheet of facts, in the one shape that all of this rule set have. */
  readonly sheet: SheetMaker;
}

export interface LoadedSet {
  readonly set: DecisionSet;
  readonly matches: DecisionFunction;
  /** Made when it is first asked for: only coverage does. */
  readonly leaves: () => LeafTrace;
  /** The base facts the set needs; what a recorded decision keeps. */
  readonly project: FactProjection;
  /** The facts as they are, once each that the set needs is known to have a value; throws like `project`. */
  readonly complete: FactCheck;
  readonly inputs: readonly string[];
  /** What the policy makes of no match, and of each rule if it alone matches: nearly all decisions. */
  readonly unmatched: Verdict;
  readonly alone: readonly Verdict[];
  /** What it has made of two: mostly a rule and the otherwise. By the first index times the number of rules, plus the second. */
  readonly pairs: Map<number, Verdict>;
}

/**
 * Throws an Error if the document contradicts itself (an unknown table, an empty group); a compiled one does not. Who loads
 * many rule sets with the same calendars expands those once.
 */
export function loadRuleSet(document: RuleSet, calendar = calendarSource(document)): LoadedRuleSet {
  const derived = derivedReaders(document, calendar);
  const sets = new Map(document.decisions.map((set) => [set.id, loadSet(set, derived)]));
  return {
    document,
    sets,
    derive: (fact, facts) => derived.get(fact)?.read(facts),
    calendar,
    sheet: sheetMaker(
      document,
      [...sets.values()].flatMap(({ inputs }) => inputs),
    ),
  };
}

function loadSet(set: DecisionSet, derived: ReadonlyMap<string, DerivedReader>): LoadedSet {
  const inputs = [...new Set(set.facts.flatMap((fact) => derived.get(fact)?.inputs ?? [fact]))].sort();
  const readers = new Map([...derived].map(([name, { read }]) => [name, read]));
  let leaves: LeafTrace | undefined;
  return {
    set,
    matches: generateDecision(set, readers),
    leaves: () => {
      leaves ??= generateLeafTrace(set, readers);
      return leaves;
    },
    project: generateProjection(inputs),
    complete: generateCheck(inputs),
    inputs,
    unmatched: fireByPolicy(set, []),
    alone: set.rules.map((rule) => fireByPolicy(set, [rule])),
    pairs: new Map(),
  };
}

function calendarSource(document: RuleSet): CalendarSource {
  const byZone = new Map(document.calendars.map((calendar) => [calendar.name, new Map<string, CalendarTimes>()]));
  const byName = new Map(document.calendars.map((calendar) => [calendar.name, calendar]));
  return (name, zone) => {
    const known = byZone.get(name)?.get(zone);
    if (known) return known;
    const calendar = byName.get(name);
    if (!calendar) throw new Error(`The rule set has no calendar "${name}".`);
    const times = calendarTimes(calendar, zone);
    byZone.get(name)?.set(zone, times);
    return times;
  };
}
