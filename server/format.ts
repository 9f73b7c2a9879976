import type { ServiceDefinition } from '../engine/rule-set.ts';

/** How numbers and dates are written for a reader; amounts stay texts, so that no float comes between. */
export interface Format {
  readonly money: (amount: string, currency: string) => string;
  readonly date: (iso: string) => string;
  readonly percent: (percent: string) => string;
  /** A number with all its digits. */
  readonly decimal: (text: string) => string;
  /** ISO 3166 alpha-2. */
  readonly country: (code: string) => string;
  readonly quantity: (quantity: number, measure: ServiceDefinition['measure'], currency: string) => string;
}

/** @param language ISO 639 code, e.g. `de`. */
export function formatFor(language: string): Format {
  const known = formats.get(language);
  if (known) return known;
  const made = makeFormat(language);
  formats.set(language, made);
  return made;
}

/** Intl objects cost more to make than to use. */
const formats = new Map<string, Format>();

function makeFormat(language: string): Format {
  const currencies = new Map<string, Intl.NumberFormat>();
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
  const exact = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });
  const money = (amount: string, currency: string) => {
    const format = currencies.get(currency) ?? new Intl.NumberFormat(language, { style: 'currency', currency });
    currencies.set(currency, format);
    return format.format(amount as Intl.StringNumericLiteral);
  };
  const quantity: Format['quantity'] = (value, measure, currency) => {
    if (measure === 'value')
      return money(`${Math.floor(value / 1_000_000)}.${String(value % 1_000_000).padStart(6, '0')}`, currency);
    if (measure === 'messages' || measure === 'units') return number.format(value);
    if (measure === 'data')
      return value >= 1e9 ? `${number.format(value / 1e9)} GB` : `${number.format(value / 1e6)} MB`;
    const seconds = Math.floor(value / 1000);
    return `${number.format(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')} min`;
  };
  const countries = new Intl.DisplayNames(language, { type: 'region' });
  return {
    money,
    quantity,
    country: (code) => countries.of(code) ?? code,
    date: (iso) => date.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)),
    decimal: (text) => exact.format(text as Intl.StringNumericLiteral),
    percent: (percent) => `${number.format(percent as Intl.StringNumericLiteral)} %`,
  };
}
