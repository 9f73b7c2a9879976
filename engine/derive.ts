/**
 * Derived facts: the one meaning of every operator of `Expression`, used by both evaluators.
 *
 * Numbers are exact. A value that is finer than its base unit is represented by its floor plus one half, which stands in
 * the same order to every integer as the value itself; a comparison of facts with facts is the sign of the exact difference.
 */
import type { CalendarTimes } from './calendars.ts';
import { cellValue, finderOf } from './look-up.ts';
import { parseDecimal, type Rational } from './money.ts';
import type { Expression, Facts, FactType, FactValue, Item, ItemTest, RuleSet } from './rule-set.ts';

/** Reads one fact, base or derived, from base facts. */
export type FactReader = (facts: Facts) => FactValue;

/** Value of a derived fact; undefined if the rule set derives no such fact. */
export type Derive = (fact: string, facts: Facts) => FactValue | undefined;

export interface DerivedReader {
  readonly read: FactReader;
  /** The base facts it needs, `.known` companions included. */
  readonly inputs: readonly string[];
}

export type CalendarSource = (name: string, zone: string) => CalendarTimes;

/**
 * Readers of all derived facts of a rule set by name. Each comes with a companion `<name>.known`: whether every optional
 * fact it reads is known and, for a look-up, whether the table has a value. A missing one reads as its type's default;
 * the guard stands in the rule.
 */
export function derivedReaders(document: RuleSet, calendars: CalendarSource): ReadonlyMap<string, DerivedReader> {
  const optional = new Set(document.facts.filter((fact) => fact.optional).map((fact) => fact.name));
  const expressions = new Map(document.derived.map((fact) => [fact.name, fact]));
  const readers = new Map<string, DerivedReader>();
  const scope: ReaderScope = { optional, calendars, document, derived };

  function derived(name: string): DerivedReader | undefined {
    const fact = expressions.get(name.replace(/\.known$/, ''));
    if (fact && !readers.has(fact.name)) {
      const { read, known, inputs } = readerOf(fact.expression, fact.type, scope);
      readers.set(fact.name, { read, inputs: [...inputs] });
      readers.set(`${fact.name}.known`, { read: known, inputs: [...inputs] });
    }
    return readers.get(name);
  }

  for (const name of expressions.keys()) derived(name);
  return readers;
}

/** What a fact of a type reads as while it is missing. */
export function defaultValue(type: FactType): FactValue {
  switch (type.kind) {
    case 'text':
    case 'phone':
    case 'network':
    case 'enum':
      return '';
    case 'boolean':
      return false;
    case 'list':
    case 'items':
      return [];
    default:
      return 0;
  }
}

interface ReaderScope {
  readonly optional: ReadonlySet<string>;
  readonly calendars: CalendarSource;
  readonly document: RuleSet;
  readonly derived: (name: string) => DerivedReader | undefined;
}

interface ExpressionReader {
  readonly read: FactReader;
  readonly known: (facts: Facts) => boolean;
  readonly inputs: ReadonlySet<string>;
}

function readerOf(expression: Expression, type: FactType, scope: ReaderScope): ExpressionReader {
  switch (expression.op) {
    case 'fact':
      return factReader(expression.fact, scope);
    case 'number':
    case 'add':
    case 'subtract':
    case 'multiply':
      return linearReader(expression, scope, valueOfForm);
    case 'sign':
      return linearReader({ ...expression, op: 'subtract' }, scope, signOfForm);
    case 'look-up':
      return lookUpReader(expression, type, scope);
    case 'in calendar':
      return calendarReader(expression, scope);
    case 'mentions': {
      const { read, ...rest } = factReader(expression.fact, scope);
      const pattern = wordPattern(expression.words);
      return { ...rest, read: (facts) => pattern.test(foldCase(String(read(facts)))) };
    }
    case 'starts with': {
      const { read, ...rest } = factReader(expression.fact, scope);
      return { ...rest, read: (facts) => String(read(facts)).startsWith(expression.prefix) };
    }
    case 'count of events':
      return factReader(expression.fact, { ...scope, derived: () => undefined });
    case 'any of':
      return commonWordReader(expression, scope);
    case 'some item': {
      const { read, ...rest } = factReader(expression.fact, scope);
      return {
        ...rest,
        read: (facts) =>
          (read(facts) as readonly Item[]).some((one) => expression.tests.every((test) => passes(one, test))),
      };
    }
  }
}

