/**
 * Correction: from what was invoiced of a cycle to what should have been, by documents that a customer and a tax office can read.
 *
 * Tax by tax the difference is taken: what is owed less is given back by credit notes on the invoices that charged it, what is
 * owed more is charged by the account's next invoice, so that both are positive. The tax of a correction is the difference of
 * the taxes; original and corrections together are the right bill, in each tax and in total, to the cent.
 *
 * No credit note gives back more than its invoice still stands at, under each tax and in total, and no tax goes up where its
 * base goes down. Where the difference could not be written so (a tax under which the invoice gave more than it charged), all
 * documents of the cycle are taken back whole and the right bill is charged anew: that is always possible, because a bill is
 * never negative.
 */
import { type Change, changedLines, changeInWords } from './changed-lines.ts';
import type { CorrectionCharge, CorrectionReason } from './correction-charge.ts';
import { allocateTax, sharesOf } from './correction-shares.ts';
import type { CreditNote } from './credit-note.ts';
import type { Bill, BillLine, BillTax } from './model.ts';
import { add, formatAmount, formatExact, parseDecimal, type Rational, sum, zero } from './money.ts';
import type { CreditUse } from './prepaid-credit.ts';
import { takeBack } from './take-back.ts';
import { groupsOf, minus, negated, netOf, only, plus, type TaxGroup, type TaxGroups, totalOf } from './tax-groups.ts';
import { decimalInWords } from './words.ts';

/** What has been issued about one cycle so far. */
export interface Standing {
  /** Number of the cycle's invoice. */
  readonly invoice: string;
  /** As it was issued, without the lines that correct other cycles. */
  readonly original: Bill;
  readonly creditNotes: readonly CreditNote[];
  /** What later invoices have charged in addition. */
  readonly charges: readonly { readonly on: string; readonly charge: CorrectionCharge }[];
  /** The last one found right. */
  readonly bill: Bill;
  /** The bill that the documents come to, as long as something of the last one waits for the next invoice; absent: they come to that. */
  readonly documented?: Bill;
  /** What the books have as used of prepaid credit for the cycle; absent: what the last bill found right says. */
  readonly used?: readonly CreditUse[];
}

export interface Correction {
  readonly creditNotes: readonly CreditNote[];
  /** For the next invoice. */
  readonly charges: readonly CorrectionCharge[];
}

/** @param right the bill of the cycle by what is known now, without lines that correct other cycles. */
export function correct(standing: Standing, right: Bill, reason: CorrectionReason): Correction {
  const documents = documentsOf(standing);
  const stands = plus(...documents.values());
  const owed = only(minus(groupsOf(right), stands), comesToSomething);
  const words = { standing, right, reason, changes: changedLines(standing.documented ?? standing.bill, right) };
  const less = negated(only(owed, (group) => netOf(group).n < 0n));
  const more = only(owed, (group) => netOf(group).n >= 0n);
  const taken = follows(less) && takeBack(oneSigned(less), documents);
  if (!taken || !follows(more)) return replaced(documents, words);
  return {
    creditNotes: [...taken].flatMap(([number, groups]) => noteOf(number, groups, words)),
    charges: chargesOf(more, words),
  };
}

interface Words {
  readonly standing: Standing;
  readonly right: Bill;
  readonly reason: CorrectionReason;
  readonly changes: readonly Change[];
}

/** By number: what each document still stands at for the cycle. */
function documentsOf({ invoice, original, creditNotes, charges }: Standing): ReadonlyMap<string, TaxGroups> {
  const numbers = [...new Set([invoice, ...charges.map(({ on }) => on)])];
  return new Map(
    numbers.map((number) => {
      const charged = charges.filter(({ on }) => on === number).map(({ charge }) => groupsOf(taxable(charge)));
      const given = creditNotes.filter(({ corrects }) => corrects === number).map((note) => negated(groupsOf(note)));
      return [number, plus(...(number === invoice ? [groupsOf(original)] : []), ...charged, ...given)];
    }),
  );
}

function taxable(charge: CorrectionCharge) {
  const { taxCategory: category, taxPercent: percent, tax: amount } = charge;
  return { lines: [charge], taxes: [{ category, percent, amount }] };
}

