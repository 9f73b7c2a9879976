/** Amounts: facts, literals and their sums, typed and linear. */
import type { Expression as Derivation, FactType } from '../../engine/rule-set.ts';
import type { Expression, Fact, Instant, Literal, Money, Percentage, Quantity } from '../syntax/tree.ts';
import { lowerCount } from './counts.ts';
import { type Guarded, requireGuard } from './guards.ts';
import { dateToBase, measureOf, moneyToBase, percentToBase, quantityToBase, timeToBase } from './quantities.ts';
import { type Scene, seeFact } from './scene.ts';
import { instantToBase } from './zones.ts';

export interface Amount {
  readonly type: AmountKind;
  /** How it is worked out, in base units. */
  readonly derivation: Derivation;
  /** The same, readable; part of the name of a derived fact. */
  readonly name: string;
}

export type AmountKind = 'money' | 'duration' | 'data' | 'count' | 'percent' | 'date' | 'instant' | 'time' | 'number';

const amountKinds: readonly string[] = ['money', 'duration', 'data', 'count', 'percent', 'date', 'instant', 'time'];

export function isAmountType(type: FactType): boolean {
  return amountKinds.includes(type.kind);
}

/** Types and lowers an amount, or reports why it is none. */
export function lowerAmount(expression: Expression, scene: Scene, guarded: Guarded): Amount | undefined {
  switch (expression.kind) {
    case 'fact':
      return factAmount(expression, scene, guarded);
    case 'count': {
      const fact = lowerCount(expression, scene);
      return fact === undefined ? undefined : { type: 'count', derivation: { op: 'fact', fact }, name: fact };
    }
    case '+':
    case '-':
      return sum(expression.kind, expression.left, expression.right, scene, guarded);
    case '*':
      return product(expression.left, expression.right, expression, scene, guarded);
    case 'quantity':
    case 'money':
    case 'percentage':
    case 'date':
    case 'time':
    case 'instant':
      return literal(expression, scene);
    default:
      scene.report(
        'not-a-condition',
        expression.span,
        'an amount is expected here',
        'write a fact, a quantity with its unit, or a sum of them',
      );
      return undefined;
  }
}

/** Whether two kinds can be added and compared; a plain number is a count. */
export function agree(left: AmountKind, right: AmountKind): boolean {
  const plain = (kind: AmountKind) => (kind === 'number' ? 'count' : kind);
  return plain(left) === plain(right);
}

/** Amounts of money stand in the currency of the bill, if the rule is for one. */
export function checkCurrency(money: Money, scene: Scene): boolean {
  const { currency } = scene;
  if (currency === undefined || money.currency.text === currency) return true;
  scene.report(
    'mixed-currency',
    money.currency.span,
    `this is in ${money.currency.text}, but the bill is in ${currency}`,
    `write the amount in ${currency}`,
  );
  return false;
}

function factAmount(fact: Fact, scene: Scene, guarded: Guarded): Amount | undefined {
  const definition = seeFact(fact, scene);
  if (!definition) return undefined;
  if (!isAmountType(definition.type)) {
    scene.report(
      'wrong-type',
      fact.span,
      `\`${fact.name}\` is ${describe(definition.type)}, not an amount`,
      'compare it with `is` or `is not`',
    );
    return undefined;
  }
  if (!requireGuard(fact, definition, scene, guarded)) return undefined;
  return { type: definition.type.kind as AmountKind, derivation: { op: 'fact', fact: fact.name }, name: fact.name };
}

function literal(value: Quantity | Money | Percentage | Instant | Literal, scene: Scene): Amount | undefined {
  const { report, book } = scene;
  switch (value.kind) {
    case 'quantity': {
      const measure = measureOf(value);
      if (measure === 'months' || measure === 'cycles') {
        report(
          'wrong-unit',
          value.span,
          'months and years differ in length, so this is no certain time',
          'write days, or a date',
        );
        return undefined;
      }
      return constant(measure, quantityToBase(value, report));
    }
    case 'money':
      return checkCurrency(value, scene) ? constant('money', moneyToBase(value, report)) : undefined;
    case 'percentage':
      return constant('percent', percentToBase(value, report));
    case 'date':
      return constant('date', dateToBase(value, report));
    case 'time':
      return constant('time', timeToBase(value, report));
    case 'instant':
      return constant('instant', instantToBase(value, book.zone, report));
    default:
      return undefined;
  }
}

function constant(type: AmountKind, value: number | undefined): Amount | undefined {
  return value === undefined
    ? undefined
    : { type, derivation: { op: 'number', value: String(value) }, name: String(value) };
}

