/**
 * Advantages: what a customer may claim elsewhere for what this invoice charges, as the rules say for each line. It is told with the
 * invoice and changes no amount on it.
 *
 * The lines that one rule is for count together, discounts and refunds among them; its percentage of them is rounded half up, once.
 * What a rule tells one customer in a calendar year is capped over all invoices issued in it.
 */
import type { BillAdvantage } from './bill-advantage.ts';
import type { ToldAdvantage } from './carried.ts';
import { decide } from './decide/decide.ts';
import { type ClosedCycle, fillLine, state, workingSheets } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Amount, BillLine, Decision, MessageIntent } from './model.ts';
import {
  compare,
  larger,
  multiply,
  negate,
  parseDecimal,
  type Rational,
  rational,
  roundToMinor,
  smaller,
  subtract,
  sum,
  zero,
} from './money.ts';
import type { AdvantageOutcome } from './outcomes.ts';
import type { StockRule } from './rule-set.ts';
import { decimalInWords } from './words.ts';

type AdvantageRule = StockRule<AdvantageOutcome>;

/** One entry for each rule that is for some line, in the order of the rules. */
export function advantages(
  lines: readonly BillLine[],
  cycle: AccountCycle,
  sheets: ClosedCycle,
  rules: LoadedRuleSet,
  decisions: Decision[],
): readonly BillAdvantage[] {
  const found = new Map<AdvantageRule, BillLine[]>();
  const sheetOf = workingSheets(sheets, rules);
  for (const line of lines) {
    const facts = state(fillLine(sheetOf(line.subscriptionId), line), cycle);
    for (const rule of decide<AdvantageOutcome>(rules, 'advantage', facts, decisions, line.id)?.rules ?? [])
      found.set(rule, [...(found.get(rule) ?? []), line]);
  }
  const worked = [...found]
    .sort(([a], [b]) => a.event.params.rank - b.event.params.rank)
    .map(([rule, own]) => advantageOf(rule, own, cycle.account.currency));
  return withinYear(worked, cycle.told ?? [], cycle.account.currency);
}

function advantageOf(rule: AdvantageRule, lines: readonly BillLine[], currency: string): BillAdvantage {
  const { outcome, at, title = rule.name } = rule.event.params;
  const base = roundToMinor(sum(lines.map((line) => parseDecimal(line.amount))), currency, 'half up');
  return {
    title,
    base,
    percent: outcome.percent,
    amount: '0',
    ...(outcome.cap && { yearlyCap: outcome.cap.amount }),
    ...(outcome.see !== undefined && { see: outcome.see }),
    because: { rule: rule.name, at, how: `${decimalInWords(outcome.percent)} % of ${base} ${currency}` },
  };
}

/**
 * What is told of each after what invoices of the year have told before: no more than its cap leaves, and no more given back
 * than was told. What has nothing to tell is left out, unless only the cap is in the way: then it tells 0.
 */
export function withinYear(
  all: readonly BillAdvantage[],
  told: readonly ToldAdvantage[],
  currency: string,
): readonly BillAdvantage[] {
  return all.flatMap((advantage) => {
    const { because, base, percent, yearlyCap } = advantage;
    const share = multiply(parseDecimal(base), multiply(parseDecimal(percent), rational(1, 100)));
    const worth = parseDecimal(roundToMinor(share, currency, 'half up'));
    if (worth.n === 0n) return [];
    const before = sum(told.flatMap(({ rule, amount }) => (rule === because.rule ? [parseDecimal(amount)] : [])));
    const amount = clamped(worth, before, yearlyCap);
    return [
      {
        ...advantage,
        amount: roundToMinor(amount, currency, 'half up'),
        because: { ...because, how: howOf(advantage, currency) },
      },
    ];
  });
}

function clamped(worth: Rational, before: Rational, cap: Amount | undefined): Rational {
  if (worth.n < 0n) return larger(worth, negate(before));
  return cap === undefined ? worth : smaller(worth, larger(subtract(parseDecimal(cap), before), zero));
}

function howOf({ base, percent, yearlyCap }: BillAdvantage, currency: string): string {
  const atMost = yearlyCap === undefined ? '' : `, at most ${yearlyCap} ${currency} per year`;
  return `${decimalInWords(percent)} % of ${base} ${currency}${atMost}`;
}

/** The messages that tell them; what tells nothing is no message. */
export function advantageIntents(
  all: readonly BillAdvantage[],
  { account, bounds }: Pick<AccountCycle, 'account' | 'bounds'>,
  rules: LoadedRuleSet,
): readonly MessageIntent[] {
  const outcomes = new Map(
    ((rules.sets.get('advantage')?.set.rules ?? []) as readonly AdvantageRule[]).map((rule) => [
      rule.name,
      rule.event.params.outcome,
    ]),
  );
  return all
    .filter(({ amount }) => compare(parseDecimal(amount), zero) !== 0)
    .flatMap(({ because: { rule } }) =>
      (outcomes.get(rule)?.sends ?? []).flatMap(({ message, to }) =>
        to.map((one) => ({
          rule,
          message,
          to: one,
          key: [rule, message, one, `${account.id}|${bounds.from}`].join('|'),
        })),
      ),
    );
}
