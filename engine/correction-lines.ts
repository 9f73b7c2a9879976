/** The corrections of earlier invoices as lines of a bill: added behind everything else, so that nothing on it changes by them. */
import { taxRuleOf } from './credit.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, TaxedLine } from './model.ts';
import { add, formatAmount, formatExact, parseDecimal, subtract, sum } from './money.ts';
import { groupKey } from './tax-groups.ts';

export function correctionLines({ corrections }: AccountCycle, rules: LoadedRuleSet): readonly TaxedLine[] {
  return (corrections?.charges ?? []).map((charge) => ({
    id: `${charge.subscriptionId}/correction/${charge.corrects}/${charge.taxCategory}-${charge.taxPercent}`,
    kind: 'correction',
    subscriptionId: charge.subscriptionId,
    ...(charge.service !== undefined && { service: charge.service }),
    title: charge.title,
    from: charge.from,
    until: charge.until,
    amount: charge.amount,
    exact: formatExact(parseDecimal(charge.amount)),
    taxCategory: charge.taxCategory,
    taxPercent: charge.taxPercent,
    taxRule: taxRuleOf(charge, rules),
    correction: { invoice: charge.corrects, tax: charge.tax },
    because: charge.because,
  }));
}

/** What a bill says of its own cycle alone. */
export function withoutCorrections(bill: Bill): Bill {
  const corrections = bill.lines.filter(({ kind }) => kind === 'correction');
  if (corrections.length === 0) return withOwnCredit(bill, bill.total);
  const lines = bill.lines.filter(({ kind }) => kind !== 'correction');
  const { currency } = bill;
  const groupOf = ({ taxCategory, taxPercent }: { readonly taxCategory: string; readonly taxPercent: string }) =>
    groupKey(taxCategory, taxPercent);
  const taxes = bill.taxes.flatMap((tax) => {
    const group = groupOf({ taxCategory: tax.category, taxPercent: tax.percent });
    if (!lines.some((line) => groupOf(line) === group)) return [];
    const own = corrections.filter((line) => groupOf(line) === group);
    const base = subtract(parseDecimal(tax.base), sum(own.map(({ amount }) => parseDecimal(amount))));
    const amount = subtract(
      parseDecimal(tax.amount),
      sum(own.map(({ correction }) => parseDecimal(correction?.tax ?? '0'))),
    );
    return [{ ...tax, base: formatAmount(base, currency), amount: formatAmount(amount, currency) }];
  });
  const net = sum(lines.map(({ amount }) => parseDecimal(amount)));
  const tax = sum(taxes.map(({ amount }) => parseDecimal(amount)));
  const total = formatAmount(add(net, tax), currency);
  const own = { ...bill, lines, taxes, net: formatAmount(net, currency), tax: formatAmount(tax, currency), total };
  return withOwnCredit(own, total);
}

/** What credit does for the own cycle; nothing is said of it where there was none, as if nothing had been corrected. */
function withOwnCredit(bill: Bill, total: string): Bill {
  const { prepaid, ...rest } = bill;
  if (!prepaid?.corrections) return bill;
  const { corrections, rounding: all = '0', due: _, ...part } = prepaid;
  const { used, expired, left } = part;
  if (used.length === 0 && left.length === 0 && parseDecimal(expired).n === 0n) return rest;
  const paid = subtract(parseDecimal(part.paid), sum(corrections.used.map(({ amount }) => parseDecimal(amount))));
  const rounding = subtract(parseDecimal(all), parseDecimal(corrections.rounding));
  return {
    ...rest,
    prepaid: {
      ...part,
      paid: formatAmount(paid, bill.currency),
      ...(rounding.n !== 0n && { rounding: formatAmount(rounding, bill.currency) }),
      due: formatAmount(add(subtract(parseDecimal(total), paid), rounding), bill.currency),
    },
  };
}
