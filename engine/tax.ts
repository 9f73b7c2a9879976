/** Tax: exactly one tax rule for each line, and one rounded tax per category and percent. */
import { decide } from './decide/decide.ts';
import type { Verdict } from './decide/policy.ts';
import { exceptionOf } from './exceptions.ts';
import { type ClosedCycle, fillLine, state, workingSheets } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, BillTax, ChargedLine, Decision, Exception, TaxedLine } from './model.ts';
import {
  add,
  formatAmount,
  multiply,
  negate,
  parseDecimal,
  type Rational,
  rational,
  roundToMinor,
  sum,
  zero,
} from './money.ts';
import type { RoundingMode, TaxOutcome, TaxRounding } from './outcomes.ts';
import type { StockRule } from './rule-set.ts';
import { groupKey } from './tax-groups.ts';
import { compareText } from './usage.ts';
import { decimalInWords } from './words.ts';

/** Decides the tax of each line. A line with no tax rule, or several, bears none and is an exception that holds the bill. */
export function taxLines(
  lines: readonly ChargedLine[],
  cycle: AccountCycle,
  sheets: ClosedCycle,
  rules: LoadedRuleSet,
  decisions: Decision[],
): { readonly lines: readonly TaxedLine[]; readonly exceptions: readonly Exception[] } {
  const exceptions: Exception[] = [];
  const sheetOf = workingSheets(sheets, rules);
  const taxed = lines.map((line) => {
    const facts = state(fillLine(sheetOf(line.subscriptionId), line), cycle);
    const verdict = decide<TaxOutcome>(rules, 'tax', facts, decisions, line.id);
    const [rule] = verdict?.kind === 'fired' ? verdict.rules : [];
    if (!rule) exceptions.push(untaxed(line, verdict));
    const outcome = rule?.event.params.outcome;
    return { ...line, taxCategory: outcome?.category ?? '', taxPercent: outcome?.percent ?? '0', taxRule: rule };
  });
  return { lines: taxed, exceptions };
}

function untaxed({ id, title }: ChargedLine, verdict: Verdict<TaxOutcome> | undefined): Exception {
  if (verdict?.kind !== 'conflict')
    return exceptionOf('no-rate', id, `No tax rule matches the line "${title}".`, { object: 'line' });
  const names = verdict.rules.map((rule) => rule.name).join(' and ');
  return exceptionOf('rule-conflict', id, `${names} all match the line "${title}".`, { object: 'line' });
}

/**
 * Taxes by category and percent, each rounded as its rules say; lines without a tax rule bear none. A correction has the tax that is
 * the difference to an earlier invoice, and what was invoiced before the tax that it was invoiced with, whatever their percentage would give.
 */
export function sumTaxes(lines: readonly TaxedLine[], currency: string): readonly BillTax[] {
  const groups = new Map<string, { rule: StockRule<TaxOutcome>; lines: TaxedLine[] }>();
  for (const line of lines) {
    if (!line.taxRule) continue;
    const key = groupKey(line.taxCategory, line.taxPercent);
    const group = groups.get(key) ?? { rule: line.taxRule, lines: [] };
    group.lines.push(line);
    groups.set(key, group);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, group]) => taxOf(group.rule, group.lines, currency));
}

function taxOf({ name, event }: StockRule<TaxOutcome>, lines: readonly TaxedLine[], currency: string): BillTax {
  const { outcome, at } = event.params;
  const base = sum(lines.map((line) => parseDecimal(line.amount)));
  const own = lines.filter(({ correction, alreadyInvoiced }) => !correction && !alreadyInvoiced);
  const taxed = sum(own.map((line) => parseDecimal(line.amount)));
  const tax = roundedTax(own, outcome.percent, currency);
  const ofCorrections = sum(lines.map(({ correction }) => parseDecimal(correction?.tax ?? '0')));
  const invoiced = sum(lines.map(({ alreadyInvoiced }) => parseDecimal(alreadyInvoiced?.tax ?? '0')));
  const share = `${decimalInWords(outcome.percent)} % of ${roundToMinor(taxed, currency, 'half up')} ${currency}${roundingOf(lines[0]?.taxRule).per === 'line' ? ', line by line' : ''}`;
  const amounts = (amount: Rational) => `${formatAmount(amount, currency)} ${currency}`;
  const notes = [...new Set(lines.flatMap(({ taxRule }) => taxRule?.event.params.outcome.note ?? []))];
  const corrected = lines.some(({ correction }) => correction) ? `, and ${amounts(ofCorrections)} of corrections` : '';
  const less = invoiced.n === 0n ? '' : `, less ${amounts(negate(invoiced))} that was invoiced before`;
  return {
    category: outcome.category,
    percent: outcome.percent,
    base: roundToMinor(base, currency, 'half up'),
    amount: formatAmount(sum([tax, ofCorrections, invoiced]), currency),
    ...(notes.length > 0 && { note: notes.join('; ') }),
    because: { rule: name, at, how: `${share}${corrected}${less}` },
  };
}

/** Lines whose rule says so are rounded each by itself, the others together. */
function roundedTax(lines: readonly TaxedLine[], percent: string, currency: string): Rational {
  let tax = zero;
  const together = new Map<RoundingMode, Rational>();
  for (const { amount, taxRule } of lines) {
    const { mode, per } = roundingOf(taxRule);
    const base = parseDecimal(amount);
    if (per === 'line') tax = add(tax, taxOn(base, percent, currency, mode));
    else together.set(mode, add(together.get(mode) ?? zero, base));
  }
  for (const [mode, base] of together) tax = add(tax, taxOn(base, percent, currency, mode));
  return tax;
}

/** The tax on an amount, in whole minor units; rounded half up unless a rule says otherwise. */
export function taxOn(
  base: Rational,
  percent: string,
  currency: string,
  mode: RoundingMode = byDefault.mode,
): Rational {
  const share = multiply(parseDecimal(percent), rational(1, 100));
  return parseDecimal(roundToMinor(multiply(base, share), currency, mode));
}

/** EN 16931 takes the tax of a rate off the sum of its lines (BR-CO-17). */
const byDefault: TaxRounding = { mode: 'half up', per: 'rate' };

function roundingOf(rule: TaxedLine['taxRule']): TaxRounding {
  return rule?.event.params.outcome.rounding ?? byDefault;
}