function sum(
  operator: '+' | '-',
  left: Expression,
  right: Expression,
  scene: Scene,
  guarded: Guarded,
): Amount | undefined {
  const a = lowerAmount(left, scene, guarded);
  const b = lowerAmount(right, scene, guarded);
  if (!a || !b) return undefined;
  const type = sumType(a, operator, b);
  if (!type) {
    scene.report(
      'wrong-unit',
      right.span,
      `${kindName(b.type)} cannot be ${operator === '+' ? 'added to' : 'taken from'} ${kindName(a.type)}`,
      a.type === 'date' && b.type === 'duration' ? 'a date moves by whole days' : 'use amounts of one kind',
    );
    return undefined;
  }
  const op = operator === '+' ? ('add' as const) : ('subtract' as const);
  const inDays = type === 'date' && (a.type === 'duration' || b.type === 'duration');
  const derivation: Derivation = {
    op,
    left: inDays ? toDays(a) : a.derivation,
    right: inDays ? toDays(b) : b.derivation,
  };
  const between = type === 'duration' && a.type === 'date';
  return {
    type,
    derivation: between ? { op: 'multiply', factor: String(dayMs), of: derivation } : derivation,
    name: `${a.name} ${operator} ${b.name}`,
  };
}

const dayMs = 86_400_000;

/** What a sum or difference is of; undefined if it is nothing. Days lie between dates, time between instants. */
function sumType(a: Amount, operator: '+' | '-', b: Amount): AmountKind | undefined {
  if (a.type === 'time' && b.type === 'time') return undefined;
  if (isPoint(a.type) && a.type === b.type) return operator === '-' ? 'duration' : undefined;
  if (agree(a.type, b.type)) return a.type;
  const [point, move] = a.type === 'duration' ? [b, a] : [a, b];
  if (move.type !== 'duration' || (operator === '-' && point === b)) return undefined;
  const isMoved = point.type === 'instant' || (point.type === 'date' && isWholeDays(move));
  return isMoved ? point.type : undefined;
}

/** A place in time, of which there are no multiples. */
function isPoint(kind: AmountKind): boolean {
  return kind === 'date' || kind === 'instant' || kind === 'time';
}

function isWholeDays({ derivation }: Amount): boolean {
  return derivation.op === 'number' && Number(derivation.value) % dayMs === 0;
}

function toDays({ type, derivation }: Amount): Derivation {
  if (type !== 'duration' || derivation.op !== 'number') return derivation;
  return { op: 'number', value: String(Number(derivation.value) / dayMs) };
}

function product(
  left: Expression,
  right: Expression,
  whole: Expression,
  scene: Scene,
  guarded: Guarded,
): Amount | undefined {
  const [factor, of] = isFactor(left) ? [left, right] : [right, left];
  if (!isFactor(factor)) {
    scene.report(
      'not-linear',
      whole.span,
      'one side of `*` must be a plain number',
      'multiply a fact by a number: `3 * history.data.median`, or take a part of it: `50% of cycle.charges`',
    );
    return undefined;
  }
  const amount = lowerAmount(of, scene, guarded);
  if (!amount) return undefined;
  if (isPoint(amount.type)) {
    const verb = factor.kind === 'percentage' ? 'has no parts' : 'cannot be multiplied';
    const help = 'multiply what lies between two of them: `2 * (date - subscription.accepted_on)`';
    scene.report('wrong-unit', of.span, `${kindName(amount.type)} ${verb}`, help);
    return undefined;
  }
  const name = amount.derivation.op === 'fact' ? amount.name : `(${amount.name})`;
  const isPart = factor.kind === 'percentage';
  return {
    type: amount.type,
    derivation: { op: 'multiply', factor: isPart ? hundredth(factor.number) : factor.number, of: amount.derivation },
    name: isPart ? `${factor.number}% of ${name}` : `${factor.number} * ${name}`,
  };
}

function isFactor(expression: Expression): expression is Quantity | Percentage {
  return expression.kind === 'percentage' || (expression.kind === 'quantity' && !expression.unit);
}

/** `12.5` is `0.125`, digit for digit. */
function hundredth(percent: string): string {
  const [whole = '0', fraction = ''] = percent.split('.');
  const digits = whole.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`;
}

export function kindName(kind: AmountKind): string {
  const names: Partial<Record<AmountKind, string>> = {
    number: 'a number',
    data: 'a data volume',
    date: 'a date',
    time: 'a time of day',
    instant: 'an instant',
    count: 'a count',
  };
  return names[kind] ?? (kind === 'duration' ? 'a duration' : kind);
}

/** A type in words. */
export function describe(type: FactType): string {
  switch (type.kind) {
    case 'boolean':
      return 'yes or no';
    case 'enum':
      return type.values.length <= 6 ? `one of ${type.values.join(', ')}` : 'one of several words';
    case 'list':
      return 'a list';
    case 'items':
      return 'a list of what was ordered';
    case 'text':
    case 'money':
    case 'percent':
      return type.kind === 'text' ? 'a text' : type.kind;
    case 'phone':
      return 'a phone number';
    case 'network':
      return 'a network';
    default:
      return kindName(type.kind);
  }
}
