/** What plans and contracts consist of, lowered: fees, allowances, rates, minimum spend. */
import type { Fee } from '../../engine/fee.ts';
import type { ChargeBase, MinimumSpend, Terms } from '../../engine/rule-set.ts';
import { checkCurrency } from '../check/amounts.ts';
import type { Book, Placed } from '../check/book.ts';
import { factsIn } from '../check/facts-read.ts';
import { nearest } from '../check/nearest.ts';
import { dateToBase, expectPositive, measureOf, moneyToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import { knownService } from '../check/services.ts';
import type { Report } from '../diagnostic.ts';
import type { FeeClause } from '../syntax/clauses.ts';
import type { BaseNode } from '../syntax/term-clauses.ts';
import type { Money, Word } from '../syntax/tree.ts';
import { type AllowanceDraft, allowanceRule } from './allowance.ts';
import type { AllowanceBlock, Block, FeeBlock, MinimumBlock, Naming, RateBlock } from './plan-blocks.ts';
import { compileRate } from './rate.ts';
import { feeSlug } from './row-name.ts';
import type { RuleDraft } from './rule.ts';

export interface LoweredTerms {
  readonly terms: Terms;
  readonly rules: readonly RuleDraft[];
}

export function lowerTerms(blocks: readonly Block[], naming: Naming, currency: string, scene: Scene): LoweredTerms {
  const fees = blocks
    .filter((block): block is FeeBlock => block.kind === 'fee')
    .flatMap((block) => lowerFee(block, naming, scene) ?? []);
  const allowances = blocks
    .filter((block): block is AllowanceBlock => block.kind === 'allowance')
    .flatMap((block) => allowanceRule(block, naming, scene) ?? []);
  const rates = blocks.filter((block): block is RateBlock => block.kind === 'rate');
  const rateRules = rates.flatMap((block, index) => {
    const rows = compileRate(block, naming, currency, scene);
    // A second rate for one service has been reported.
    return rates.findIndex(({ key }) => key === block.key) === index ? rows : [];
  });
  const minimums = blocks
    .filter((block): block is MinimumBlock => block.kind === 'minimum')
    .flatMap((block) => lowerMinimum(block, naming.id, scene) ?? []);
  const terms: Terms = {
    fees,
    // What a part cycle includes goes with what it costs.
    allowances: allowances.map(({ allowance }) =>
      fees.some((fee) => fee.prorated !== 'never') ? { ...allowance, prorated: 'by day' } : allowance,
    ),
    rates: setsByService(rateRules),
    allowanceDecisions: Object.fromEntries(
      allowances.map(({ allowance, rule }: AllowanceDraft) => [allowance.service, rule.set]),
    ),
    calendars: calendarsOf([...allowances.map(({ rule }) => rule), ...rateRules], scene.book),
    ...(minimums.length > 0 && { minimums }),
  };
  return { terms, rules: [...allowances.map(({ rule }) => rule), ...rateRules] };
}

/** An amount that is in the currency of the plan, and is one. */
export function isAmount(amount: Money, scene: Scene): boolean {
  if (!checkCurrency(amount, scene)) return false;
  const value = moneyToBase(amount, scene.report);
  if (value !== 0) return value !== undefined;
  scene.report('not-positive', amount.span, 'an amount of nothing changes nothing', 'write an amount above zero');
  return false;
}

/** `all charges` or the charges of a service. */
export function lowerBase(of: BaseNode, { report }: Placed, book: Book): ChargeBase | undefined {
  const more = of.ofAccount ?? of.afterDiscounts;
  if (more) {
    report(
      'unexpected-word',
      more.span,
      'what counts here are the charges of the lines, before discounts',
      'leave it out',
    );
    return undefined;
  }
  if (of.base === 'all charges') return { kind: 'all charges' };
  if (of.base === 'service') {
    const service = knownService(of.name, book, report);
    return service === undefined ? undefined : { kind: 'service', service };
  }
  report(
    'unexpected-word',
    of.span,
    'a fee does not depend on what is used, so nothing is promised of it',
    'write `all charges`, or the charges of a service: `voice charges`',
  );
  return undefined;
}

/** The last part of an id: `charges`, or the service. */
export function baseName(of: ChargeBase): string {
  return of.kind === 'service' ? of.service : 'charges';
}

function lowerFee({ clause, renamed, placed }: FeeBlock, { id, former }: Naming, scene: Scene): Fee | undefined {
  const here = { ...scene, report: placed.report };
  if (!checkCurrency(clause.amount, here) || moneyToBase(clause.amount, placed.report) === undefined) return undefined;
  const from = clause.subscriptionsFrom;
  if (from && dateToBase(from, placed.report) === undefined) return undefined;
  if (clause.interval === 'once' && clause.prorated) {
    placed.report(
      'unexpected-word',
      clause.prorated.span,
      'a fee that is due once has no period of which a part could be charged',
      'leave it out',
    );
    return undefined;
  }
  const interval = intervalOf(clause, placed.report);
  const promotion = clause.promotion && promotionOf(clause.promotion, here);
  if (!interval || (clause.promotion && !promotion)) return undefined;
  const { fiscalCategory } = clause;
  if (fiscalCategory && !isCategory(fiscalCategory, here)) return undefined;
  const suffix = from ? `-from-${from.text}` : '';
  const before = renamed?.former.text ?? clause.name.text;
  return {
    id: `${id}.fee.${feeSlug(clause.name.text)}${suffix}`,
    name: clause.name.text,
    amount: clause.amount.amount,
    ...interval,
    ...(clause.due && { due: clause.due }),
    prorated: clause.prorated?.by ?? 'never',
    ...(promotion && { promotion }),
    ...(fiscalCategory && { fiscalCategory: fiscalCategory.text }),
    ...(from && { subscriptionsFrom: from.text }),
    ...((renamed || former) && { renamedFrom: `${former ?? id}.fee.${feeSlug(before)}${suffix}` }),
    at: placed.locate(clause.span),
  };
}

/** `every 2 weeks`, in the longest interval that it is a number of. */
function intervalOf({ interval, every }: FeeClause, report: Report): Pick<Fee, 'interval' | 'every'> | undefined {
  if (!every) return { interval };
  const isMonths = measureOf(every) === 'months';
  const size = expectPositive(every, isMonths ? 'months' : 'duration', 'the period of a fee', report);
  if (size === undefined) return undefined;
  const [unit, length] = isMonths
    ? (['monthly', 1] as const)
    : size % week === 0
      ? (['weekly', week] as const)
      : (['daily', day] as const);
  const count = size / length;
  if (Number.isInteger(count)) return { interval: unit, ...(count > 1 && { every: count }) };
  report(
    'wrong-unit',
    every.span,
    'the period of a fee is whole days, weeks or months',
    'write it in days, weeks, months or years',
  );
  return undefined;
}

const day = 86_400_000;
const week = 7 * day;

function promotionOf(
  { amount, cycles }: NonNullable<FeeClause['promotion']>,
  scene: Scene,
): Fee['promotion'] | undefined {
  if (!checkCurrency(amount, scene) || moneyToBase(amount, scene.report) === undefined) return undefined;
  const count = expectPositive(cycles, 'cycles', 'a promotional price', scene.report);
  return count === undefined ? undefined : { amount: amount.amount, cycles: count };
}

function isCategory({ text, span }: Word, { book, report }: Scene): boolean {
  if (book.categories.has(text)) return true;
  const guess = nearest(text, book.categories);
  report(
    'unknown-value',
    span,
    `there is no fiscal category \`${text}\``,
    guess ? `did you mean \`${guess}\`?` : `declare it: \`declare category ${text}\``,
  );
  return false;
}

function lowerMinimum({ clause, as, placed }: MinimumBlock, id: string, scene: Scene): MinimumSpend | undefined {
  const here = { ...scene, report: placed.report };
  const of = lowerBase(clause.of, placed, scene.book);
  if (!isAmount(clause.amount, here) || !of) return undefined;
  return {
    id: `${id}.minimum.${as?.name?.text ?? baseName(of)}`,
    amount: clause.amount.amount,
    of,
    partCycle: clause.partCycle,
    title: as?.title?.text ?? (of.kind === 'service' ? `Minimum spend on ${of.service}` : 'Minimum spend'),
    at: placed.locate(clause.span),
  };
}

function setsByService(rules: readonly RuleDraft[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rules.map(({ set }) => [set.slice(set.lastIndexOf('.') + 1), set]));
}

/** Where usage is cut: at the bands that some rate or allowance reads. */
function calendarsOf(rules: readonly RuleDraft[], book: Book): readonly string[] {
  const read = rules
    .flatMap(({ conditions }) => factsIn(conditions))
    .map((fact) => book.derivations.get(fact)?.expression);
  return [
    ...new Set(read.flatMap((derivation) => (derivation?.op === 'in calendar' ? [derivation.calendar] : []))),
  ].sort();
}
