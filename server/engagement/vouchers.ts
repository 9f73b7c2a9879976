import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import type { EpochMs } from '../../engine/model.ts';
import type { OfferOutcome } from '../../engine/outcomes.ts';
import { toTimestamp } from './engagement-deps.ts';
import type { Subject } from './subjects.ts';
import { createVoucherCode, readVoucherCode } from './voucher-code.ts';

type Give = OfferOutcome['give'];

/** What came of an offer. */
export type Grant =
  | { readonly kind: 'granted'; readonly key: string; readonly voucher: VoucherWords }
  | { readonly kind: 'already granted'; readonly key: string }
  | { readonly kind: 'refused'; readonly key: string; readonly reason: string };

/** A voucher as a template shows it. */
export interface VoucherWords {
  readonly code: string;
  /** `10 %` or `5.00 EUR`. */
  readonly take: string;
  readonly off: string;
  /** Last day on which it can be used, in the customer's zone. */
  readonly validUntil: string;
}

/**
 * Grants the voucher of an offer, once per rule, customer and occasion, within the offer's limits. Grants of one rule
 * wait for each other, so that a limit holds however many events come in at once.
 */
export async function grantVoucher(
  trx: Knex,
  offer: {
    readonly rule: string;
    readonly give: Give;
    readonly subject: Subject;
    readonly occasion: string;
    readonly now: EpochMs;
  },
  randomBytes: (count: number) => Uint8Array,
): Promise<Grant> {
  const { rule, give, subject } = offer;
  const key = [rule, subject.customer.id, offer.occasion].join('|');
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`voucher ${rule}`]);
  const { rows } = await trx.raw<{ rows: { same: number; customer: number; total: number }[] }>(
    `select count(*) filter (where key = ?) as same, count(*) filter (where customer_id = ?) as customer, count(*) as total
     from voucher where rule = ?`,
    [key, subject.customer.id, rule],
  );
  const granted = rows[0] ?? { same: 0, customer: 0, total: 0 };
  if (granted.same > 0) return { kind: 'already granted', key };
  if (give.perCustomer !== undefined && granted.customer >= give.perCustomer) {
    return {
      kind: 'refused',
      key,
      reason: `The customer has had this offer ${give.perCustomer} times, as often as it allows`,
    };
  }
  if (give.inTotal !== undefined && granted.total >= give.inTotal) {
    return { kind: 'refused', key, reason: `All ${give.inTotal} vouchers of this offer are given out` };
  }
  const lastDay = DateTime.fromMillis(offer.now, { zone: subject.customer.zone }).plus({ days: give.validDays });
  const code = createVoucherCode(randomBytes);
  // Who was won without an order has none to take it off yet: it is good for the customer's next one.
  const off = give.off === 'this order' && subject.order === undefined ? 'your next order' : give.off;
  await trx('voucher').insert({
    code,
    key,
    rule,
    customer_id: subject.customer.id,
    order_id: subject.order?.id ?? null,
    take: JSON.stringify(give.take),
    off,
    valid_from: toTimestamp(offer.now),
    valid_until: toTimestamp(lastDay.plus({ days: 1 }).startOf('day').toMillis()),
    uses_allowed: 1,
  });
  return {
    kind: 'granted',
    key,
    voucher: { code, take: takeInWords(give.take), off, validUntil: lastDay.toISODate() ?? '' },
  };
}

/** Why a voucher was not redeemed; each is the last part of a problem's type. */
export type RefusalReason =
  | 'voucher-unknown'
  | 'voucher-expired'
  | 'voucher-used'
  | 'voucher-of-another-customer'
  | 'voucher-of-another-order';

export type RedeemResult =
  | {
      readonly kind: 'redeemed';
      readonly code: string;
      readonly take: Give['take'];
      readonly off: string;
      readonly redeemedAt: string;
    }
  /** `sameOrder`: it was this very order that used it, so a caller who never got the answer can go on. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly sameOrder?: true };

/**
 * Redeems a voucher for an order, at once or not at all: the row's own counter decides between two who come together.
 *
 * @param request `code` as typed.
 */
export async function redeemVoucher(
  db: Knex,
  request: { readonly code: string; readonly orderId: string; readonly customerId: string; readonly now: EpochMs },
): Promise<RedeemResult> {
  const code = readVoucherCode(request.code);
  if (code === undefined) return { kind: 'refused', reason: 'voucher-unknown' };
  const redeemedAt = toTimestamp(request.now);
  return db.transaction(async (trx): Promise<RedeemResult> => {
    const { rows } = await trx.raw<{ rows: { take: Give['take']; off: string }[] }>(
      `update voucher set uses = uses + 1
       where code = ? and uses < uses_allowed and valid_from <= ? and valid_until > ?
         and (customer_id is null or customer_id = ?) and (order_id is null or order_id = ?)
         and not exists (select from redemption r where r.code = voucher.code and r.order_id = ?)
       returning take, off`,
      [code, redeemedAt, redeemedAt, request.customerId, request.orderId, request.orderId],
    );
    const voucher = rows[0];
    if (voucher === undefined) return refusal(trx, code, request);
    const stored = await trx('redemption')
      .insert({ code, order_id: request.orderId, redeemed_at: redeemedAt })
      .onConflict(['code', 'order_id'])
      .ignore()
      .returning('code');
    if (stored.length === 0) {
      // A voucher for several orders, used by the same order a moment ago: the table's key saw what the check could not.
      await trx('voucher').where({ code }).decrement('uses', 1);
      return { kind: 'refused', reason: 'voucher-used', sameOrder: true };
    }
    return { kind: 'redeemed', code, take: voucher.take, off: voucher.off, redeemedAt };
  });
}

async function refusal(
  trx: Knex,
  code: string,
  request: { orderId: string; customerId: string; now: EpochMs },
): Promise<RedeemResult> {
  const voucher = await trx('voucher')
    .where({ code })
    .first('customer_id', 'order_id', 'uses', 'uses_allowed', 'valid_from', 'valid_until');
  if (voucher === undefined) return { kind: 'refused', reason: 'voucher-unknown' };
  // Whose voucher it is comes first: nobody else learns whether it has been used.
  if (voucher.customer_id !== null && voucher.customer_id !== request.customerId)
    return { kind: 'refused', reason: 'voucher-of-another-customer' };
  const same = await trx('redemption').where({ code, order_id: request.orderId }).first('code');
  if (same !== undefined) return { kind: 'refused', reason: 'voucher-used', sameOrder: true };
  if (voucher.uses >= voucher.uses_allowed) return { kind: 'refused', reason: 'voucher-used' };
  if (voucher.order_id !== null && voucher.order_id !== request.orderId)
    return { kind: 'refused', reason: 'voucher-of-another-order' };
  return { kind: 'refused', reason: 'voucher-expired' };
}

/** `10 %`, or the amount with its currency. */
export function takeInWords(take: Give['take']): string {
  return take.kind === 'percent' ? `${take.percent} %` : `${take.amount} ${take.currency}`;
}