function factReader(name: string, scope: ReaderScope): ExpressionReader {
  const derived = scope.derived(name);
  if (derived) {
    const known = scope.derived(`${name}.known`);
    return { read: derived.read, known: (facts) => known?.read(facts) === true, inputs: new Set(derived.inputs) };
  }
  const companion = `${name}.known`;
  const read: FactReader = (facts) => facts[name] as FactValue;
  if (!scope.optional.has(name)) return { read, known: () => true, inputs: new Set([name]) };
  return { read, known: (facts) => facts[companion] === true, inputs: new Set([name, companion]) };
}

// ---- Arithmetic

/** Σ coefficient × fact + constant, all over one positive denominator. */
interface LinearForm {
  readonly terms: readonly { readonly read: FactReader; readonly coefficient: bigint; readonly small: number }[];
  readonly constant: bigint;
  readonly denominator: bigint;
}

type Terms = ReadonlyMap<ExpressionReader | 1, Rational>;

function linearReader(
  expression: Expression,
  scope: ReaderScope,
  evaluate: (form: LinearForm, facts: Facts) => number,
): ExpressionReader {
  const terms = collectTerms(expression, { n: 1n, d: 1n }, scope);
  const readers = [...terms.keys()].filter((key) => key !== 1);
  const denominator = [...terms.values()].reduce((product, factor) => product * factor.d, 1n);
  const whole = (factor: Rational) => factor.n * (denominator / factor.d);
  const form: LinearForm = {
    terms: readers.map((reader) => {
      const coefficient = whole(terms.get(reader) as Rational);
      return { read: reader.read, coefficient, small: Number(coefficient) };
    }),
    constant: whole(terms.get(1) ?? { n: 0n, d: 1n }),
    denominator,
  };
  return {
    read: (facts) => evaluate(form, facts),
    known: (facts) => readers.every((reader) => reader.known(facts)),
    inputs: new Set(readers.flatMap((reader) => [...reader.inputs])),
  };
}

function collectTerms(expression: Expression, factor: Rational, scope: ReaderScope): Terms {
  switch (expression.op) {
    case 'number': {
      const value = parseDecimal(expression.value);
      return new Map([[1, { n: value.n * factor.n, d: value.d * factor.d }]]);
    }
    case 'add':
    case 'subtract': {
      const right = { n: expression.op === 'add' ? factor.n : -factor.n, d: factor.d };
      return joinTerms(collectTerms(expression.left, factor, scope), collectTerms(expression.right, right, scope));
    }
    case 'multiply': {
      const by = parseDecimal(expression.factor);
      return collectTerms(expression.of, { n: factor.n * by.n, d: factor.d * by.d }, scope);
    }
    default:
      return new Map([[readerOf(expression, { kind: 'count' }, scope), factor]]);
  }
}

function joinTerms(left: Terms, right: Terms): Terms {
  const joined = new Map(left);
  for (const [key, { n, d }] of right) {
    const other = joined.get(key);
    joined.set(key, other ? { n: other.n * d + n * other.d, d: other.d * d } : { n, d });
  }
  return joined;
}

/** Below this, halves and integers are exact as numbers, and so are their sums and products. */
const exactLimit = 2 ** 52;

/** The form's numerator as a number if every step of it is exact, otherwise NaN. */
function smallNumerator(form: LinearForm, facts: Facts): number {
  let total = Number(form.constant);
  if (!(Math.abs(total) < exactLimit)) return Number.NaN;
  for (const { read, small } of form.terms) {
    const term = small * (read(facts) as number);
    if (!(Math.abs(small) < exactLimit && Math.abs(term) < exactLimit)) return Number.NaN;
    total += term;
    if (!(Math.abs(total) < exactLimit)) return Number.NaN;
  }
  return total;
}

/** Twice the form's numerator (facts may be halves); throws a RangeError if a fact is not a number. */
function doubledNumerator(form: LinearForm, facts: Facts): bigint {
  let total = form.constant * 2n;
  for (const { read, coefficient } of form.terms) total += coefficient * BigInt((read(facts) as number) * 2);
  return total;
}

