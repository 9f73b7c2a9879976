/**
 * What prepaid credit does for a bill. A gift lowers the price: it is a line off the bill, and the tax on it is saved. What was
 * paid before pays of the total what usage has drawn, and then, as far as it is still valid, the rest of the bill.
 *
 * Credit is kept in whole minor units. Usage draws exact amounts, lines and taxes are rounded: the total decides what is paid,
 * and what rounding adds to it beyond credit that covers all that is charged is not demanded (EN 16931 BT-114).
 */
import { startOfAccountDay } from './account-days.ts';
import type { Corrections } from './correction-charge.ts';
import { withoutCorrections } from './correction-lines.ts';
import { inOrderOfUse, isUsable } from './credit-pool.ts';
import { groupBy } from './group-by.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, RatedUsage, TaxedLine } from './model.ts';
import {
  add,
  compare,
  divide,
  formatAmount,
  formatExact,
  larger,
  multiply,
  negate,
  parseDecimal,
  parseExact,
  type Rational,
  rational,
  roundToMinor,
  smaller,
  subtract,
  sum,
  zero,
} from './money.ts';
import { agreedPlans, planOn } from './plans.ts';
import type { CreditDraw, PrepaidCredit, PrepaidPart } from './prepaid-credit.ts';
import { fixedTitles } from './titles.ts';

/** The lines of gifts that were used up, each off the usage of one service of one subscription. */
export function bonusLines(
  lines: readonly TaxedLine[],
  cycle: AccountCycle,
  usage: RatedUsage,
  rules: LoadedRuleSet,
): readonly TaxedLine[] {
  return giftsByPlace(usage).flatMap(({ subscriptionId, service, exact }) => {
    const place = placeOf({ subscriptionId, service });
    const of = lines.find((line) => placeOf(line) === place && line.kind === 'usage');
    if (!of) return [];
    const taxed = lines.filter(
      (line) =>
        line.subscriptionId === subscriptionId &&
        line.taxCategory === of.taxCategory &&
        line.taxPercent === of.taxPercent,
    );
    const room = larger(zero, sum(taxed.map(({ amount }) => parseDecimal(amount))));
    const rounded = roundToMinor(exact, cycle.account.currency, 'half up');
    const taken = smaller(room, parseDecimal(rounded));
    return taken.n === 0n ? [] : [bonusLine(of, taken, exact, service, cycle, rules)];
  });
}

function bonusLine(
  of: TaxedLine,
  taken: Rational,
  exact: Rational,
  service: string,
  cycle: AccountCycle,
  rules: LoadedRuleSet,
): TaxedLine {
  const { quantity: _quantity, events: _events, ...line } = of;
  return {
    ...line,
    id: bonusLineId(of.subscriptionId, service),
    kind: 'discount',
    title: fixedTitles.bonusCredit,
    amount: formatAmount(negate(taken), cycle.account.currency),
    exact: formatExact(negate(exact)),
    because: { ...placeOfTerms(of, cycle, rules), how: `${service} paid by credit that was given` },
  };
}

/** The bill with what credit pays of it; the same bill where the account has no credit, and none pays of what it corrects. */
export function settlePrepaid(bill: Bill, cycle: AccountCycle, usage: RatedUsage, rules: LoadedRuleSet): Bill {
  const { corrections } = cycle;
  if ((cycle.prepaid ?? []).length === 0 && !corrections?.prepaid) return bill;
  const own = ownPart(withoutCorrections(bill), cycle, usage, rules);
  return { ...bill, prepaid: corrections ? withCorrections(own, bill, corrections) : own };
}

