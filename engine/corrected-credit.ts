/**
 * Prepaid credit through corrections. A corrected cycle uses credit as if everything had been known when it was open, and leaves what is
 * left of it to the next one: what has expired by then is not there, what was given is used as what was given. What all the
 * corrected cycles together use more of a paid credit pays of the next invoice; what they use less has paid too much, and is credit
 * again.
 */
import type { Standing } from './correction.ts';
import type { AccountCycle, Bill } from './model.ts';
import { add, compare, formatAmount, parseDecimal, type Rational, smaller, subtract, sum, zero } from './money.ts';
import type { CorrectionCredit, CreditUse, PrepaidCredit } from './prepaid-credit.ts';
import { compareText } from './usage.ts';

export interface CorrectedCredit {
  /** What the cycle uses more, or below zero less, than the books have; only what differs. */
  readonly used: readonly CreditUse[];
  /** How much more is rounded off (negative), or less. */
  readonly rounding: string;
  readonly left: readonly PrepaidCredit[];
  /** Ids of all credit that this cycle or one before it knew: what of it is not left, is gone. */
  readonly seen: readonly string[];
}

/** @param found the cycle as it was last found right. */
export function correctCredit(
  { bill, documented = bill, used = bill.prepaid?.used ?? [] }: Standing,
  right: Bill,
  found: AccountCycle,
  before: CorrectedCredit | undefined,
): CorrectedCredit {
  const { currency } = right;
  const less = used.map((use) => ({
    ...use,
    amount: formatAmount(subtract(zero, parseDecimal(use.amount)), currency),
  }));
  const rounding = subtract(roundingOf(right), roundingOf(documented));
  return {
    used: netUses([...(right.prepaid?.used ?? []), ...less], currency),
    rounding: formatAmount(rounding, currency),
    left: right.prepaid?.left ?? [],
    seen: [...new Set([...(before?.seen ?? []), ...(found.prepaid ?? []).map(({ id }) => id)])],
  };
}

/** The next cycle: what a corrected one leaves it, and what nobody knew of before. */
export function openCredit(cycle: AccountCycle, { left, seen }: CorrectedCredit): AccountCycle {
  const { prepaid: known = [], ...rest } = cycle;
  const asKnown = (credit: PrepaidCredit) =>
    known.find(
      ({ id, amount }) => id === credit.id && compare(parseDecimal(amount), parseDecimal(credit.amount)) === 0,
    );
  const added = known.filter(({ id }) => !seen.includes(id));
  const prepaid = [...left.map((credit) => asKnown(credit) ?? credit), ...added].sort(
    (a, b) => a.validFrom - b.validFrom || compareText(a.id, b.id),
  );
  return prepaid.length > 0 ? { ...rest, prepaid } : rest;
}

/** What paid credit pays of the bill that corrects; undefined if nothing. */
export function creditToPay(
  unpaid: readonly CreditUse[],
  corrected: readonly CorrectedCredit[],
  currency: string,
): CorrectionCredit | undefined {
  const uses = netUses([...unpaid, ...corrected.flatMap(({ used }) => used)], currency);
  const used = uses.filter(({ kind, amount }) => kind === 'paid' && parseDecimal(amount).n > 0n);
  const rounding = smaller(zero, sum(corrected.map((one) => parseDecimal(one.rounding))));
  if (used.length === 0 && rounding.n === 0n) return undefined;
  return { used, rounding: formatAmount(rounding, currency) };
}

/** One a credit, without those that come to nothing. */
function netUses(uses: readonly CreditUse[], currency: string): readonly CreditUse[] {
  const sums = new Map<string, { readonly use: CreditUse; readonly amount: Rational }>();
  for (const use of uses)
    sums.set(use.credit, { use, amount: add(sums.get(use.credit)?.amount ?? zero, parseDecimal(use.amount)) });
  return [...sums.values()].flatMap(({ use, amount }) =>
    amount.n === 0n ? [] : [{ ...use, amount: formatAmount(amount, currency) }],
  );
}

function roundingOf({ prepaid }: Bill): Rational {
  return parseDecimal(prepaid?.rounding ?? '0');
}
