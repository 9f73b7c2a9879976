/** The cells of a table as facts hold them: in base units, by the unit that the first line gives the column. */
import type { FactType } from '../../engine/rule-set.ts';
import { isAmountType } from '../check/amounts.ts';
import {
  dateToBase,
  inBaseUnits,
  isDate,
  moneyToBase,
  percentToBase,
  quantityToBase,
  timeToBase,
} from '../check/quantities.ts';
import type { Report } from '../diagnostic.ts';
import { isUnit, units } from '../syntax/keywords.ts';
import type { Value } from '../syntax/tree.ts';

/** A column as the first line declares it: `limit (GB)`, `price (EUR)`, `share (%)`, `since (date)`, or just a name. */
export interface HeaderColumn {
  readonly name: string;
  readonly unit?: string;
  /** What the unit measures; none if it is no unit. */
  readonly type?: FactType;
}

export function readHeader(cells: readonly string[]): readonly HeaderColumn[] {
  return cells.map((cell) => {
    const [, name = cell, unit] = /^(.*?)\s*\(([^()]*)\)$/.exec(cell) ?? [];
    const type = unit === undefined ? undefined : typeOfUnit(unit);
    return { name, ...(unit !== undefined && { unit }), ...(type && { type }) };
  });
}

/** The units a person may write in the first line. */
export const headerUnits = 'a unit (min, GB, messages), a currency (EUR), %, date, time, yes/no or text';

function typeOfUnit(unit: string): FactType | undefined {
  if (unit === '%') return { kind: 'percent' };
  if (/^[A-Z]{3}$/.test(unit)) return { kind: 'money' };
  if (unit === 'date' || unit === 'time' || unit === 'text' || unit === 'phone' || unit === 'network')
    return { kind: unit };
  if (unit === 'yes/no') return { kind: 'boolean' };
  if (!isUnit(unit)) return undefined;
  const { measures } = units[unit];
  return measures === 'months' || measures === 'cycles' ? undefined : { kind: measures };
}

/**
 * A cell in base units: `2.5` in a column in GB is 2500000000. Without a unit of the column an amount is a whole number of
 * base units already. Undefined if the cell is no such amount, or finer than the smallest unit.
 */
export function cellToBase(cell: string, type: FactType, unit: string | undefined): string | undefined {
  switch (type.kind) {
    case 'money':
      return scaled(cell, unit === undefined ? 1 : 1_000_000);
    case 'percent':
      return scaled(cell, unit === undefined ? 1 : 10_000);
    case 'duration':
    case 'data':
    case 'count':
      return scaled(cell, unit !== undefined && isUnit(unit) ? units[unit].size : 1);
    case 'date':
      return dayOf(cell) ?? (unit === undefined ? scaled(cell, 1) : undefined);
    case 'time':
      return minuteOf(cell) ?? (unit === undefined ? scaled(cell, 1) : undefined);
    case 'instant':
      return scaled(cell, 1);
    default:
      return cell;
  }
}

/** A value of the rule text as a cell in base units; undefined if it is none of the type, or has been reported. */
export function valueToCell(value: Value, type: FactType, report: Report): string | undefined {
  const base = valueToBase(value, type, report);
  if (base !== undefined) return String(base);
  return 'text' in value && !isAmountType(type) ? value.text : undefined;
}

function valueToBase(value: Value, type: FactType, report: Report): number | undefined {
  if (value.kind === 'money' && type.kind === 'money') return moneyToBase(value, report);
  if (value.kind === 'percentage' && type.kind === 'percent') return percentToBase(value, report);
  if (value.kind === 'date' && type.kind === 'date') return dateToBase(value, report);
  if (value.kind === 'time' && type.kind === 'time') return timeToBase(value, report);
  if (value.kind !== 'quantity') return undefined;
  const unit = value.unit?.text;
  const measures = unit !== undefined && isUnit(unit) ? units[unit].measures : 'count';
  return measures === type.kind ? quantityToBase(value, report) : undefined;
}

/** Whether a cell is of the type; an amount is in base units. */
export function fits(cell: string, type: FactType): boolean {
  if (type.kind === 'enum') return type.values.includes(cell);
  if (type.kind === 'boolean') return ['yes', 'no', 'true', 'false'].includes(cell);
  return !isAmountType(type) || (cell !== '' && Number.isSafeInteger(Number(cell)));
}

/** How to write a cell of the type; `unit` is that of its column. */
export function remedyFor(type: FactType, unit: string | undefined): string {
  if (type.kind === 'enum') return 'correct the cell, or add the value to the `column` clause';
  if (type.kind === 'boolean') return 'write yes or no';
  if (type.kind === 'date') return 'write a day that exists, as year-month-day';
  if (type.kind === 'time') return 'write a time of day, such as 20:00';
  return unit === undefined
    ? 'give the column a unit in the first line, such as `limit (GB)`, or write whole numbers of the smallest units'
    : `write a number of ${unit}, no finer than the smallest unit counted`;
}

/** Whether a cell is a day that exists, as year-month-day. */
export function isDay(cell: string): boolean {
  return dayOf(cell) !== undefined;
}

function scaled(decimal: string, factor: number): string | undefined {
  const [, sign = '', amount] = /^(-?)(\d+(?:\.\d+)?)$/.exec(decimal) ?? [];
  const value = amount === undefined ? undefined : inBaseUnits(amount, factor);
  if (value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return value === 0n ? '0' : `${sign}${value}`;
}

function dayOf(cell: string): string | undefined {
  return isDate(cell) ? String(Date.parse(`${cell}T00:00:00Z`) / 86_400_000) : undefined;
}

function minuteOf(cell: string): string | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(cell) ?? [];
  return Number(hours) < 24 && Number(minutes) < 60 ? String(Number(hours) * 60 + Number(minutes)) : undefined;
}