/** Of what is charged for the cycle itself. */
function ownPart(bill: Bill, cycle: AccountCycle, usage: RatedUsage, rules: LoadedRuleSet): PrepaidPart {
  const credits = cycle.prepaid ?? [];
  const { currency } = cycle.account;
  const end = startOfAccountDay(cycle.account, cycle.bounds.until);
  const total = parseDecimal(bill.total);
  const gifts = giftsOff(usage, bill);
  const used = new Map(giftsUsed(credits, gifts, currency));
  let open = total;
  const pay = ({ id, amount }: PrepaidCredit, most: Rational) => {
    const before = used.get(id) ?? zero;
    const paid = smaller(open, smaller(most, subtract(parseDecimal(amount), before)));
    if (paid.n <= 0n) return;
    used.set(id, add(before, paid));
    open = subtract(open, paid);
  };
  const paid = credits.filter(({ kind }) => kind === 'paid').sort(inOrderOfUse('soonest to expire first'));
  for (const credit of paid) pay(credit, minorUp(drawnFrom(credit, usage), currency));
  for (const credit of paid) if (isUsable(credit, end - 1)) pay(credit, parseDecimal(credit.amount));
  const rounding = isRounding(bill, open, gifts, cycle, rules) ? open : zero;
  const left = credits.flatMap((credit) => {
    const rest = subtract(parseDecimal(credit.amount), used.get(credit.id) ?? zero);
    return rest.n === 0n ? [] : [{ ...credit, amount: formatAmount(rest, currency) }];
  });
  const isOver = ({ expiresAt = Number.POSITIVE_INFINITY }: PrepaidCredit) => expiresAt <= end;
  return {
    paid: formatAmount(subtract(total, open), currency),
    ...(rounding.n > 0n && { rounding: formatAmount(negate(rounding), currency) }),
    due: formatAmount(subtract(open, rounding), currency),
    used: credits.flatMap(({ id, kind }) => {
      const amount = used.get(id) ?? zero;
      return amount.n === 0n ? [] : [{ credit: id, kind, amount: formatAmount(amount, currency) }];
    }),
    expired: formatAmount(sum(left.filter(isOver).map(({ amount }) => parseDecimal(amount))), currency),
    left: left.filter((credit) => !isOver(credit)),
  };
}

/**
 * What corrects other cycles is paid by the credit that these use by right, and not from what is left: so the cycle itself uses what it
 * would have used, had nothing come late.
 */
function withCorrections(own: PrepaidPart, { total, currency }: Bill, { prepaid }: Corrections): PrepaidPart {
  let open = subtract(parseDecimal(total), subtract(parseDecimal(own.paid), parseDecimal(own.rounding ?? '0')));
  const used = (prepaid?.used ?? []).flatMap((use) => {
    const paid = smaller(open, parseDecimal(use.amount));
    open = subtract(open, paid);
    return paid.n === 0n ? [] : [{ ...use, amount: formatAmount(paid, currency) }];
  });
  const off = smaller(open, negate(parseDecimal(prepaid?.rounding ?? '0')));
  const paid = add(parseDecimal(own.paid), sum(used.map(({ amount }) => parseDecimal(amount))));
  const rounding = subtract(parseDecimal(own.rounding ?? '0'), off);
  return {
    ...own,
    paid: formatAmount(paid, currency),
    ...(rounding.n !== 0n && { rounding: formatAmount(rounding, currency) }),
    due: formatAmount(subtract(open, off), currency),
    corrections: { used, rounding: formatAmount(negate(off), currency) },
  };
}

/**
 * How much of each gift is used up, with tax. Where less came off the bill than was drawn, because discounts had lowered it, as much
 * less of the gifts is used.
 */
function giftsUsed(
  credits: readonly PrepaidCredit[],
  gifts: readonly GiftOff[],
  currency: string,
): readonly (readonly [string, Rational])[] {
  return credits.flatMap(({ id, kind, amount }) => {
    if (kind !== 'bonus') return [];
    const own = gifts.filter(({ credit, isOnBill }) => credit === id && isOnBill);
    const drawn = sum(own.map(({ gross }) => gross));
    return [[id, smaller(parseDecimal(amount), parseDecimal(roundToMinor(drawn, currency, 'half up')))] as const];
  });
}

