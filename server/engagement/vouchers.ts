import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import type { Benefit, Voucher } from '../../engine/outcomes.ts';
import { toTimestamp } from './engagement-deps.ts';
import { readVoucherCode } from './voucher-code.ts';

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
      readonly take: Voucher['take'];
      readonly off: string;
      /** It takes off no more than this. */
      readonly atMost?: { readonly amount: string; readonly currency: string };
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
    const { rows } = await trx.raw<{ rows: VoucherRow[] }>(
      `update voucher set uses = uses + 1
       where code = ? and uses < uses_allowed and valid_from <= ? and valid_until > ?
         and (customer_id is null or customer_id = ?) and (order_id is null or order_id = ?)
         and not exists (select from redemption r where r.code = voucher.code and r.order_id = ?)
       returning take, off, fee, each_at_most, rule, title, file, line, worth::text as worth, currency`,
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
    await turnIntoBenefit(trx, code, voucher, request, redeemedAt);
    const { take, off, each_at_most: atMost } = voucher;
    return { kind: 'redeemed', code, take, off, ...(atMost && { atMost }), redeemedAt };
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

interface VoucherRow {
  readonly take: Voucher['take'];
  readonly off: string;
  readonly fee: string | null;
  readonly each_at_most: { readonly amount: string; readonly currency: string } | null;
  readonly rule: string;
  readonly title: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly worth: string | null;
  readonly currency: string | null;
}

/** A voucher for a bill is used up by redeeming it; the next bill then takes in what it gives. */
async function turnIntoBenefit(
  trx: Knex,
  code: string,
  voucher: VoucherRow,
  { customerId, orderId }: { readonly customerId: string; readonly orderId: string },
  redeemedAt: string,
): Promise<void> {
  const { take, off, fee, each_at_most: each, rule, title } = voucher;
  if (off !== 'next invoice' && off !== 'fee') return;
  const give: Benefit = {
    kind: 'bill discount',
    take,
    off: fee === null ? { kind: 'all charges' } : { kind: 'fee', name: fee },
    cycles: 1,
    ...(each && { each }),
  };
  await trx('benefit').insert({
    benefit_id: ['voucher', code, orderId].join('|'),
    rule,
    file: voucher.file ?? '',
    line: voucher.line ?? 1,
    title: title || rule,
    customer_id: customerId,
    give: JSON.stringify(give),
    worth: voucher.worth,
    currency: voucher.currency,
    cycles: 1,
    granted_at: redeemedAt,
    voucher_code: code,
  });
}

/**
 * Takes back what an order redeemed, because it was cancelled: its vouchers can be used again as long as they are valid, and
 * what they gave a bill is withdrawn unless a bill has taken it in already. In the caller's transaction; done once.
 */
export async function reverseRedemptions(trx: Knex, orderId: string, at: EpochMs): Promise<void> {
  const reversedAt = toTimestamp(at);
  const codes = await trx('redemption')
    .where({ order_id: orderId, reversed_at: null })
    .update({ reversed_at: reversedAt })
    .returning<{ code: string }[]>('code');
  for (const { code } of codes) {
    await trx('voucher').where({ code }).decrement('uses', 1);
    await trx('benefit')
      .where({ benefit_id: ['voucher', code, orderId].join('|'), withdrawn_at: null })
      .whereNotExists(trx('benefit_use').whereRaw('benefit_use.benefit_id = benefit.benefit_id').select(trx.raw('1')))
      .update({ withdrawn_at: reversedAt });
  }
}
