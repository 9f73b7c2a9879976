/** Which subscriptions a difference in one tax belongs to, and how its tax is divided among them. */
import {
  add,
  compare,
  divide,
  multiply,
  negate,
  parseDecimal,
  type Rational,
  roundToMinor,
  smaller,
  subtract,
  sum,
  zero,
} from './money.ts';
import { netOf, type TaxGroup } from './tax-groups.ts';
import { compareText } from './usage.ts';

/**
 * By subscription, all of one sign, together what the group comes to. Where one subscription owes more and another less, the
 * one difference is set against the other, the largest first.
 */
export function sharesOf(group: TaxGroup): ReadonlyMap<string, Rational> {
  const net = netOf(group);
  const turned = net.n < 0n;
  const upright = (amount: Rational) => (turned ? negate(amount) : amount);
  let open = upright(net);
  const shares = new Map<string, Rational>();
  const bySize = [...group.shares].sort(([a, x], [b, y]) => compare(upright(y), upright(x)) || compareText(a, b));
  for (const [id, amount] of bySize) {
    const share = smaller(upright(amount), open);
    if (share.n <= 0n) break;
    shares.set(id, upright(share));
    open = subtract(open, share);
  }
  return shares;
}

/** In proportion to the amounts, each the difference of two rounded sums, so that nothing is lost. */
export function allocateTax(
  tax: Rational,
  shares: ReadonlyMap<string, Rational>,
  currency: string,
): ReadonlyMap<string, Rational> {
  const all = sum(shares.values());
  let amounts = zero;
  let given = zero;
  const taxes = new Map<string, Rational>();
  for (const [id, amount] of shares) {
    amounts = add(amounts, amount);
    const due = parseDecimal(roundToMinor(multiply(tax, divide(amounts, all)), currency, 'half up'));
    taxes.set(id, subtract(due, given));
    given = due;
  }
  return taxes;
}
