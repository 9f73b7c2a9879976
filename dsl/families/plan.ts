/** Plans: fees, allowances and rates that belong together. */
import type { RoundingMode } from '../../engine/outcomes.ts';
import type { Fee, Plan } from '../../engine/rule-set.ts';
import { checkCurrency } from '../check/amounts.ts';
import type { Book, Placed } from '../check/book.ts';
import { isCurrency } from '../check/currencies.ts';
import { factsIn } from '../check/facts-read.ts';
import { nearest } from '../check/nearest.ts';
import { moneyToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import type { Word } from '../syntax/tree.ts';
import { type AllowanceDraft, allowanceRule } from './allowance.ts';
import { type AllowanceBlock, blocksOf, type FeeBlock, hasBase, type RateBlock } from './plan-blocks.ts';
import { roundings } from './price-terms.ts';
import { compileRate } from './rate.ts';
import { feeSlug } from './row-name.ts';
import { checkPeriod, type RuleDraft } from './rule.ts';
import { clauseOf } from './shapes.ts';

export interface CompiledPlan {
  readonly plan: Plan;
  readonly rules: readonly RuleDraft[];
}

/** One version of a plan. `id` is the plan's name, followed by `@` and its first day for all but the first version. */
export function compilePlan(placed: Placed<PlanSentence>, id: string, book: Book): CompiledPlan | undefined {
  const { sentence, report } = placed;
  if (!hasBase(placed, book)) return undefined;
  const terms = checkTerms(placed, book);
  const dates = clauseOf(sentence.clauses, 'dates');
  if (!checkPeriod(dates ?? {}, report) || !terms) return undefined;
  const scene: Scene = { book, report, scope: 'portion', billed: true, stage: 'rating', currency: terms.currency };
  const blocks = blocksOf(placed, book);
  const fees = blocks
    .filter((block): block is FeeBlock => block.kind === 'fee')
    .map((block) => lowerFee(block, id, scene));
  const allowances = blocks
    .filter((block): block is AllowanceBlock => block.kind === 'allowance')
    .flatMap((block) => allowanceRule(block, id, scene) ?? []);
  const rates = blocks.filter((block): block is RateBlock => block.kind === 'rate');
  const rateRules = rates.flatMap((block, index) => {
    const rows = compileRate(block, id, terms.currency, scene);
    // A second rate for one service has been reported.
    return rates.findIndex(({ key }) => key === block.key) === index ? rows : [];
  });
  const plan: Plan = {
    id: sentence.name.text,
    title: sentence.title?.text ?? sentence.name.text,
    ...terms,
    from: dates?.from?.text ?? '1970-01-01',
    ...(dates?.until && { until: dates.until.text }),
    fees: fees.filter((fee): fee is Fee => fee !== undefined),
    // What a part cycle includes goes with what it costs.
    allowances: allowances.map(({ allowance }) =>
      fees.some((fee) => fee && fee.prorated !== 'never') ? { ...allowance, prorated: 'by day' } : allowance,
    ),
    rates: setsByService(rateRules),
    allowanceDecisions: Object.fromEntries(
      allowances.map(({ allowance, rule }: AllowanceDraft) => [allowance.service, rule.set]),
    ),
    calendars: calendarsOf([...allowances.map(({ rule }) => rule), ...rateRules], book),
    at: placed.locate(sentence.span),
  };
  return { plan, rules: [...allowances.map(({ rule }) => rule), ...rateRules] };
}

/** Currency, rounding and split: said here, or taken from the plan this one is like. There is no silent default. */
function checkTerms(
  placed: Placed<PlanSentence>,
  book: Book,
): Pick<Plan, 'currency' | 'rounding' | 'split'> | undefined {
  const { sentence, report } = placed;
  const chain: PlanSentence[] = [sentence];
  for (let base = sentence.like; base; ) {
    const next = book.plans.get(base.text)?.at(-1)?.sentence;
    if (!next) break;
    chain.push(next);
    base = next.like;
  }
  const said = <K extends 'currency' | 'rounding' | 'split'>(term: K) => chain.find((plan) => plan[term])?.[term];
  const { currency, rounding, split } = {
    currency: said('currency'),
    rounding: said('rounding'),
    split: said('split'),
  };
  if (!currency || !rounding || !split) {
    const missing = !currency
      ? 'currency (`in EUR`)'
      : !rounding
        ? 'rounding (`round half even per line`)'
        : 'way to cut usage (`split at boundaries`, or `split at start`)';
    report(
      'missing-clause',
      sentence.name.span,
      `plan \`${sentence.name.text}\` does not say its ${missing}`,
      'add it to the first line of the plan, after a comma',
    );
    return undefined;
  }
  if (!isCurrency(currency.text)) {
    report(
      'mixed-currency',
      currency.span,
      `\`${currency.text}\` is not a currency`,
      'write its code of three letters, such as EUR',
    );
    return undefined;
  }
  if (!roundings.includes(rounding.text)) {
    report(
      'unexpected-word',
      rounding.span,
      `\`${rounding.text}\` is no way to round`,
      `write one of: ${roundings.join(', ')}`,
    );
    return undefined;
  }
  const other = chain.find((plan) => plan.currency && plan.currency.text !== currency.text);
  if (other && sentence.like) {
    report(
      'mixed-currency',
      currency.span,
      `this plan is in ${currency.text}, but \`${other.name.text}\`, which it is like, is in ${other.currency?.text}`,
      'write the plan out, with prices in its own currency',
    );
    return undefined;
  }
  return { currency: currency.text, rounding: rounding.text as RoundingMode, split: split.text as Plan['split'] };
}

function lowerFee({ clause, placed }: FeeBlock, id: string, scene: Scene): Fee | undefined {
  const here = { ...scene, report: placed.report };
  if (!checkCurrency(clause.amount, here) || moneyToBase(clause.amount, placed.report) === undefined) return undefined;
  if (clause.interval === 'once' && clause.prorated) {
    placed.report(
      'unexpected-word',
      clause.prorated.span,
      'a fee that is due once has no period of which a part could be charged',
      'leave it out',
    );
    return undefined;
  }
  const { fiscalCategory } = clause;
  if (fiscalCategory && !isCategory(fiscalCategory, here)) return undefined;
  return {
    id: `${id}.fee.${feeSlug(clause.name.text)}`,
    name: clause.name.text,
    amount: clause.amount.amount,
    interval: clause.interval,
    ...(clause.due && { due: clause.due }),
    prorated: clause.prorated?.by ?? 'never',
    ...(fiscalCategory && { fiscalCategory: fiscalCategory.text }),
    at: placed.locate(clause.span),
  };
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

function setsByService(rules: readonly RuleDraft[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rules.map(({ set }) => [set.slice(set.lastIndexOf('.') + 1), set]));
}

/** Where usage is cut: at the bands that some rate or allowance of the plan reads. */
function calendarsOf(rules: readonly RuleDraft[], book: Book): readonly string[] {
  const read = rules
    .flatMap(({ conditions }) => factsIn(conditions))
    .map((fact) => book.derivations.get(fact)?.expression);
  return [
    ...new Set(read.flatMap((derivation) => (derivation?.op === 'in calendar' ? [derivation.calendar] : []))),
  ].sort();
}
