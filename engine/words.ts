/** Values in words, for evidence, explanations and the `how` of a line. */
import { formatExact, type Rational } from './money.ts';
import type { Sentence, UnitPrice } from './outcomes.ts';
import type { FactType, FactValue, ServiceDefinition } from './rule-set.ts';

/** A fact's value with its unit, for reading: 55320000000 of kind `data` is "55.32 GB". Money names its currency. */
export function valueInWords(value: FactValue, type: FactType, currency: string): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return value.join(', ');
  if (typeof value === 'string') return value;
  switch (type.kind) {
    case 'money':
      return `${trimmed(value / 1_000_000, 2)} ${currency}`;
    case 'percent':
      return `${trimmed(value / 10_000, 0)} %`;
    case 'duration':
      return roughly(value, durationUnits);
    case 'data':
      return roughly(value, dataUnits);
    case 'date':
      return new Date(value * 86_400_000).toISOString().slice(0, 10);
    case 'instant':
      return new Date(value).toISOString();
    case 'time':
      return `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
    default:
      return String(value);
  }
}

/**
 * "55 GB", "12.5 min", "3 messages", "20.00 EUR": the largest unit that keeps at most two digits after the point and four before it; else exact all
 * the same, as people read it: "34.415648805 GB", "63:07 min".
 */
export function quantityInWords(quantity: number, measure: ServiceDefinition['measure'], currency: string): string {
  if (measure === 'value') return valueInWords(quantity, { kind: 'money' }, currency);
  if (measure === 'units') return `${quantity} ${quantity === 1 ? 'unit' : 'units'}`;
  if (measure === 'messages') return `${quantity} ${quantity === 1 ? 'message' : 'messages'}`;
  const units = measure === 'duration' ? durationUnits : dataUnits;
  const short = units.find(([one]) => quantity >= one && (quantity * 100) % one === 0);
  const inClock = measure === 'duration' && quantity >= 60_000;
  if (short && (inClock ? short[0] >= 60_000 : quantity < 10_000 * short[0]))
    return `${quantity / short[0]} ${short[1]}`;
  return inClock ? inMinutes(quantity) : inDecimals(quantity, units);
}

/** Minutes and seconds, and what is left of a second: "63:07 min". */
function inMinutes(quantity: number): string {
  const [seconds = '', unit] = inDecimals(quantity % 60_000, [[1000, 'min']]).split(' ');
  const [whole = '', rest] = seconds.split('.');
  return `${Math.floor(quantity / 60_000)}:${whole.padStart(2, '0')}${rest === undefined ? '' : `.${rest}`} ${unit}`;
}

/** In the largest unit that fits, all of it: sizes are powers of ten, so that a shift of the point is exact where a division need not be. */
function inDecimals(quantity: number, units: readonly (readonly [size: number, unit: string])[]): string {
  const [size, unit] = units.find(([one]) => quantity >= one) ?? units.at(-1) ?? [1, ''];
  const rest = quantity % size;
  const decimals = String(rest)
    .padStart(String(size).length - 1, '0')
    .replace(/0+$/, '');
  return `${Math.floor(quantity / size)}${rest === 0 ? '' : `.${decimals}`} ${unit}`;
}

/** "0.05 EUR per min", "3.00 EUR per 100 MB". */
export function priceInWords(
  { amount, per }: UnitPrice,
  currency: string,
  measure: ServiceDefinition['measure'],
): string {
  const block = quantityInWords(per, measure, currency);
  return `${amount} ${currency} per ${block.startsWith('1 ') ? block.slice(2) : block}`;
}

/** A sentence of a rule with the values of its facts filled in. */
export function sentenceInWords(sentence: Sentence, inWords: (fact: string) => string): string {
  return sentence.map((part) => (typeof part === 'string' ? part : inWords(part.fact))).join('');
}

/** An exact amount as a decimal where it has one ("0.025"), otherwise as a fraction ("1/3"). */
export function amountInWords(amount: Rational): string {
  for (let digits = 0, scale = 1n; digits <= 12; digits++, scale *= 10n) {
    if ((amount.n * scale) % amount.d !== 0n) continue;
    const text = ((amount.n * scale) / amount.d)
      .toString()
      .replace('-', '')
      .padStart(digits + 1, '0');
    const whole = text.slice(0, text.length - digits);
    return `${amount.n < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}`;
  }
  return formatExact(amount);
}

/** A percentage as people write it: "7.50" becomes "7.5". */
export function decimalInWords(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const durationUnits = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
] as const;
const dataUnits = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'KB'],
  [1, 'B'],
] as const;

/** In the largest unit that fits, with two digits after the point at most: for reading, not for reckoning. */
function roughly(quantity: number, units: readonly (readonly [size: number, unit: string])[]): string {
  const [size, unit] = units.find(([one]) => quantity >= one) ?? units.at(-1) ?? [1, ''];
  return `${decimalInWords((quantity / size).toFixed(2))} ${unit}`;
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(Math.max(digits, String(value).split('.')[1]?.length ?? 0));
}
