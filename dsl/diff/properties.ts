/**
 * What a rule brings about, and what plans and tables consist of, as labelled words: `price` is `0.05 EUR per min`.
 *
 * It goes by the names of the properties, so that what a family gains later is told as well, only less elegantly.
 */
import type { ScheduleStep, Send } from '../../engine/outcomes.ts';
import type { FactType } from '../../engine/rule-set.ts';
import { amountInWords } from '../check/quantities.ts';
import { actionsInWords, sendInWords, stepInWords } from './messages.ts';

/** In which the numbers below are. */
export interface Units {
  readonly measure?: FactType['kind'];
  readonly currency?: string;
  /** Bounds of tiers are numbers of events. */
  readonly countsEvents?: boolean;
}

export type Property = readonly [label: string, words: string];

/** Every property with a value of its own, in the order of the object. Empty lists say nothing. */
export function propertiesOf(value: object, outer: Units, label = ''): readonly Property[] {
  const units = 'counts' in value && value.counts === 'events' ? { ...outer, countsEvents: true } : outer;
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = labelOf(key);
    return describe(inner, [label, name].filter(Boolean).join(' '), key, units);
  });
}

function describe(value: unknown, label: string, key: string, units: Units): readonly Property[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return describeList(value, label, key, units);
  if (typeof value !== 'object') return [[label, inUnits(value as string | number | boolean, key, units)]];
  const whole = asOne(value as Readonly<Record<string, unknown>>, units);
  return whole === undefined ? propertiesOf(value, units, label) : [[label, whole]];
}

function describeList(list: readonly unknown[], label: string, key: string, units: Units): readonly Property[] {
  if (list.length === 0) return [];
  // A sentence with facts in it.
  if (key === 'because') return [[label, `"${list.map(sentencePart).join('')}"`]];
  if (key === 'steps')
    return (list as readonly ScheduleStep[]).map((step) => [`step ${stepInWords(step)}`, actionsInWords(step)]);
  if (key === 'sends') return (list as readonly Send[]).map((send) => [`message "${send.message}"`, sendInWords(send)]);
  if (list.every((item) => typeof item !== 'object' || item === null)) return [[label, list.join(', ')]];
  return list.flatMap((item, index) => describe(item, `${label} ${index + 1}`, key, units));
}

function sentencePart(part: unknown): string {
  return typeof part === 'string' ? part : `{${(part as { readonly fact: string }).fact}}`;
}

/** What people read as one thing: a price, an amount of money, a share, a tier. */
function asOne(value: Readonly<Record<string, unknown>>, units: Units): string | undefined {
  const { kind, amount, per, price, currency, percent } = value;
  if (typeof amount === 'string' && typeof per === 'number') return unitPrice(amount, per, units);
  if (typeof price === 'object' && price !== null && (kind === 'flat' || kind === 'package')) {
    const { amount: each, per: block } = price as { readonly amount: string; readonly per: number };
    if (typeof each === 'string' && typeof block === 'number') return unitPrice(each, block, units, kind === 'package');
  }
  if (typeof amount === 'string' && kind === 'per event') return `${amount} ${units.currency ?? ''} per event`;
  if (typeof percent === 'string' && kind === 'percentage') return `${percent}% of event.value`;
  if (typeof value.mode === 'string' && typeof value.per === 'string') return `${value.mode}, for each ${value.per}`;
  if (typeof value.mode === 'string' && typeof value.decimals === 'number')
    return `${value.mode} to ${value.decimals} decimals`;
  if (typeof amount === 'string' && typeof currency === 'string' && onlyHas(value, 'kind', 'amount', 'currency'))
    return `${amount} ${currency}`;
  if (typeof percent === 'string' && onlyHas(value, 'kind', 'percent')) return `${percent}%`;
  if (typeof percent === 'string' && onlyHas(value, 'size', 'percent'))
    return value.size === undefined ? `${percent}% of the rest` : `${percent}% of ${value.size}`;
  if (typeof kind === 'string' && onlyHas(value, 'kind')) return kind;
  if (typeof kind === 'string' && onlyHas(value, 'kind', 'name')) return `${kind} "${value.name}"`;
  if (typeof kind === 'string' && onlyHas(value, 'kind', 'service')) return `${value.service} charges`;
  return undefined;
}

function onlyHas(value: object, ...keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}

function unitPrice(amount: string, per: number, { measure, currency }: Units, started = false): string {
  const block = measure === 'count' ? `${per} messages` : amountInWords(per, measure);
  const unit = block.replace(/^1 (?=\w)/, '').replace(/^(message)s$/, '$1');
  return `${amount}${currency ? ` ${currency}` : ''} per ${started ? 'started ' : ''}${unit}`;
}

function inUnits(value: string | number | boolean, key: string, units: Units): string {
  const { measure, currency } = units;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') {
    if (/percent$/i.test(key)) return `${value}%`;
    return /^\d+(\.\d+)?$/.test(value) && currency ? `${value} ${currency}` : value;
  }
  if (/days$/i.test(key)) return `${value} days`;
  if (/cycles/i.test(key)) return `${value} ${value === 1 ? 'cycle' : 'cycles'}`;
  if (/months/i.test(key)) return `${value} ${value === 1 ? 'month' : 'months'}`;
  if (key === 'from' || key === 'until') return clock(value);
  if (key === 'upTo' && units.countsEvents) return `${value} events`;
  if (measured.test(key) && measure === 'money') return `${amountInWords(value, measure)} ${currency ?? ''}`;
  return measured.test(key) && measure ? amountInWords(value, measure) : String(value);
}

/** Properties that count what the service is measured in. */
const measured = /^(upTo|rolloverAtMost|first|next|quantity|atMost|perMember|minimum|maximum)/;

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `setUpFee` is read `set-up fee`. */
function labelOf(key: string): string {
  return labels[key] ?? key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const labels: Readonly<Record<string, string>> = {
  setUpFee: 'set-up fee',
  setUpIfCharged: 'set-up fee only if charged',
  flatFee: 'fee per cycle',
  minimum: 'at least per event',
  maximum: 'at most per event',
  rounded: 'rounded per event',
  countsCovered: 'counts what is included',
  perAccount: 'counts all lines of the account',
  off: 'taken off',
  cap: 'at most',
  cyclesFromAcceptance: 'from acceptance, for',
  monthsFromAcceptance: 'from acceptance, for',
  ofAccount: 'taken off the whole account',
  everyMonths: 'every',
  partCycle: 'in a part cycle',
  boundIn: 'at a bound',
  firstFeeDue: 'first fee per cycle due',
  policies: 'policy',
  cancellationDay: 'on the day of a cancellation',
  planChangeDay: 'on the day of a plan change',
  tierBound: 'at the bound of a tier',
  firstTierFee: 'on the fee of the first tier',
  lateUsage: 'on late usage',
  withinCycles: 'within',
  subscriptionsFrom: 'for subscriptions from',
  lockedUntil: 'price locked until',
  atMostPerMember: 'at most per member',
  rolloverAtMost: 'rolls over at most',
  rolloverCycles: 'rolls over',
  atEnd: 'when credit ends',
  level: 'level charged',
  invoiceAt: 'invoice in mid-cycle',
  oncePer: 'once per',
  perCustomer: 'times per customer',
  inTotal: 'times in total',
  validDays: 'valid for',
  because: 'evidence',
};
