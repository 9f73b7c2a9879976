/** Tests: what is given and what is expected, in base units; `engine/scenario.ts` runs them. */

import { DateTime } from 'luxon';
import type { Expectation, TestCase, TestSetting } from '../../engine/test-case.ts';
import type { Book, Placed } from '../check/book.ts';
import { isCurrency } from '../check/currencies.ts';
import { nearest } from '../check/nearest.ts';
import { instantToBase } from '../check/zones.ts';
import type { ExpectClause, GivenItem } from '../syntax/clauses.ts';
import type { Money, TestSentence, Word } from '../syntax/tree.ts';
import { knownMessage, knownRecipient } from './engagement.ts';
import { knownService } from './rule.ts';
import { clausesOf } from './shapes.ts';
import { lowerSetting } from './test-given.ts';

export function compileTest(
  placed: Placed<TestSentence>,
  book: Book,
  ruleNames: ReadonlySet<string>,
): TestCase | undefined {
  const { sentence } = placed;
  const items: GivenItem[] = clausesOf(sentence.clauses, 'given').flatMap((clause) => clause.items);
  const given = lowerSetting(items, placed, book);
  const expect = clausesOf(sentence.clauses, 'expect').map((clause) =>
    lowerExpectation(clause, given, placed, book, ruleNames),
  );
  if (!given || expect.includes(undefined)) return undefined;
  return { name: sentence.name.text, at: placed.locate(sentence.span), given, expect: expect as Expectation[] };
}

function lowerExpectation(
  { outcome, no, span }: ExpectClause,
  given: TestSetting | undefined,
  placed: Placed,
  book: Book,
  ruleNames: ReadonlySet<string>,
): Expectation | undefined {
  const base = { at: placed.locate(span), ...(no && { no: true as const }) };
  if ('amount' in outcome && outcome.amount && !inCurrency(outcome.amount, given, placed, book)) return undefined;
  const rule = (written: Word | undefined, family: string) => {
    if (!written) return {};
    const name = [written.text, `${family}.${written.text}`].find((candidate) => ruleNames.has(candidate));
    if (name === undefined) unknownRule(written, family, placed, ruleNames);
    return name === undefined ? undefined : { rule: name };
  };
  switch (outcome.kind) {
    case 'price':
    case 'charge':
    case 'tax': {
      const by = rule(outcome.rule, 'tax');
      const amount = outcome.amount && { amount: outcome.amount.amount };
      if (!by) return undefined;
      if (outcome.kind === 'tax') return { ...base, kind: 'tax', ...amount, ...by };
      if (!amount) {
        placed.report('unfinished', span, 'nothing says which amount is expected', 'add the amount, such as 0.03 EUR');
        return undefined;
      }
      if (outcome.kind === 'price') return { ...base, kind: 'price', ...amount, ...by };
      const service = outcome.allowanceOf && knownService(outcome.allowanceOf, book, placed.report);
      if (outcome.allowanceOf && service === undefined) return undefined;
      return { ...base, kind: 'charge', ...amount, ...by, ...(service !== undefined && { allowanceOf: service }) };
    }
    case 'invoice total':
      return { ...base, kind: 'invoice total', amount: outcome.amount.amount };
    case 'line':
      return {
        ...base,
        kind: 'line',
        title: outcome.title.text,
        ...(outcome.amount && { amount: outcome.amount.amount }),
      };
    case 'discount': {
      const by = rule(outcome.rule, 'discount');
      return by?.rule === undefined
        ? undefined
        : { ...base, kind: 'discount', rule: by.rule, ...(outcome.amount && { amount: outcome.amount.amount }) };
    }
    case 'anomaly':
    case 'voucher': {
      const by = rule(outcome.rule, outcome.kind === 'voucher' ? 'offer' : 'anomaly');
      return by && { ...base, kind: outcome.kind, ...by };
    }
    case 'message': {
      const message = outcome.message && knownMessage(outcome.message, book, placed.report);
      const to = outcome.to && knownRecipient(outcome.to, book, placed.report);
      const zone = given?.zone ?? book.zone;
      const due = outcome.due && instantToBase(outcome.due, zone, placed.report);
      if (
        (outcome.message && message === undefined) ||
        (outcome.to && to === undefined) ||
        (outcome.due && due === undefined)
      )
        return undefined;
      const dueAt =
        due === undefined ? {} : { dueAt: DateTime.fromMillis(due, { zone }).toFormat("yyyy-MM-dd'T'HH:mm") };
      return {
        ...base,
        kind: 'message',
        ...(message !== undefined && { message }),
        ...(to !== undefined && { to }),
        ...dueAt,
      };
    }
  }
}

function inCurrency({ currency }: Money, given: TestSetting | undefined, { report }: Placed, book: Book): boolean {
  const plan = given?.plan === undefined ? undefined : book.plans.get(given.plan)?.[0]?.sentence.currency?.text;
  if (isCurrency(currency.text) && (plan === undefined || plan === currency.text)) return true;
  report(
    'mixed-currency',
    currency.span,
    `${currency.text} is not the currency of the bill`,
    plan === undefined ? 'write the code of a currency, such as EUR' : `write the amount in ${plan}`,
  );
  return false;
}

function unknownRule(written: Word, family: string, { report }: Placed, ruleNames: ReadonlySet<string>): void {
  const names = [...ruleNames].flatMap((name) =>
    name.startsWith(`${family}.`) ? [name, name.slice(family.length + 1)] : [name],
  );
  const guess = nearest(written.text, names);
  report(
    'unknown-rule',
    written.span,
    `there is no rule \`${written.text}\``,
    guess ? `did you mean \`${guess}\`?` : 'write the id of a rule: plan.service.row, or the name in its first line',
  );
}
