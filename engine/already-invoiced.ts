/** What was invoiced of a cycle before its end, taken off its later invoices: by tax, with the very tax that it was invoiced with. */
import { allocateTax } from './correction-shares.ts';
import { taxRuleOf } from './credit.ts';
import type { InterimShare } from './interim-invoice.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, TaxedLine } from './model.ts';
import { formatAmount, formatExact, negate, parseDecimal, zero } from './money.ts';
import { groupsOf, netOf } from './tax-groups.ts';
import { decimalInWords } from './words.ts';

export function alreadyInvoiced(
  { interim = [], account, bounds }: AccountCycle,
  rules: LoadedRuleSet,
): readonly TaxedLine[] {
  return interim.flatMap(({ number, issuedOn, shares }) =>
    shares.map((share): TaxedLine => {
      const { subscriptionId, taxCategory, taxPercent, amount, tax } = share;
      const taxRule = taxRuleOf(share, rules);
      const charged = `${amount} ${account.currency} and ${tax} ${account.currency} of tax`;
      return {
        id: `${subscriptionId}/already invoiced/${number}/${taxCategory}-${decimalInWords(taxPercent)}`,
        kind: 'already invoiced',
        subscriptionId,
        title: `Already invoiced by ${number}`,
        from: bounds.from,
        until: bounds.until,
        amount: formatAmount(negate(parseDecimal(amount)), account.currency),
        exact: formatExact(negate(parseDecimal(amount))),
        taxCategory,
        taxPercent,
        taxRule,
        alreadyInvoiced: { invoice: number, issuedOn, tax: formatAmount(negate(parseDecimal(tax)), account.currency) },
        because: { rule: taxRule.name, at: taxRule.event.params.at, how: `${charged}, invoiced on ${issuedOn}` },
      };
    }),
  );
}

/** What an invoice in mid-cycle charges, to be taken off those after it. Every tax of it has a base above zero, or none at all. */
export function interimShares(bill: Pick<Bill, 'lines' | 'taxes' | 'currency'>): readonly InterimShare[] {
  const groups = [...groupsOf(bill).values()].filter((group) => netOf(group).n !== 0n);
  return groups.flatMap((group) => {
    const taxes = allocateTax(group.tax, group.shares, bill.currency);
    return [...group.shares].map(([subscriptionId, amount]) => ({
      subscriptionId,
      taxCategory: group.category,
      taxPercent: group.percent,
      amount: formatAmount(amount, bill.currency),
      tax: formatAmount(taxes.get(subscriptionId) ?? zero, bill.currency),
    }));
  });
}
