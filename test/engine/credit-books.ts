/** Prepaid credit of an account in memory: what its cycles use of it, and what it has paid of their documents. */
import type { CorrectedCycle } from '../../engine/correct-cycles.ts';
import type { AccountCycle, Bill } from '../../engine/model.ts';
import {
  add,
  compare,
  formatAmount,
  parseDecimal,
  type Rational,
  smaller,
  subtract,
  sum,
  zero,
} from '../../engine/money.ts';
import type { CreditUse } from '../../engine/prepaid-credit.ts';

export interface CreditBooks {
  /** By credit; gifts pay nothing. */
  readonly paid: ReadonlyMap<string, Rational>;
  /** Zero or negative: what is not demanded of the documents because of rounding. */
  readonly rounding: Rational;
}

export const noCredit: CreditBooks = { paid: new Map(), rounding: zero };

/** By credit. */
export function usedBy(bills: readonly Bill[], kinds: readonly CreditUse['kind'][] = ['paid', 'bonus']) {
  const used = new Map<string, Rational>();
  for (const { credit, kind, amount } of bills.flatMap(({ prepaid }) => prepaid?.used ?? []))
    if (kinds.includes(kind)) used.set(credit, add(used.get(credit) ?? zero, parseDecimal(amount)));
  return used;
}

/** The cycle with what the bills before it have left of all the credit there is. */
export function withRest(cycle: AccountCycle, bills: readonly Bill[]): AccountCycle {
  const used = usedBy(bills);
  const prepaid = (cycle.prepaid ?? []).flatMap((credit) => {
    const rest = subtract(parseDecimal(credit.amount), used.get(credit.id) ?? zero);
    return rest.n === 0n ? [] : [{ ...credit, amount: formatAmount(rest, cycle.account.currency) }];
  });
  const { prepaid: _, ...bare } = cycle;
  return prepaid.length > 0 ? { ...bare, prepaid } : bare;
}

/** What the bills use of paid credit that has paid nothing yet. */
export function unpaidUses(bills: readonly Bill[], { paid }: CreditBooks): readonly CreditUse[] {
  return [...usedBy(bills, ['paid'])].flatMap(([credit, used]) => {
    const amount = subtract(used, paid.get(credit) ?? zero);
    return amount.n > 0n ? [{ credit, kind: 'paid', amount: formatAmount(amount, 'EUR') }] : [];
  });
}

/** What has paid too much is taken back, then the new bill is paid. @param right the bills of the issued cycles as they should be. */
export function settle(
  before: CreditBooks,
  right: readonly Bill[],
  corrected: readonly CorrectedCycle[],
  bill: Bill,
): CreditBooks {
  const used = usedBy(right, ['paid']);
  const paid = new Map([...before.paid].map(([credit, amount]) => [credit, smaller(amount, used.get(credit) ?? zero)]));
  const uses = [...(bill.prepaid?.used ?? []), ...(bill.prepaid?.corrections?.used ?? [])];
  for (const { credit, kind, amount } of uses)
    if (kind === 'paid') paid.set(credit, add(paid.get(credit) ?? zero, parseDecimal(amount)));
  const lessOff = corrected.map(({ credit }) => parseDecimal(credit.rounding)).filter((one) => compare(one, zero) > 0);
  return { paid, rounding: sum([before.rounding, ...lessOff, parseDecimal(bill.prepaid?.rounding ?? '0')]) };
}
