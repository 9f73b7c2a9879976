import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import type { EpochMs } from '../../engine/model.ts';
import { add, compare, formatAmount, parseDecimal } from '../../engine/money.ts';
import type { Benefit, Gift, Voucher } from '../../engine/outcomes.ts';
import type { SourceLocation } from '../../engine/rule-set.ts';
import { toTimestamp } from './engagement-deps.ts';
import { giftInWords, type OfferWords, takeInWords, type VoucherWords } from './gift-words.ts';
import type { Subject } from './subjects.ts';
import { createVoucherCode } from './voucher-code.ts';

/** One offer on its way to one customer. */
export interface Granting<G extends Gift = Gift> {
  readonly rule: string;
  readonly give: G;
  readonly subject: Subject;
  /** What it is given for: the same occasion gives it once. */
  readonly occasion: string;
  readonly now: EpochMs;
  /** What the customer reads; the rule's id if its author gave no title. */
  readonly title?: string;
  readonly at?: SourceLocation;
  /** What it is worth at most, a decimal text; absent where nothing tells. */
  readonly worth?: { readonly amount: string; readonly currency: string };
}

/** What came of an offer. */
export type Grant =
  | {
      readonly kind: 'granted';
      readonly key: string;
      readonly offer: OfferWords;
      readonly voucher: VoucherWords | undefined;
    }
  | { readonly kind: 'already granted'; readonly key: string }
  | { readonly kind: 'refused'; readonly key: string; readonly reason: string };

/**
 * Gives what an offer gives, once per rule, customer and occasion, within the offer's limits in number and in money. Grants
 * of one rule wait for each other, so that a limit holds however many events come in at once.
 *
 * @param randomBytes cryptographically strong, for the codes of vouchers.
 */
export async function grantOffer(
  trx: Knex,
  granting: Granting,
  randomBytes: (count: number) => Uint8Array,
): Promise<Grant> {
  const { rule, subject, give } = granting;
  const key = [rule, subject.customer.id, granting.occasion].join('|');
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`voucher ${rule}`]);
  const tally = await tallyOf(trx, granting, key);
  if (tally.same > 0) return { kind: 'already granted', key };
  const reason = refusalOf(granting, tally);
  if (reason !== undefined) return { kind: 'refused', key, reason };
  if (give.kind === 'voucher') return storeVoucher(trx, key, { ...granting, give }, randomBytes);
  return storeBenefit(trx, key, { ...granting, give });
}

interface Tally {
  readonly same: number;
  readonly customer: number;
  readonly total: number;
  /** Worth of all that was used or can still be used; what ran out unused costs nothing. */
  readonly spent: string;
}

async function tallyOf(trx: Knex, { rule, subject, now }: Granting, key: string): Promise<Tally> {
  const { rows } = await trx.raw<{ rows: Tally[] }>(
    `select count(*) filter (where key = ?)::int as same, count(*) filter (where customer_id = ?)::int as customer,
            count(*)::int as total, coalesce(sum(worth) filter (where live), 0)::text as spent
     from (
       select key, customer_id, worth, uses > 0 or valid_until > ? as live from voucher where rule = ?
       union all
       select benefit_id, customer_id, worth, withdrawn_at is null from benefit where rule = ? and voucher_code is null
     ) as given`,
    [key, subject.customer.id, toTimestamp(now), rule, rule],
  );
  return rows[0] ?? { same: 0, customer: 0, total: 0, spent: '0' };
}

function refusalOf({ give, worth }: Granting, tally: Tally): string | undefined {
  const { perCustomer, inTotal, budget } = give;
  if (perCustomer !== undefined && tally.customer >= perCustomer)
    return `The customer has had this offer ${perCustomer} times, as often as it allows`;
  if (inTotal !== undefined && tally.total >= inTotal)
    return `All ${inTotal} ${give.kind === 'voucher' ? 'vouchers' : 'gifts'} of this offer are given out`;
  if (budget === undefined) return undefined;
  if (worth === undefined || worth.currency !== budget.currency)
    return `What it is worth cannot be told in ${budget.currency}, the currency of its budget`;
  const after = add(parseDecimal(tally.spent), parseDecimal(worth.amount));
  if (compare(after, parseDecimal(budget.amount)) <= 0) return undefined;
  const spent = formatAmount(parseDecimal(tally.spent), budget.currency);
  return `Of the budget of ${budget.amount} ${budget.currency} ${spent} is promised or spent; this one is worth ${worth.amount}`;
}

async function storeVoucher(
  trx: Knex,
  key: string,
  { rule, give, subject, now, title = rule, at, worth }: Granting<Voucher>,
  randomBytes: (count: number) => Uint8Array,
): Promise<Grant> {
  const end = endOf(give.validDays, now, subject);
  const code = createVoucherCode(randomBytes);
  // Who was won without an order has none to take it off yet: it is good for the customer's next one.
  const off = give.off === 'this order' && subject.order === undefined ? 'your next order' : give.off;
  await trx('voucher').insert({
    code,
    key,
    rule,
    customer_id: subject.customer.id,
    order_id: give.off === 'this order' ? (subject.order?.id ?? null) : null,
    take: JSON.stringify(give.take),
    off,
    fee: give.fee ?? null,
    valid_from: toTimestamp(now),
    valid_until: toTimestamp(end.toMillis()),
    uses_allowed: 1,
    worth: worth?.amount ?? null,
    currency: worth?.currency ?? null,
    each_at_most: give.each ? JSON.stringify(give.each) : null,
    title,
    file: at?.file ?? null,
    line: at?.line ?? null,
  });
  const validUntil = end.minus({ days: 1 }).toISODate() ?? '';
  const voucher = { code, take: takeInWords(give.take), off: give.fee ?? off, validUntil };
  return {
    kind: 'granted',
    key,
    voucher,
    offer: { title, gift: `${voucher.take} off ${voucher.off}`, code, validUntil },
  };
}

async function storeBenefit(
  trx: Knex,
  key: string,
  { rule, give, subject, now, title = rule, at, worth }: Granting<Benefit>,
): Promise<Grant> {
  const end = give.validDays === undefined ? undefined : endOf(give.validDays, now, subject);
  await trx('benefit').insert({
    benefit_id: key,
    rule,
    file: at?.file ?? '',
    line: at?.line ?? 1,
    title,
    customer_id: subject.customer.id,
    subscription_id: subject.subscription?.id ?? null,
    give: JSON.stringify(give),
    worth: worth?.amount ?? null,
    currency: worth?.currency ?? null,
    cycles: give.cycles,
    granted_at: toTimestamp(now),
    valid_until: end ? toTimestamp(end.toMillis()) : null,
  });
  const validUntil = end?.minus({ days: 1 }).toISODate();
  return {
    kind: 'granted',
    key,
    voucher: undefined,
    offer: { title, gift: giftInWords(give), ...(validUntil && { validUntil }) },
  };
}

/** The first midnight, where the customer lives, at which it is no longer good. */
function endOf(validDays: number, now: EpochMs, { customer }: Subject): DateTime {
  return DateTime.fromMillis(now, { zone: customer.zone })
    .plus({ days: validDays + 1 })
    .startOf('day');
}
