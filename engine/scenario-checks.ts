/** Compares what a test expects with what happened, and says both in the analyst's words. */
import type { PickedLink } from './content.ts';
import type { CycleEvaluation, RatedPortion } from './model.ts';
import { compare, parseDecimal, parseExact, type Rational, sum } from './money.ts';
import type { FiredOffer } from './offers.ts';
import type { ServiceDefinition } from './rule-set.ts';
import { detailsInWords, isAsExpected } from './scenario-gift.ts';
import type { Happening } from './scenario-steps.ts';
import type { Expectation } from './test-case.ts';
import { amountInWords } from './words.ts';

/** What happened in a test; only what its expectations ask for is worked out. */
export interface Findings {
  readonly currency: string;
  readonly services: readonly ServiceDefinition[];
  /** Portions by the rates alone: as if no plan had an allowance. */
  priced(): readonly RatedPortion[];
  evaluation(): CycleEvaluation;
  segments(): readonly string[];
  /** Links that go with the messages of the test; where nothing happens, all that the customer would get. */
  links(): readonly PickedLink[];
  /** Given on the event of the test or with its messages; where nothing happens, the best for each purpose. */
  readonly offers: readonly FiredOffer[];
  /** Messages, fees and suspensions; only those that an expectation asks for. */
  readonly happenings: readonly Happening[];
}

export interface Check {
  /** Whether it happened; `expect no …` wants that it did not. */
  readonly met: boolean;
  readonly expected: string;
  readonly actual: string;
}

export function checkExpectation(expectation: Expectation, findings: Findings): Check {
  const { currency } = findings;
  switch (expectation.kind) {
    case 'price':
      return checkPortions(expectation, findings.priced(), currency);
    case 'charge':
      return checkPortions(expectation, findings.evaluation().trace, currency);
    case 'invoice total': {
      const { total } = findings.evaluation().bill;
      return amountCheck('invoice total', expectation.amount, parseDecimal(total), currency);
    }
    case 'credit left': {
      const left = findings.evaluation().bill.prepaid?.left ?? [];
      const sumLeft = sum(left.map(({ amount }) => parseDecimal(amount)));
      return amountCheck('credit left', expectation.amount, sumLeft, currency);
    }
    case 'to pay': {
      const { prepaid, total } = findings.evaluation().bill;
      return amountCheck('to pay', expectation.amount, parseDecimal(prepaid?.due ?? total), currency);
    }
    case 'tax':
      return checkTax(expectation, findings);
    case 'line': {
      const lines = findings.evaluation().bill.lines;
      return checkNamed(
        'line',
        expectation.title,
        expectation.amount,
        lines.map((one) => [one.title, one.amount]),
        currency,
      );
    }
    case 'discount': {
      const lines = findings.evaluation().bill.lines.filter((line) => line.kind === 'discount');
      const taken = lines.map((line) => [line.because.rule, line.amount.replace('-', '')] as const);
      return checkNamed('discount', expectation.rule, expectation.amount, taken, currency);
    }
    case 'advantage': {
      const told = (findings.evaluation().bill.advantages ?? []).filter(({ amount }) => parseDecimal(amount).n !== 0n);
      const all = told.map(({ because, amount }) => [because.rule, amount] as const);
      return checkNamed('advantage', expectation.rule, expectation.amount, all, currency);
    }
    case 'anomaly': {
      const found = findings.evaluation().exceptions.flatMap((one) => (one.code === 'anomaly' ? [one.rule ?? ''] : []));
      return checkRule('anomaly', expectation.rule, found);
    }
    case 'offer':
    case 'voucher':
      return checkGift(expectation, findings);
    case 'segment':
      return checkRule('segment', expectation.segment, findings.segments());
    case 'content':
      return checkContent(expectation, findings);
    case 'message':
      return checkMessage(expectation, findings);
    case 'one-off fee': {
      const fees = findings.happenings.flatMap((one) => (one.kind === 'fee' ? [[one.title, one.amount] as const] : []));
      return checkNamed('fee', expectation.title, expectation.amount, fees, currency);
    }
    case 'suspension': {
      const met = findings.happenings.some(({ kind }) => kind === 'suspension');
      return { met, expected: 'suspension', actual: met ? 'suspension' : 'no suspension' };
    }
  }
}

type Of<K extends Expectation['kind']> = Extract<Expectation, { kind: K }>;

function checkPortions(
  expectation: Of<'price'> | Of<'charge'>,
  portions: readonly RatedPortion[],
  currency: string,
): Check {
  const { kind, amount, rule } = expectation;
  const allowanceOf = expectation.kind === 'charge' ? expectation.allowanceOf : undefined;
  const charged = sum(portions.map((portion) => parseExact(portion.exact)));
  const rules = [...new Set(portions.map((portion) => portion.rule))];
  const allowances = [...new Set(portions.flatMap((portion) => portion.allowance ?? []))];
  const byRule = rule === undefined || rules.some((one) => isVersionOf(rule, one));
  const fromAllowance =
    allowanceOf === undefined || portions.some((one) => one.allowance !== undefined && isAllowanceOf(one, allowanceOf));
  return {
    met: compare(charged, parseDecimal(amount)) === 0 && byRule && fromAllowance,
    expected: words(
      `${kind} ${amount} ${currency}`,
      rule && `by ${rule}`,
      allowanceOf && `from allowance ${allowanceOf}`,
    ),
    actual:
      portions.length === 0
        ? 'nothing was rated'
        : words(
            `${kind} ${amountInWords(charged)} ${currency} by ${rules.join(' and ')}`,
            allowances.length > 0 && `from ${allowances.join(' and ')}`,
          ),
  };
}

