/** From what is written to integers in base units, exactly. */
import type { FactType } from '../../engine/rule-set.ts';
import type { Report } from '../diagnostic.ts';
import { isUnit, units } from '../syntax/keywords.ts';
import type { Money, Node, Percentage, Quantity, Span } from '../syntax/tree.ts';

/** What a quantity measures: `number` has no unit, and nothing with a unit is `money`. */
export type Measure = 'duration' | 'data' | 'count' | 'money' | 'months' | 'cycles' | 'number';

export function measureOf(quantity: Quantity): Measure {
  const unit = quantity.unit?.text;
  return unit !== undefined && isUnit(unit) ? units[unit].measures : 'number';
}

/** A quantity in base units of what it measures, or a report. */
export function quantityToBase(quantity: Quantity, report: Report): number | undefined {
  const unit = quantity.unit?.text;
  return scaled(quantity.number, unit !== undefined && isUnit(unit) ? units[unit].size : 1, quantity.span, report);
}

/** Micro-currency: 10^-6 of the major unit. */
export function moneyToBase(money: Money, report: Report): number | undefined {
  return scaled(money.amount, 1_000_000, money.span, report);
}

/** Millionths: 10 % is 100000. */
export function percentToBase(percentage: Percentage, report: Report): number | undefined {
  return scaled(percentage.number, 10_000, percentage.span, report);
}

/** A quantity that must measure something in particular: `duration` for a call, `cycles` for a promotion, … */
export function expectMeasure(quantity: Quantity, wanted: Measure, what: string, report: Report): number | undefined {
  const measure = measureOf(quantity);
  if (measure === wanted) return quantityToBase(quantity, report);
  report(
    'wrong-unit',
    quantity.span,
    `${what} cannot be measured in ${quantity.unit?.text ?? 'plain numbers'}`,
    `write it in ${unitsOf(wanted)}`,
  );
  return undefined;
}

/** The same for what must be something: an increment, a tier, a block, an allowance. */
export function expectPositive(quantity: Quantity, wanted: Measure, what: string, report: Report): number | undefined {
  const value = expectMeasure(quantity, wanted, what, report);
  if (value !== 0) return value;
  report('not-positive', quantity.span, `${what} cannot be nothing`, 'write a quantity above zero');
  return undefined;
}

/** An amount of money that must be something. */
export function expectPositiveMoney(money: Money, what: string, report: Report): number | undefined {
  const value = moneyToBase(money, report);
  if (value !== 0) return value;
  report('not-positive', money.span, `${what} cannot be nothing`, 'write an amount above zero');
  return undefined;
}

/** The units of a measure, as a person would list them. */
export function unitsOf(measure: Measure | FactType['kind']): string {
  const found = Object.entries(units)
    .filter(([, unit]) => unit.measures === measure)
    .map(([name]) => name);
  return found.length === 0 ? (examples[measure] ?? 'a plain number') : found.join(', ');
}

const examples: Partial<Record<Measure | FactType['kind'], string>> = {
  money: 'money (5.00 EUR)',
  percent: 'percent (10%)',
  date: 'the form of a date (2026-01-31)',
  time: 'the form of a time (20:00)',
  instant: 'the form of an instant (2026-01-31 20:00)',
};

/** An amount in base units as a person would write it: `60 min`, `just above 50 GB`, `2.5`. */
export function amountInWords(value: number, kind: FactType['kind'] | undefined): string {
  switch (kind) {
    case 'date':
      return new Date(value * 86_400_000).toISOString().slice(0, 10);
    case 'instant':
      return new Date(value).toISOString();
    case 'money':
      return `${value / 1_000_000}`;
    case 'percent':
      return `${value / 10_000}%`;
    case 'duration':
    case 'data': {
      if (value === 0) return kind === 'data' ? '0 B' : '0 s';
      const sizes = Object.entries(units).filter(([, unit]) => unit.measures === kind);
      const fits = (amount: number) =>
        sizes
          .filter(([, { size }]) => amount % size === 0 && amount >= size)
          .sort(([, a], [, b]) => b.size - a.size)[0];
      const above = fits(value - 1);
      const exact = fits(value);
      if (exact && (!above || exact[1].size >= above[1].size)) return `${value / exact[1].size} ${exact[0]}`;
      return above ? `just above ${(value - 1) / above[1].size} ${above[0]}` : `${value}`;
    }
    default:
      return String(value);
  }
}

/** Whether a text is a day that exists, as year-month-day. */
export function isDate(text: string): boolean {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** Days since 1970-01-01. */
export function dateToBase(date: Node & { readonly text: string }, report: Report): number | undefined {
  if (isDate(date.text)) return Date.parse(`${date.text}T00:00:00Z`) / 86_400_000;
  report('impossible-date', date.span, `${date.text} is not a day`, 'write a day that exists, as year-month-day');
  return undefined;
}

/** Minutes since midnight; 24:00 is midnight. */
export function timeToBase(time: Node & { readonly text: string }, report: Report): number | undefined {
  const end = endTimeToBase(time, report);
  return end === 1440 ? 0 : end;
}

/** The same where 24:00 is the end of the day. */
export function endTimeToBase(time: Node & { readonly text: string }, report: Report): number | undefined {
  const [hours = 99, minutes = 99] = time.text.split(':').map(Number);
  if (minutes < 60 && (hours < 24 || (hours === 24 && minutes === 0))) return hours * 60 + minutes;
  report('impossible-date', time.span, `${time.text} is not a time of day`, 'write a time between 00:00 and 23:59');
  return undefined;
}

/** A decimal text times a factor, exactly; undefined if it is finer than one. */
export function inBaseUnits(decimal: string, factor: number): bigint | undefined {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const product = BigInt(whole + fraction) * BigInt(factor);
  const divisor = 10n ** BigInt(fraction.length);
  return product % divisor === 0n ? product / divisor : undefined;
}

function scaled(decimal: string, factor: number, at: Span, report: Report): number | undefined {
  const value = inBaseUnits(decimal, factor);
  if (value === undefined) {
    report(
      'too-fine',
      at,
      `${decimal} is finer than the smallest unit counted`,
      'write fewer decimals, or a smaller unit',
    );
    return undefined;
  }
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  report('too-large', at, `${decimal} is too large to be counted exactly`, 'write a smaller amount');
  return undefined;
}
