import type { Knex } from 'knex';
import { compare, parseDecimal } from '../../engine/money.ts';

/** Amounts are decimal texts with tax, instants epoch milliseconds. */
export interface TopUp {
  readonly source: string;
  readonly id: string;
  readonly accountId: string;
  readonly kind: 'paid' | 'bonus';
  readonly amount: string;
  readonly currency: string;
  /** How it was paid; empty for a gift. */
  readonly method: string;
  readonly receivedAt: number;
  readonly expiresAt?: number;
  /** What a gift was given for; empty for a payment. */
  readonly reason: string;
}

export type TopUpResult =
  | { readonly kind: 'recorded' }
  /** The very same is there already. */
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly reason: 'no account' | 'other currency' | 'another top-up of the name' };

/** Records a top-up once for ever under its source and id; what was paid is posted by the database in the same statement. */
export async function recordTopUp(db: Knex, topUp: TopUp): Promise<TopUpResult> {
  return db.transaction(async (trx) => {
    const account = await trx('billing_account').where({ account_id: topUp.accountId }).first('currency');
    if (!account) return { kind: 'refused', reason: 'no account' };
    if (account.currency !== topUp.currency) return { kind: 'refused', reason: 'other currency' };
    const added = await trx('top_up')
      .insert({
        source: topUp.source,
        top_up_id: topUp.id,
        account_id: topUp.accountId,
        kind: topUp.kind,
        amount: topUp.amount,
        currency: topUp.currency,
        method: topUp.method,
        received_at: topUp.receivedAt,
        expires_at: topUp.expiresAt ?? null,
        reason: topUp.reason,
      })
      .onConflict()
      .ignore()
      .returning('credit');
    if (added.length > 0) return { kind: 'recorded' };
    const known = await trx('top_up').where({ source: topUp.source, top_up_id: topUp.id }).first();
    return known && isSame(known, topUp)
      ? { kind: 'known' }
      : { kind: 'refused', reason: 'another top-up of the name' };
  });
}

interface TopUpRow {
  readonly account_id: string;
  readonly kind: string;
  readonly amount: string;
  readonly expires_at: number | null;
}

/** When it was received is not compared: who repeats it without saying when means the first time. */
function isSame(row: TopUpRow, topUp: TopUp): boolean {
  return (
    row.account_id === topUp.accountId &&
    row.kind === topUp.kind &&
    compare(parseDecimal(row.amount), parseDecimal(topUp.amount)) === 0 &&
    row.expires_at === (topUp.expiresAt ?? null)
  );
}
