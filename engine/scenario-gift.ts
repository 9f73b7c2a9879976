/** Whether a gift is what a test expects, and what it is in the words of its terms. */
import { compare, parseDecimal } from './money.ts';
import type { Gift, Reduction } from './outcomes.ts';
import type { ServiceDefinition } from './rule-set.ts';
import type { ExpectedGift } from './test-case.ts';
import { quantityInWords } from './words.ts';

type Detail = ExpectedGift[keyof ExpectedGift];

/** Only what the test says counts; what it says nothing about may be anything. */
export function isAsExpected(expected: ExpectedGift, gift: Gift): boolean {
  const actual = detailsOf(gift);
  return names.every((name) => expected[name] === undefined || isSame(expected[name], actual[name]));
}

/** `10%, valid 30 days, at most 5000 in total`. */
export function detailsInWords(gift: ExpectedGift | Gift, services: readonly ServiceDefinition[]): string {
  const { take, service, quantity, validDays, perCustomer, inTotal, budget, each, worth } = detailsOf(gift);
  const measure = services.find(({ name }) => name === service)?.measure;
  const parts = [
    take && (take.kind === 'percent' ? `${take.percent}%` : amountOf(take)),
    measure && `${quantityInWords(quantity ?? 0, measure, '')} of ${service}`,
    validDays !== undefined && `valid ${validDays} days`,
    perCustomer !== undefined && `at most ${perCustomer} per customer`,
    inTotal !== undefined && `at most ${inTotal} in total`,
    budget && `at most ${amountOf(budget)} in total`,
    each && `at most ${amountOf(each)} each`,
    worth && `worth ${amountOf(worth)}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'no terms' : parts.join(', ');
}

const names = [
  'take',
  'service',
  'quantity',
  'validDays',
  'perCustomer',
  'inTotal',
  'budget',
  'each',
  'worth',
] as const satisfies readonly (keyof ExpectedGift)[];

function detailsOf(gift: ExpectedGift | Gift): ExpectedGift {
  return gift;
}

/** 5.0 EUR are 5.00 EUR. */
function isSame(expected: Detail, actual: Detail): boolean {
  if (typeof expected !== 'object' || typeof actual !== 'object') return expected === actual;
  if (isPercent(expected) || isPercent(actual))
    return isPercent(expected) && isPercent(actual) && isEqual(expected.percent, actual.percent);
  return expected.currency === actual.currency && isEqual(expected.amount, actual.amount);
}

function isPercent(detail: object): detail is Extract<Reduction, { kind: 'percent' }> {
  return 'percent' in detail;
}

function isEqual(a: string, b: string): boolean {
  return compare(parseDecimal(a), parseDecimal(b)) === 0;
}

function amountOf({ amount, currency }: { readonly amount: string; readonly currency: string }): string {
  return `${amount} ${currency}`;
}
