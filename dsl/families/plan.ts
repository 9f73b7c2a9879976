/** Plans: fees, allowances and rates that belong together. */
import type { RoundingMode } from '../../engine/outcomes.ts';
import type { Plan } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { isCurrency } from '../check/currencies.ts';
import { dateToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import { invoiceAtOf } from './invoice-at.ts';
import { firstDayOf, lockOf, periodOf } from './periods.ts';
import { blocksOf, hasBase, type Naming } from './plan-blocks.ts';
import { policiesOf, withPolicies } from './policies.ts';
import { prepaidOf } from './prepaid.ts';
import { roundings } from './price-terms.ts';
import type { RuleDraft } from './rule.ts';
import { clauseOf } from './shapes.ts';
import { lowerTerms } from './terms.ts';

export interface CompiledPlan {
  readonly plan: Plan;
  readonly rules: readonly RuleDraft[];
}

/** One version of a plan. `id` is the plan's name, followed by `@` and its first day for all but the first version. */
export function compilePlan(placed: Placed<PlanSentence>, id: string, book: Book): CompiledPlan | undefined {
  const { sentence, report } = placed;
  if (!hasBase(placed, book)) return undefined;
  const terms = checkTerms(placed, book);
  const period = periodOf(clauseOf(sentence.clauses, 'dates'), report);
  if (!period || !terms) return undefined;
  const subscriptionsFrom = clauseOf(sentence.clauses, 'subscriptions from')?.from;
  const lock = lockOf(sentence);
  if (lock && !lock.until) {
    report('unfinished', lock.span, 'nothing says until when', 'add the day: `price locked until 2027-01-01`');
    return undefined;
  }
  if ([subscriptionsFrom, lock?.until].some((day) => day && dateToBase(day, report) === undefined)) return undefined;
  const scene: Scene = { book, report, scope: 'portion', billed: true, stage: 'rating', currency: terms.currency };
  const former = formerName(sentence.name.text, book);
  const naming: Naming = {
    id,
    ...(former !== undefined && { former: id.replace(sentence.name.text, former) }),
    mayFallThrough: false,
  };
  const prepaid = prepaidOf(placed, book);
  if (prepaid === 'refused') return undefined;
  const invoiceAt = invoiceAtOf(placed, book, scene);
  if (invoiceAt === 'refused') return undefined;
  const policies = policiesOf(placed, book);
  if (policies === 'refused') return undefined;
  const lowered = lowerTerms(blocksOf(placed, book), naming, terms.currency, scene);
  const plan: Plan = {
    id: sentence.name.text,
    title: sentence.title?.text ?? sentence.name.text,
    ...terms,
    from: firstDayOf(sentence) ?? '1970-01-01',
    ...(period.until && { until: period.until.text }),
    ...(subscriptionsFrom && { subscriptionsFrom: subscriptionsFrom.text }),
    ...(lock?.until && { lockedUntil: lock.until.text }),
    ...(former !== undefined && { renamedFrom: former }),
    ...(prepaid && { prepaid }),
    ...(invoiceAt && { invoiceAt }),
    ...(Object.keys(policies).length > 0 && { policies }),
    ...(isRatedByPart(sentence, book) && { sessions: 'by part' as const }),
    ...lowered.terms,
    at: placed.locate(sentence.span),
  };
  return { plan, rules: withPolicies(lowered.rules, policies, book) };
}

/** Said by the plan, or by one that it is like. */
function isRatedByPart({ clauses, like }: PlanSentence, book: Book): boolean {
  const said = clauseOf(clauses, 'sessions');
  if (said) return said.by === 'part';
  const base = like && book.plans.get(like.text)?.at(-1);
  return base !== undefined && isRatedByPart(base.sentence, book);
}

/** A plan that was renamed was so in all its versions. */
function formerName(name: string, book: Book): string | undefined {
  for (const version of book.plans.get(name) ?? []) {
    const [first] = version.sentence.clauses.filter(
      ({ kind }) =>
        !['dates', 'lock', 'subscriptions from', 'prepaid', 'invoice at', 'policy', 'sessions'].includes(kind),
    );
    if (first?.kind === 'renamed') return first.former.text;
  }
  return undefined;
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