/** A draw on a gift, as far as it came off the bill. */
interface GiftOff {
  readonly credit: string;
  /** Of the line that takes it off. */
  readonly line: string;
  /** With tax; all that was drawn, but for what discounts had left too little to take it from. */
  readonly gross: Rational;
  /** Not so where all that was drawn for the line rounds to nothing. */
  readonly isOnBill: boolean;
}

function giftsOff(usage: RatedUsage, { lines }: Bill): readonly GiftOff[] {
  return giftsByPlace(usage).flatMap(({ subscriptionId, service, draws, exact }) => {
    const id = bonusLineId(subscriptionId, service);
    const line = lines.find((one) => one.id === id);
    const taken = line ? negate(parseDecimal(line.amount)) : zero;
    // A cent of rounding is no cut.
    const isCut = compare(add(taken, rational(1, 100)), exact) < 0;
    const share = isCut ? divide(taken, exact) : rational(1);
    return draws.map(
      ({ credit, gross }): GiftOff => ({
        credit,
        line: id,
        gross: multiply(parseExact(gross), share),
        isOnBill: line !== undefined,
      }),
    );
  });
}

/** What one service of one subscription drew from gifts. */
interface GiftPlace extends Pick<CreditDraw, 'subscriptionId' | 'service'> {
  readonly draws: readonly CreditDraw[];
  /** Without tax. */
  readonly exact: Rational;
}

function giftsByPlace({ draws = [] }: RatedUsage): readonly GiftPlace[] {
  const gifts = draws.filter(({ kind }) => kind === 'bonus');
  return [...groupBy(gifts, placeOf).values()].map((own) => {
    const [{ subscriptionId, service }] = own;
    return { subscriptionId, service, draws: own, exact: sum(own.map(({ net }) => parseExact(net))) };
  });
}

/** Whether all that is open comes from rounding: what was charged, exactly and with tax, is paid, by gifts as well. */
function isRounding(
  bill: Bill,
  open: Rational,
  gifts: readonly GiftOff[],
  cycle: AccountCycle,
  rules: LoadedRuleSet,
): boolean {
  const isPrepaid = cycle.subscriptions.every((subscription) => {
    const terms = planOn(agreedPlans(rules.document, subscription, cycle.customer.id), cycle.bounds.from)?.prepaid;
    return terms !== undefined && terms.atEnd !== 'rest billed';
  });
  if (open.n <= 0n || !isPrepaid) return false;
  const given = new Set(gifts.map(({ line }) => line));
  const charged = sum(
    bill.lines
      .filter(({ id }) => !given.has(id))
      .map(({ exact, taxPercent }) =>
        multiply(parseExact(exact), add(rational(1), multiply(parseDecimal(taxPercent), rational(1, 100)))),
      ),
  );
  const exact = subtract(charged, sum(gifts.map(({ gross }) => gross)));
  return compare(subtract(parseDecimal(bill.total), open), exact) >= 0;
}

function bonusLineId(subscriptionId: string, service: string): string {
  return `${subscriptionId}/bonus credit/${service}`;
}

function drawnFrom({ id }: PrepaidCredit, { draws = [] }: RatedUsage): Rational {
  return sum(draws.filter(({ credit }) => credit === id).map(({ gross }) => parseExact(gross)));
}

function minorUp(value: Rational, currency: string): Rational {
  return parseDecimal(roundToMinor(value, currency, 'up'));
}

function placeOf({ subscriptionId, service = '' }: { readonly subscriptionId: string; readonly service?: string }) {
  return JSON.stringify([subscriptionId, service]);
}

/** The plan that says how credit is used. */
function placeOfTerms(
  { subscriptionId }: TaxedLine,
  { subscriptions, customer, bounds }: AccountCycle,
  rules: LoadedRuleSet,
) {
  const subscription = subscriptions.find(({ id }) => id === subscriptionId);
  const plan = subscription && planOn(agreedPlans(rules.document, subscription, customer.id), bounds.from);
  return { rule: `${plan?.id ?? ''}.prepaid`, at: plan?.at ?? { file: '', line: 0 } };
}
