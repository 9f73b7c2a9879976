/**
 * The ways in which `mutate` spoils rules: each a slip that an analyst could make, at one token. A test that protects a
 * number notices when it is another one.
 */
import { type IToken, tokenMatcher } from 'chevrotain';
import { isUnit, units } from '../syntax/keywords.ts';
import { Currency, LocalDate, NumberLiteral, Ordering, Percent, TimeOfDay, UnitWord, word } from '../syntax/tokens.ts';

/** Every operator with what it does, for documents and lists. */
export const mutationOperators = {
  price: 'an amount of money becomes ten times as much, a tenth, or differs in its last digit',
  percent: 'a percentage is one more, one less, or ten times as much',
  number: 'any other number is one more, one less, or twice as much',
  unit: 'a unit becomes another one that measures the same',
  comparison: 'a comparison becomes another one: `>` is `>=`, `<` or `<=`; `is` is `is not`',
  date: 'a date moves by a day, a month or a year',
  time: 'a time of day moves by half an hour',
} as const;

export type MutationOperator = keyof typeof mutationOperators;

export interface Change {
  readonly operator: MutationOperator;
  /** The last token that is replaced; absent: only the one it is about. */
  readonly upTo?: IToken;
  /** What stands there instead. */
  readonly after: string;
}

/** All changes of one token in its clause. None if there is nothing in it to spoil. */
export function changesOf(clause: readonly IToken[], index: number): readonly Change[] {
  const token = clause[index];
  if (!token) return [];
  const { image } = token;
  const to = (operator: MutationOperator, ...images: readonly string[]) =>
    [...new Set(images)].filter((after) => after !== image).map((after) => ({ operator, after }));
  if (tokenMatcher(token, NumberLiteral)) {
    const next = clause[index + 1];
    return next && tokenMatcher(next, Currency)
      ? to('price', ...otherPrices(image))
      : to('number', ...others(image, '2'));
  }
  if (tokenMatcher(token, Percent))
    return to('percent', ...others(image.replace(/[ \t]*%/, ''), '10').map((n) => `${n}%`));
  if (isUnitHere(clause, index)) return to('unit', ...otherUnits(image));
  if (tokenMatcher(token, Ordering)) return to('comparison', '>', '>=', '<', '<=');
  if (tokenMatcher(token, LocalDate)) return to('date', ...otherDates(image));
  if (tokenMatcher(token, TimeOfDay)) return to('time', shifted(image, 30), shifted(image, -30));
  return tokenMatcher(token, word('is')) && isInCondition(clause) ? [negated(clause[index + 1])] : [];
}

/** 12.00 → 120.00, 1.200, 12.01, 11.99. */
function otherPrices(image: string): readonly string[] {
  const { scaled, digits } = decimal(image);
  return [
    decimalText(scaled * 10n, digits),
    decimalText(scaled, digits + 1),
    decimalText(scaled + 1n, digits),
    ...(scaled > 0n ? [decimalText(scaled - 1n, digits)] : []),
  ].filter((text) => BigInt(text.replace('.', '')) > 0n || scaled > 0n);
}

function others(image: string, factor: '2' | '10'): readonly string[] {
  const { scaled, digits } = decimal(image);
  const one = 10n ** BigInt(digits);
  return [
    decimalText(scaled + one, digits),
    ...(scaled >= one ? [decimalText(scaled - one, digits)] : []),
    ...(scaled > 0n ? [decimalText(scaled * BigInt(factor), digits)] : []),
  ];
}

function decimal(image: string): { readonly scaled: bigint; readonly digits: number } {
  const [whole = '', fraction = ''] = image.split('.');
  return { scaled: BigInt(whole + fraction), digits: fraction.length };
}

function decimalText(scaled: bigint, digits: number): string {
  const text = scaled.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** After a number, and after `per`, where it is lexed as a name. */
function isUnitHere(clause: readonly IToken[], index: number): boolean {
  const [before, token] = [clause[index - 1], clause[index]];
  if (!before || !token || !isUnit(token.image)) return false;
  return (
    tokenMatcher(token, UnitWord) || tokenMatcher(before, word('per')) || tokenMatcher(before, word('per started'))
  );
}

/** One word for each size: `days` is no other unit than `day`. */
function otherUnits(image: string): readonly string[] {
  if (!isUnit(image)) return [];
  const { measures, size } = units[image];
  const bySize = new Map<number, string>(
    Object.entries(units)
      .filter(([, unit]) => unit.measures === measures && unit.size !== size)
      .map(([name, unit]) => [unit.size, name]),
  );
  return [...bySize.values()];
}

function otherDates(image: string): readonly string[] {
  const [year = 0, month = 1, day = 1] = image.split('-').map(Number);
  const moved = (years: number, months: number, days: number) =>
    new Date(Date.UTC(year + years, month - 1 + months, day + days)).toISOString().slice(0, 10);
  return [moved(0, 0, 1), moved(0, 0, -1), moved(0, 1, 0), moved(0, -1, 0), moved(1, 0, 0), moved(-1, 0, 0)];
}

function shifted(image: string, minutes: number): string {
  const [hours = 0, past = 0] = image.split(':').map(Number);
  const moved = (hours * 60 + past + minutes + 1440) % 1440;
  return `${String(Math.floor(moved / 60)).padStart(2, '0')}:${String(moved % 60).padStart(2, '0')}`;
}

function isInCondition([first]: readonly IToken[]): boolean {
  return first !== undefined && conditionWords.some((text) => tokenMatcher(first, word(text)));
}

function negated(next: IToken | undefined): Change {
  return next && tokenMatcher(next, word('not'))
    ? { operator: 'comparison', upTo: next, after: 'is' }
    : { operator: 'comparison', after: 'is not' };
}

const conditionWords = ['when', 'unless', 'stop when'] as const;