/** An allowance is named by its id or by its service. */
function isAllowanceOf(portion: RatedPortion, name: string): boolean {
  return portion.allowance === name || portion.service === name;
}

function amountCheck(what: string, expected: string, actual: Rational, currency: string): Check {
  return {
    met: compare(parseDecimal(expected), actual) === 0,
    expected: `${what} ${expected} ${currency}`,
    actual: `${what} ${amountInWords(actual)} ${currency}`,
  };
}

function checkTax({ amount, rule }: Of<'tax'>, { evaluation, currency }: Findings): Check {
  const { taxes, tax } = evaluation().bill;
  const rules = taxes.map((one) => one.because.rule);
  return {
    met:
      (amount === undefined ? taxes.length > 0 : compare(parseDecimal(tax), parseDecimal(amount)) === 0) &&
      (rule === undefined || rules.some((one) => isVersionOf(rule, one))),
    expected: words('tax', amount && `${amount} ${currency}`, rule && `by ${rule}`),
    actual: words(`tax ${tax} ${currency}`, rules.length > 0 && `by ${rules.join(' and ')}`),
  };
}

/** Lines or discounts of one name count together: a discount over two taxes stands on two lines. */
function checkNamed(
  what: string,
  name: string | undefined,
  amount: string | undefined,
  all: readonly (readonly [name: string, amount: string])[],
  currency: string,
): Check {
  const found = all.filter(([one]) => name === undefined || isVersionOf(name, one));
  const total = sum(found.map(([, one]) => parseDecimal(one)));
  const list = all.map(([one, worth]) => `"${one}" ${worth} ${currency}`).join(', ');
  return {
    met: found.length > 0 && (amount === undefined || compare(total, parseDecimal(amount)) === 0),
    expected: words(what, name !== undefined && `"${name}"`, amount && `${amount} ${currency}`),
    actual: list === '' ? `no ${what} at all` : list,
  };
}

function checkRule(what: string, rule: string | undefined, found: readonly string[]): Check {
  return {
    met: rule === undefined ? found.length > 0 : found.some((one) => isVersionOf(rule, one)),
    expected: words(what, rule && `by ${rule}`),
    actual: found.length === 0 ? `no ${what}` : `${what} by ${found.join(' and ')}`,
  };
}

function checkGift({ kind, rule, gives }: Of<'offer' | 'voucher'>, { offers, services }: Findings): Check {
  const given = offers.filter(({ offer }) => kind === 'offer' || offer.give.kind === 'voucher');
  const named = given.filter((one) => rule === undefined || isVersionOf(rule, one.rule));
  const gifts = given.map((one) => words(one.rule, gives && `with ${detailsInWords(one.offer.give, services)}`));
  return {
    met: named.some(({ offer }) => gives === undefined || isAsExpected(gives, offer.give)),
    expected: words(kind, rule && `by ${rule}`, gives && `with ${detailsInWords(gives, services)}`),
    actual: gifts.length === 0 ? `no ${kind}` : `${kind} by ${gifts.join(' and ')}`,
  };
}

function checkContent({ links }: Of<'content'>, findings: Findings): Check {
  const picked = findings.links();
  let next = 0;
  for (const { link } of picked) if (link.id === links[next]) next += 1;
  return {
    met: picked.length > 0 && next === links.length,
    expected: words('content', links.map((id) => `"${id}"`).join(' then ')),
    actual:
      picked.length === 0
        ? 'no content'
        : `content ${picked.map(({ link, reason }) => `"${link.id}" (${reason})`).join(' then ')}`,
  };
}

function checkMessage(expectation: Of<'message'>, { happenings }: Findings): Check {
  const { message, to, dueAt, channel, isSurvey, answerWithinDays } = expectation;
  const wanted = dueAt === undefined ? undefined : dueAt.padEnd(19, ':00');
  const messages = happenings.flatMap((one) => (one.kind === 'message' ? [one] : []));
  const met = messages.some(
    (one) =>
      (message === undefined || one.message === message) &&
      (to === undefined || one.to === to) &&
      (channel === undefined || one.channel === channel) &&
      (isSurvey === undefined || one.answerWithinDays !== undefined) &&
      (answerWithinDays === undefined || one.answerWithinDays === answerWithinDays) &&
      (wanted === undefined || one.dueAt === wanted),
  );
  const sent = messages.map((one) =>
    words(
      one.answerWithinDays !== undefined && 'survey',
      `"${one.message}" to ${one.to}`,
      one.channel && `by ${one.channel}`,
      one.dueAt && `at ${one.dueAt}`,
      answerWithinDays !== undefined && one.answerWithinDays !== undefined && within(one.answerWithinDays),
    ),
  );
  return {
    met,
    expected: words(
      isSurvey ? 'survey' : 'message',
      message && `"${message}"`,
      to && `to ${to}`,
      channel && `by ${channel}`,
      dueAt && `at ${dueAt}`,
      answerWithinDays !== undefined && within(answerWithinDays),
    ),
    actual: sent.length === 0 ? 'no message' : sent.join(', '),
  };
}

function within(days: number): string {
  return `to be answered within ${days} days`;
}

function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}

/** Whoever names a rule without a day means the version in force: `discount.volume_10@2026-06-01` is `discount.volume_10`. */
function isVersionOf(named: string, rule: string): boolean {
  return named === rule || named === rule.replace(/@\d{4}-\d{2}-\d{2}/, '');
}
