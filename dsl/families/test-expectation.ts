/** What a test expects. */
import { DateTime } from 'luxon';
import type { Expectation, TestSetting } from '../../engine/test-case.ts';
import type { Book, Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import { knownService } from '../check/services.ts';
import { instantToBase } from '../check/zones.ts';
import type { ExpectClause, ExpectedOutcome } from '../syntax/test-clauses.ts';
import type { Span, Word } from '../syntax/tree.ts';
import { eventScene, knownMessage, knownRecipient } from './engagement.ts';
import { lostInVersion } from './lost-rows.ts';
import { wholeDays } from './send.ts';
import { lowerExpectedGift } from './test-gift.ts';
import { knownLine, knownStepFee } from './test-lines.ts';

/** What an expectation is read against. */
export interface Bench {
  readonly given: TestSetting | undefined;
  readonly placed: Placed;
  readonly book: Book;
}

type AmountOutcome = Extract<ExpectedOutcome, { allowanceOf?: Word }>;
type MessageOutcome = Extract<ExpectedOutcome, { kind: 'message' }>;
type Base = Pick<Expectation, 'at' | 'no'>;

/** Undefined if something has been reported. */
export function lowerExpectation({ outcome, no, span }: ExpectClause, bench: Bench): Expectation | undefined {
  const base: Base = { at: bench.placed.locate(span), ...(no && { no: true as const }) };
  const amount = 'amount' in outcome && outcome.amount ? { amount: outcome.amount.amount } : {};
  switch (outcome.kind) {
    case 'price':
    case 'charge':
      return portion(outcome, base, span, bench);
    case 'tax': {
      const by = ruleNamed(outcome.rule, 'tax', bench);
      return by && { ...base, kind: 'tax', ...amount, ...by };
    }
    case 'invoice total':
    case 'credit left':
    case 'to pay':
      return { ...base, kind: outcome.kind, amount: outcome.amount.amount };
    case 'line': {
      const title = knownLine(outcome.title, bench.placed, bench.book);
      return title === undefined ? undefined : { ...base, kind: 'line', title, ...amount };
    }
    case 'discount':
    case 'advantage': {
      const by = ruleNamed(outcome.rule, outcome.kind, bench);
      return by && { ...base, kind: outcome.kind, ...by, ...amount };
    }
    case 'anomaly': {
      const by = ruleNamed(outcome.rule, 'anomaly', bench);
      return by && { ...base, kind: 'anomaly', ...by };
    }
    case 'offer':
    case 'voucher': {
      const by = ruleNamed(outcome.rule, 'offer', bench);
      const gives = lowerExpectedGift(outcome, eventScene('subscription', bench.placed, bench.book));
      return by && gives && { ...base, kind: outcome.kind, ...by, ...(Object.keys(gives).length > 0 && { gives }) };
    }
    case 'segment': {
      const by = ruleNamed(outcome.rule, 'segment', bench);
      return by && { ...base, kind: 'segment', ...(outcome.rule && { segment: outcome.rule.text }) };
    }
    case 'one-off fee': {
      const title = knownStepFee(outcome.title, bench.placed, bench.book);
      return title === undefined ? undefined : { ...base, kind: 'one-off fee', title, ...amount };
    }
    case 'suspension':
      return { ...base, kind: 'suspension' };
    case 'content': {
      const links = outcome.links.map((link) => knownLink(link, bench));
      return links.includes(undefined) ? undefined : { ...base, kind: 'content', links: links as string[] };
    }
    case 'message':
      return message(outcome, base, bench);
  }
}

function portion(outcome: AmountOutcome, base: Base, span: Span, bench: Bench): Expectation | undefined {
  const { report } = bench.placed;
  if (!outcome.amount) {
    report('unfinished', span, 'nothing says which amount is expected', 'add the amount, such as 0.03 EUR');
    return undefined;
  }
  const by = ruleNamed(outcome.rule, 'rate', bench);
  const service = outcome.allowanceOf && knownService(outcome.allowanceOf, bench.book, report);
  if (!by || (outcome.allowanceOf && service === undefined)) return undefined;
  const { amount } = outcome.amount;
  if (outcome.kind === 'price') return { ...base, kind: 'price', amount, ...by };
  return { ...base, kind: 'charge', amount, ...by, ...(service !== undefined && { allowanceOf: service }) };
}

function message(outcome: MessageOutcome, base: Base, { given, placed, book }: Bench): Expectation | undefined {
  const { report } = placed;
  const name = outcome.message && knownMessage(outcome.message, book, report);
  const to = outcome.to && knownRecipient(outcome.to, book, report);
  const zone = given?.zone ?? book.zone;
  const due = outcome.due && instantToBase(outcome.due, zone, report);
  const days = outcome.answerWithin && wholeDays(outcome.answerWithin, 'the time to answer', report);
  if (outcome.answerWithin && !outcome.isSurvey) {
    report('misplaced-clause', outcome.answerWithin.span, 'only a survey is answered', 'write `expect survey`');
    return undefined;
  }
  if (outcome.answerWithin && days === undefined) return undefined;
  if ((outcome.message && !name) || (outcome.to && !to) || (outcome.due && due === undefined)) return undefined;
  const dueAt = due !== undefined && { dueAt: DateTime.fromMillis(due, { zone }).toFormat("yyyy-MM-dd'T'HH:mm") };
  return {
    ...base,
    kind: 'message',
    ...(name !== undefined && { message: name }),
    ...(to !== undefined && { to }),
    ...(outcome.channel && { channel: outcome.channel.text }),
    ...(outcome.isSurvey && { isSurvey: true as const }),
    ...(days !== undefined && { answerWithinDays: days }),
    ...dueAt,
  };
}

function knownLink(link: Word, { placed, book }: Bench): string | undefined {
  const known = [...book.catalogues.values()].flatMap(({ links }) => links.map(({ id }) => id));
  if (known.includes(link.text)) return link.text;
  const guess = nearest(link.text, known);
  placed.report(
    'unknown-value',
    link.span,
    `no catalogue has a link "${link.text}"`,
    guess ? `did you mean "${guess}"?` : 'write the id of a link, from the first column of its CSV',
  );
  return undefined;
}

/** The rule of an id, or of a name in the family. */
export function ruleNamed(
  written: Word | undefined,
  family: string,
  { placed, book }: Pick<Bench, 'placed' | 'book'>,
): { readonly rule?: string } | undefined {
  if (!written) return {};
  const { ruleNames } = book;
  const rule = [written.text, `${family}.${written.text}`].find((candidate) => ruleNames.has(candidate));
  if (rule !== undefined) return { rule };
  if (!book.knowsAllRules) return { rule: written.text };
  const own = [...ruleNames]
    .filter((name) => name.startsWith(`${family}.`))
    .map((name) => name.slice(family.length + 1));
  const guess = nearest(written.text, [...ruleNames, ...own]);
  const help =
    lostInVersion(written.text, book) ??
    (guess ? `did you mean \`${guess}\`?` : 'write the id of a rule: plan.service.row, or the name in its first line');
  placed.report('unknown-rule', written.span, `there is no rule \`${written.text}\``, help);
  return undefined;
}
