/**
 * Worlds: what several facts worked out from one source can be at once.
 *
 * Two columns of a table, a table and a prefix, two calendars are not free of each other: a number in zone `eu` is never in
 * the country US. Where the rules that are decided together read several facts of one source, every different combination
 * that the source allows is listed once, with an example; a condition on any of them then says which worlds it allows.
 */
import type { Condition, DerivedFact, Expression, LeafCondition } from '../../engine/rule-set.ts';
import type { Book } from './book.ts';
import { calendarWorlds } from './calendar-worlds.ts';
import { factsIn } from './facts-read.ts';
import { knownName } from './guards.ts';
import { keyWorlds } from './key-worlds.ts';
import type { Worlds, WorldValue } from './world.ts';

/** By the names of the facts that are seen through worlds. */
export type WorldsOf = ReadonlyMap<string, Worlds>;

/** The worlds that matter to rules which are decided together. */
export function worldsOf(
  conditions: readonly Condition[],
  book: Pick<Book, 'derived' | 'tables' | 'calendars' | 'facts'>,
): WorldsOf {
  const read = new Set(conditions.flatMap(factsIn).map((fact) => fact.replace(/\.known$/, '')));
  const bySource = new Map<string, DerivedFact[]>();
  for (const name of [...read].sort()) {
    const derived = book.derived.get(name);
    const source = derived && sourceOf(derived.expression, book);
    if (derived && source !== undefined) bySource.set(source, [...(bySource.get(source) ?? []), derived]);
  }
  const found = new Map<string, Worlds>();
  for (const [source, derived] of bySource) {
    if (derived.length + (read.has(source) ? 1 : 0) < 2) continue;
    const worlds = listWorlds(source, derived, literalsOf(source, conditions), book);
    for (const name of [source, ...derived.map((fact) => fact.name)]) {
      found.set(name, worlds);
      found.set(knownName(name), worlds);
    }
  }
  return found;
}

/** Which worlds a condition allows; undefined if it asks what worlds do not tell. */
export function worldsWhere(
  { fact, operator, value }: LeafCondition,
  { all }: Worlds,
): ReadonlySet<string> | undefined {
  const holds = testOf(operator, value);
  if (!holds || all.some(({ values }) => !values.has(fact))) return undefined;
  const ids = all.flatMap(({ values }, id) => (holds(values.get(fact) as WorldValue) ? [String(id)] : []));
  return new Set(ids);
}

function testOf(
  operator: LeafCondition['operator'],
  value: LeafCondition['value'],
): ((is: WorldValue) => boolean) | undefined {
  const words: readonly unknown[] = Array.isArray(value) ? value : [value];
  switch (operator) {
    case 'equal':
    case 'in':
      return (is) => words.includes(is);
    case 'notEqual':
    case 'notIn':
      return (is) => !words.includes(is);
    case 'lessThan':
      return (is) => Number(is) < Number(value);
    case 'lessThanInclusive':
      return (is) => Number(is) <= Number(value);
    case 'greaterThan':
      return (is) => Number(is) > Number(value);
    case 'greaterThanInclusive':
      return (is) => Number(is) >= Number(value);
    case 'contains':
    case 'doesNotContain':
      return undefined;
  }
}

/** Facts with the same source depend on each other. */
function sourceOf(
  expression: Expression,
  { tables, calendars }: Pick<Book, 'tables' | 'calendars'>,
): string | undefined {
  switch (expression.op) {
    case 'look-up': {
      const table = tables.get(expression.table);
      return table && table.match !== 'range' && expression.on === undefined ? expression.key : undefined;
    }
    case 'starts with':
      return expression.fact;
    case 'in calendar': {
      const zone = calendars.get(expression.calendar)?.zone;
      return zone && `${expression.at} in ${zone.kind === 'named' ? zone.zone : `${zone.kind} time`}`;
    }
    default:
      return undefined;
  }
}

function listWorlds(
  source: string,
  derived: readonly DerivedFact[],
  literals: readonly string[],
  book: Pick<Book, 'derived' | 'tables' | 'calendars' | 'facts'>,
): Worlds {
  const expressions = derived.map(({ expression }) => expression);
  const calendars = expressions.flatMap((one) =>
    one.op === 'in calendar' ? (book.calendars.get(one.calendar) ?? []) : [],
  );
  if (calendars.length > 0) {
    const names = new Map(
      derived.flatMap(({ name, expression }) => (expression.op === 'in calendar' ? [[expression.calendar, name]] : [])),
    );
    return { source, root: 'at', all: calendarWorlds(calendars, names) };
  }
  return { source, root: source, all: keyWorlds(source, derived, literals, book) };
}

/** The words that conditions compare the source itself with. */
function literalsOf(source: string, conditions: readonly Condition[]): readonly string[] {
  const leaves = conditions.flatMap(leavesOf).filter(({ fact }) => fact === source);
  const words = leaves.flatMap(({ value }) => (Array.isArray(value) ? value : [value]));
  return [...new Set(words.map(String))].sort();
}

function leavesOf(condition: Condition): readonly LeafCondition[] {
  if ('fact' in condition) return [condition];
  if ('not' in condition) return leavesOf(condition.not);
  return ('all' in condition ? condition.all : condition.any).flatMap(leavesOf);
}