function signOfForm(form: LinearForm, facts: Facts): number {
  const small = smallNumerator(form, facts);
  if (!Number.isNaN(small)) return Math.sign(small);
  const exact = doubledNumerator(form, facts);
  return exact < 0n ? -1 : exact > 0n ? 1 : 0;
}

function valueOfForm(form: LinearForm, facts: Facts): number {
  const small = smallNumerator(form, facts);
  if (form.denominator === 1n && Number.isInteger(small)) return small;
  const numerator = doubledNumerator(form, facts);
  const denominator = form.denominator * 2n;
  const rest = ((numerator % denominator) + denominator) % denominator;
  return Number((numerator - rest) / denominator) + (rest === 0n ? 0 : 0.5);
}

// ---- Look-ups

function lookUpReader(
  { table: name, key, column, on }: Extract<Expression, { op: 'look-up' }>,
  type: FactType,
  scope: ReaderScope,
): ExpressionReader {
  const table = scope.document.tables.find((one) => one.name === name);
  if (!table) throw new Error(`The rule set has no table "${name}".`);
  const find = finderOf(table, column, type);
  // What stands for everything else stands for the table's own column.
  const otherwise = column === table.column ? table.otherwise : undefined;
  const fallback = otherwise === undefined ? defaultValue(type) : cellValue(otherwise, type);
  const source = factReader(key, scope);
  const found = (facts: Facts) => find(source.read(facts), on === undefined ? 0 : (facts[on] as number));
  return {
    inputs: on === undefined ? source.inputs : new Set([...source.inputs, on]),
    read: (facts) => found(facts) ?? fallback,
    known: (facts) => source.known(facts) && (otherwise !== undefined || found(facts) !== undefined),
  };
}

// ---- Calendars and words

function calendarReader(
  { calendar: name, at }: Extract<Expression, { op: 'in calendar' }>,
  scope: ReaderScope,
): ExpressionReader {
  const calendar = scope.document.calendars.find((candidate) => candidate.name === name);
  if (!calendar) throw new Error(`The rule set has no calendar "${name}".`);
  const instant = factReader(at, scope);
  if (calendar.zone.kind === 'named') {
    const times = scope.calendars(name, calendar.zone.zone);
    return { ...instant, read: (facts) => times.includes(instant.read(facts) as number) };
  }
  const zoneFact = calendar.zone.kind === 'customer' ? 'customer.zone' : 'account.zone';
  // The usage of an account is decided in one zone, so the calendar asked for is nearly always the one asked for before.
  let zone = '';
  let times: CalendarTimes | undefined;
  return {
    known: instant.known,
    inputs: new Set([...instant.inputs, zoneFact]),
    read: (facts) => {
      if (!times || facts[zoneFact] !== zone) {
        zone = facts[zoneFact] as string;
        times = scope.calendars(name, zone);
      }
      return times.includes(instant.read(facts) as number);
    },
  };
}

function commonWordReader(
  { left, right }: Extract<Expression, { op: 'any of' }>,
  scope: ReaderScope,
): ExpressionReader {
  const [one, other] = [factReader(left, scope), factReader(right, scope)];
  return {
    read: (facts) => {
      const words = other.read(facts) as readonly string[];
      return (one.read(facts) as readonly string[]).some((word) => words.includes(word));
    },
    known: (facts) => one.known(facts) && other.known(facts),
    inputs: new Set([...one.inputs, ...other.inputs]),
  };
}

function passes({ category, price, currency }: Item, test: ItemTest): boolean {
  if (test.attribute === 'category') return test.among.includes(category);
  if (test.currency !== currency) return false;
  switch (test.operator) {
    case '<':
      return price < test.value;
    case '<=':
      return price <= test.value;
    case '>':
      return price > test.value;
    case '>=':
      return price >= test.value;
  }
}

/** Whole words only: "game" is not mentioned in "endgame" nor in "gamer". */
function wordPattern(words: readonly string[]): RegExp {
  const escaped = words.map((word) => foldCase(word).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}_])(?:${escaped.join('|')})(?![\\p{L}\\p{M}\\p{N}_])`, 'u');
}

/** Equal for texts that differ only in case or in how Unicode writes the same letter; ß folds to ss. */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}
