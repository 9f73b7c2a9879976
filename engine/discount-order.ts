/** Which discounts apply side by side, and in which order they are taken. */
import { groupBy } from './group-by.ts';
import type { DiscountOutcome } from './outcomes.ts';
import type { StockRule } from './rule-set.ts';

export type DiscountRule = StockRule<DiscountOutcome>;

/** A discount that fires, for one subscription or (without one) for the account. */
export interface Firing {
  readonly rule: DiscountRule;
  readonly subscriptionId?: string;
}

/** Discounts taken at one point: one by itself, or all of a group of which the best is taken. */
export type Turn = readonly DiscountRule[];

/** Those that no other one keeps from applying. What does not apply itself excludes nothing. */
export function notExcluded<F extends Firing>(firings: readonly F[]): readonly F[] {
  const known = new Map<Firing, boolean>();
  const applies = (firing: Firing): boolean => {
    const found = known.get(firing);
    if (found !== undefined) return found;
    // Circles are refused by the compiler; in a document that has one, both apply.
    known.set(firing, true);
    const excluded = firings.some((other) => excludes(other, firing) && applies(other));
    known.set(firing, !excluded);
    return !excluded;
  };
  return firings.filter(applies);
}

function excludes(one: Firing, other: Firing): boolean {
  const meet = one.subscriptionId === undefined || one.subscriptionId === other.subscriptionId;
  return meet && (one.rule.event.params.outcome.excludes?.includes(other.rule.name) ?? false);
}

/**
 * All that a discount comes after, directly or through others, also through one that does not fire: `c after b`, `b after a`
 * means that `c` comes after `a`.
 */
export function predecessors(all: readonly DiscountRule[]): ReadonlyMap<string, readonly string[]> {
  const outcomes = new Map(all.map(({ name, event }) => [name, event.params.outcome]));
  const reach = (name: string, found: Set<string>): Set<string> => {
    for (const earlier of outcomes.get(name)?.after ?? []) {
      if (!found.has(earlier)) reach(earlier, found.add(earlier));
    }
    return found;
  };
  return new Map([...outcomes.keys()].map((name) => [name, [...reach(name, new Set())]]));
}

/** The order of the text, but a discount comes behind those it works after; a group has its turn as one. */
export function inOrderOfTaking(
  rules: readonly DiscountRule[],
  before: ReadonlyMap<string, readonly string[]>,
): readonly Turn[] {
  const turns = turnsOf([...rules].sort(byText));
  const ordered: Turn[] = [];
  const place = (turn: Turn, waiting: readonly Turn[]) => {
    if (ordered.includes(turn) || waiting.includes(turn)) return;
    for (const earlier of turns) {
      if (earlier !== turn && comesAfter(turn, earlier, before)) place(earlier, [...waiting, turn]);
    }
    ordered.push(turn);
  };
  for (const turn of turns) place(turn, []);
  return ordered;
}

function turnsOf(rules: readonly DiscountRule[]): readonly Turn[] {
  const turnOf = ({ name, event }: DiscountRule) => {
    const { bestOf } = event.params.outcome;
    return bestOf === undefined ? `alone ${name}` : `group ${bestOf}`;
  };
  return [...groupBy(rules, turnOf).values()];
}

function comesAfter(turn: Turn, earlier: Turn, before: ReadonlyMap<string, readonly string[]>): boolean {
  return turn.some(({ name }) => earlier.some((other) => before.get(name)?.includes(other.name)));
}

/** Files by name, then lines; within one line, as they were ranked. */
function byText({ event: { params: a } }: DiscountRule, { event: { params: b } }: DiscountRule): number {
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
  return a.at.line - b.at.line || a.rank - b.rank;
}
