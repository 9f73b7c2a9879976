/** What all families share: a compiled rule before it is ranked, dates, plans. */
import type { Outcome } from '../../engine/outcomes.ts';
import type { Condition, Family, Policy, Scope, SourceLocation, TopCondition } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { noteFact } from '../check/facts-read.ts';
import { nearest } from '../check/nearest.ts';
import { dateToBase } from '../check/quantities.ts';
import type { Report } from '../diagnostic.ts';
import type { Clause } from '../syntax/clauses.ts';
import type { ContentSentence, RuleSentence } from '../syntax/sentences.ts';
import type { Literal, Node, Word } from '../syntax/tree.ts';
import { checkPeriod, periodOf } from './periods.ts';
import { clauseOf } from './shapes.ts';

/** A rule and the decision set it belongs to; its rank is its position among the rules of that set. */
export interface RuleDraft {
  readonly set: string;
  readonly family: Family;
  readonly policy: Policy;
  readonly scope: Scope;
  readonly name: string;
  readonly title?: string;
  /** The id it had before it was renamed. */
  readonly renamedFrom?: string;
  readonly at: SourceLocation;
  readonly conditions: TopCondition;
  readonly otherwise: boolean;
  readonly outcome: Outcome;
  readonly origin: Origin;
}

/** Where diagnostics about a rule point. */
export interface Origin {
  readonly node: Node;
  readonly report: Report;
  /** What the alternatives stand in that it is one of; the rule itself if there is nothing. */
  readonly whole?: Node;
  /** All alternatives could be read and compiled: what is not there is missing. */
  readonly isWhole?: boolean;
}

/** Rules by the set in which they are decided together, in the order of the text. */
export function bySet(rules: readonly RuleDraft[]): ReadonlyMap<string, readonly RuleDraft[]> {
  const sets = new Map<string, RuleDraft[]>();
  for (const rule of rules) {
    const set = sets.get(rule.set);
    if (set) set.push(rule);
    else sets.set(rule.set, [rule]);
  }
  return sets;
}

/** The parts of a draft that come from the sentence. */
export function draftOf(
  placed: Placed<RuleSentence | ContentSentence>,
): Pick<RuleDraft, 'name' | 'title' | 'renamedFrom' | 'at' | 'otherwise' | 'origin'> {
  const { name, kind, clauses } = placed.sentence;
  const title = 'title' in placed.sentence ? placed.sentence.title : undefined;
  const renamed = clauseOf(clauses, 'renamed');
  return {
    name: `${kind}.${name.text}`,
    ...(title && { title: title.text }),
    ...(renamed && { renamedFrom: `${kind}.${renamed.former.text}` }),
    at: placed.locate(placed.sentence.span),
    otherwise: false,
    origin: { node: name, report: placed.report },
  };
}

/** What `from … until` and `for plan …` demand, as ordinary conditions. Undefined if something has been reported. */
export function circumstances(
  clauses: readonly Clause[],
  placed: Placed,
  book: Book,
): readonly Condition[] | undefined {
  const { report } = placed;
  const dates = periodOf(clauseOf(clauses, 'dates'), report);
  const plans = clauseOf(clauses, 'for plans');
  const named = plans?.plans.map((plan) => knownPlan(plan, book, report)) ?? [];
  const accepted = plans?.accepted && checkPeriod(plans.accepted, report);
  if (!dates || named.includes(undefined) || (plans?.accepted && !accepted)) return undefined;
  const conditions: Condition[] = [];
  if (named.length === 1) conditions.push({ fact: 'subscription.plan', operator: 'equal', value: named[0]! });
  if (named.length > 1)
    conditions.push({ fact: 'subscription.plan', operator: 'in', value: (named as string[]).sort() });
  if (plans?.accepted)
    conditions.push(...between('subscription.accepted_on', plans.accepted, (date) => dateToBase(date, report) ?? 0));
  // The day that the account's clocks show: midnight is elsewhere in Lisbon than in Helsinki.
  conditions.push(...between('date', dates, (date) => dateToBase(date, report) ?? 0));
  for (const condition of conditions) if ('fact' in condition) noteFact(condition.fact, { book });
  return conditions;
}

export function knownPlan(plan: Word, book: Book, report: Report): string | undefined {
  if (book.plans.has(plan.text)) return plan.text;
  const guess = nearest(plan.text, book.plans.keys());
  report(
    'unknown-plan',
    plan.span,
    `there is no plan \`${plan.text}\``,
    guess ? `did you mean \`${guess}\`?` : 'describe it with a `plan` sentence',
  );
  return undefined;
}

export function knownFee(fee: Word, book: Book, report: Report): string | undefined {
  const { fees } = book;
  if (fees.has(fee.text)) return fee.text;
  const guess = nearest(fee.text, fees.keys());
  report(
    'unknown-fee',
    fee.span,
    `no plan has a fee "${fee.text}"`,
    guess ? `did you mean "${guess}"?` : 'write the fee as its plan names it',
  );
  return undefined;
}

function between(
  fact: string,
  period: { readonly from?: Literal; readonly until?: Literal },
  toBase: (date: Literal) => number,
): Condition[] {
  return [
    ...(period.from ? [{ fact, operator: 'greaterThanInclusive' as const, value: toBase(period.from) }] : []),
    ...(period.until ? [{ fact, operator: 'lessThan' as const, value: toBase(period.until) }] : []),
  ];
}