function comesToSomething(group: TaxGroup): boolean {
  return netOf(group).n !== 0n || group.tax.n !== 0n;
}

/** Taxes have the sign of their bases. */
function follows(groups: TaxGroups): boolean {
  return [...groups.values()].every((group) => netOf(group).n > 0n && group.tax.n >= 0n);
}

function oneSigned(groups: TaxGroups): readonly TaxGroup[] {
  return [...groups.values()].map((group) => ({ ...group, shares: sharesOf(group) }));
}

/** Takes back every document of the cycle that still stands at something, and charges the right bill. */
function replaced(documents: ReadonlyMap<string, TaxGroups>, words: Words): Correction {
  const taken = [...documents].filter(([, stands]) => totalOf(stands).n > 0n);
  const untouched = [...documents].filter(([, stands]) => totalOf(stands).n <= 0n).map(([, stands]) => stands);
  return {
    creditNotes: taken.flatMap(([number, stands]) => noteOf(number, stands, words)),
    charges: chargesOf(minus(groupsOf(words.right), plus(...untouched)), words),
  };
}

function noteOf(number: string, groups: TaxGroups, words: Words): readonly CreditNote[] {
  const { right, reason } = words;
  const { accountId, customerId, currency, from, until, ruleSet } = right;
  const given = [...only(groups, comesToSomething).values()];
  const lines = given.flatMap((group) => linesOf(group, words));
  if (lines.length === 0) return [];
  const taxes = given.map((group) => taxOf(group, words));
  const net = sum(lines.map(({ amount }) => parseDecimal(amount)));
  const tax = sum(taxes.map(({ amount }) => parseDecimal(amount)));
  const money = (amount: Rational) => formatAmount(amount, currency);
  return [
    {
      accountId,
      customerId,
      currency,
      corrects: number,
      from,
      until,
      lines,
      net: money(net),
      taxes,
      tax: money(tax),
      total: money(add(net, tax)),
      reason,
      ruleSet,
    },
  ];
}

function linesOf(group: TaxGroup, words: Words): readonly BillLine[] {
  const { from, until, currency } = words.right;
  return [...sharesOf(group)].map(([subscriptionId, amount]) => ({
    id: `${subscriptionId}/correction/${group.category}-${group.percent}`,
    kind: 'correction',
    subscriptionId,
    from,
    until,
    amount: formatAmount(amount, currency),
    exact: formatExact(amount),
    taxCategory: group.category,
    taxPercent: group.percent,
    ...changeInWords(words.changes, subscriptionId, group, words.right),
  }));
}

function chargesOf(groups: TaxGroups, words: Words): readonly CorrectionCharge[] {
  const { standing, right, reason } = words;
  return [...groups.values()].flatMap((group) => {
    const shares = sharesOf(group);
    const taxes = allocateTax(group.tax, shares, right.currency);
    return [...shares].map(([subscriptionId, amount]) => ({
      corrects: standing.invoice,
      from: right.from,
      until: right.until,
      subscriptionId,
      taxCategory: group.category,
      taxPercent: group.percent,
      amount: formatAmount(amount, right.currency),
      tax: formatAmount(taxes.get(subscriptionId) ?? zero, right.currency),
      reason,
      ...changeInWords(words.changes, subscriptionId, group, right),
    }));
  });
}

function taxOf(group: TaxGroup, { standing, right }: Words): BillTax {
  const { category, percent } = group;
  const find = ({ taxes }: Bill) =>
    taxes.find((tax) => tax.category === category && decimalInWords(tax.percent) === decimalInWords(percent));
  const [was, is] = [find(standing.documented ?? standing.bill), find(right)];
  const because = (is ?? was)?.because ?? { rule: 'credit', at: { file: '', line: 0 } };
  const note = (is ?? was)?.note;
  const { currency } = right;
  return {
    category,
    percent,
    base: formatAmount(netOf(group), currency),
    amount: formatAmount(group.tax, currency),
    ...(note !== undefined && { note }),
    because: { ...because, how: `was ${was?.amount ?? 0} ${currency}, should be ${is?.amount ?? 0} ${currency}` },
  };
}
