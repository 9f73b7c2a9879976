/** Numbers, amounts, dates and quantities as the reader's locale writes them. */
import { builtInServices } from '../engine/vocabulary.ts';

/** Undefined is the reader's own locale, as the browser states it; tests name one. */
export type Locale = string | undefined;

/** An amount as decimal text in a currency, to that currency's minor unit; never through a binary number. */
export function formatMoney(amount: string, currency: string, locale?: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount as Intl.StringNumericLiteral);
}

/** A difference of amounts: always with its sign, zero without. */
export function formatMoneyChange(amount: string, currency: string, locale?: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency, signDisplay: 'exceptZero' }).format(
    amount as Intl.StringNumericLiteral,
  );
}

export function formatCount(count: number, locale?: Locale): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** At most `digits` decimals; used for rates and for percentages the server has computed. */
export function formatDecimal(value: number | string, digits = 1, locale?: Locale): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(
    value as number | Intl.StringNumericLiteral,
  );
}

/** A percentage as the server computed it (99.41 is 99.41 %), at most `digits` decimals. */
export function formatPercent(percent: number | string, digits = 2, locale?: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'percent', maximumFractionDigits: digits }).format(
    percent as number | Intl.StringNumericLiteral,
  );
}

/** An ISO date ("2026-05-01"), which has no zone, as a date. */
export function formatDate(iso: string, locale?: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${iso.slice(0, 10)}T00:00:00Z`),
  );
}

/** `2026-06` as the reader's locale names the month. */
export function formatMonth(month: string, locale?: Locale): string {
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
}

/** Day and month of an instant in UTC, for where a year has no room. */
export function formatDay(instant: string, locale?: Locale): string {
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(instant));
}

/** Half-open [from, until) as people say it: first and last day. */
export function formatPeriod(from: string, until: string, locale?: Locale): string {
  const start = new Date(`${from}T00:00:00Z`);
  const last = new Date(Date.parse(`${until}T00:00:00Z`) - 86_400_000);
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(start, last);
}

/** An instant, ISO or epoch milliseconds, in the reader's zone. */
export function formatInstant(instant: string | number, locale?: Locale, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone && { timeZone }),
  }).format(new Date(instant));
}

/** The name of the reader's zone at an instant, as the reader's locale knows it: UTC, CEST, GMT+2. */
export function zoneName(instant: string | number, locale?: Locale, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short', ...(timeZone && { timeZone }) }).formatToParts(
    new Date(instant),
  );
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

/** Time left of a step, in the largest two units that matter. */
export function formatDuration(seconds: number, locale?: Locale): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: readonly [number, string][] = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ];
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return (shown.length > 0 ? shown : [[0, 'second'] as const])
    .map(([count, unit]) => withUnit(count, unit, 0, locale))
    .join(' ');
}

/**
 * A quantity in its service's base unit (milliseconds, bytes, messages) in the unit people use for it. A service that
 * is not built in is shown as a plain number: the page does not know its measure.
 */
export function formatQuantity(quantity: number, service: string, locale?: Locale): string {
  const measure = builtInServices.find((known) => known.name === service)?.measure;
  if (measure === 'duration') return withUnit(quantity / 60_000, 'minute', 1, locale);
  if (measure === 'messages') return `${formatCount(quantity, locale)} ${quantity === 1 ? 'message' : 'messages'}`;
  if (measure !== 'data') return formatCount(quantity, locale);
  const scale = quantity >= 1e9 ? 1e9 : quantity >= 1e6 ? 1e6 : 1e3;
  return withUnit(quantity / scale, scale === 1e9 ? 'gigabyte' : scale === 1e6 ? 'megabyte' : 'kilobyte', 2, locale);
}

function withUnit(value: number, unit: string, digits: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value);
}
