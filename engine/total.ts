/** Total: lines and taxes become a bill that adds up. */
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, BillTax, TaxedLine } from './model.ts';
import { add, formatAmount, parseDecimal, sum } from './money.ts';

export function total(
  cycle: AccountCycle,
  lines: readonly TaxedLine[],
  taxes: readonly BillTax[],
  rules: LoadedRuleSet,
): Bill {
  const { account, customer, bounds } = cycle;
  const net = sum(lines.map((line) => parseDecimal(line.amount)));
  const tax = sum(taxes.map((one) => parseDecimal(one.amount)));
  return {
    accountId: account.id,
    customerId: customer.id,
    currency: account.currency,
    from: bounds.from,
    until: bounds.until,
    lines: lines.map(({ taxRule: _, ...line }) => line),
    net: formatAmount(net, account.currency),
    taxes,
    tax: formatAmount(tax, account.currency),
    total: formatAmount(add(net, tax), account.currency),
    ruleSet: rules.document.hash,
  };
}
