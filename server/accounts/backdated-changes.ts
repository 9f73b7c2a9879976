/** What becomes known of a subscription's life when its days are billed already: written down with who said so, and entered. */
import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';
import { lockRatings } from '../bill-run/rating-lock.ts';
import { type ChangeOutcome, removePause, removePlanChange, setPause, setPlanChange } from './subscription-changes.ts';

export type BackdatedChange =
  | { readonly kind: 'plan change'; readonly from: LocalDate; readonly plan: string }
  | { readonly kind: 'plan change taken back'; readonly from: LocalDate }
  /** Or, of a pause from that day on, its end. */
  | { readonly kind: 'pause'; readonly from: LocalDate; readonly until?: LocalDate | undefined }
  | { readonly kind: 'pause taken back'; readonly from: LocalDate }
  /** The first day without service. */
  | { readonly kind: 'cancellation'; readonly on: LocalDate }
  | { readonly kind: 'cancellation taken back' }
  | { readonly kind: 'activation'; readonly on: LocalDate };

export interface Told {
  /** Undefined for a business event. */
  readonly by?: string;
  readonly why: string;
  readonly on: LocalDate;
}

/** A change as it was written down; `from` is the first day that is otherwise than it was billed. */
export interface WrittenChange {
  readonly from: LocalDate;
  readonly change: BackdatedChange;
  readonly knownOn: LocalDate;
  readonly by: string | null;
  readonly why: string;
}

/**
 * Enters a change, written down in the same transaction, without which the database refuses days that are billed.
 *
 * @returns the first day that is otherwise now, or why there is no such change, be it the first day on which the subscription could have ended; the transaction is then to be rolled back.
 */
export async function enterBackdated(
  trx: Knex.Transaction,
  subscriptionId: string,
  change: BackdatedChange,
  told: Told,
): Promise<{ readonly from: LocalDate } | { readonly endsBefore: LocalDate } | Exclude<ChangeOutcome, 'done'>> {
  if (change.kind === 'cancellation') {
    const first = await firstDayOfEnd(trx, subscriptionId, told.on);
    if (first !== undefined && change.on < first) return { endsBefore: first };
  }
  const from = await firstDayOf(trx, subscriptionId, change);
  if (from === undefined) return 'unknown';
  await writeDown(trx, subscriptionId, from, change, told);
  const outcome = await enter(trx, subscriptionId, change);
  return outcome === 'done' ? { from } : outcome;
}

/**
 * The first day on which a subscription can end: that of its activation, on which somebody withdraws who is charged nothing; before that day comes, the
 * one on which its order was accepted. Undefined for an unknown subscription.
 */
export async function firstDayOfEnd(
  db: Knex,
  subscriptionId: string,
  today: LocalDate,
): Promise<LocalDate | undefined> {
  const row = await db('subscription')
    .where({ subscription_id: subscriptionId })
    .first<{ activated_on: LocalDate; accepted_on: LocalDate } | undefined>('activated_on', 'accepted_on');
  return row && (row.activated_on <= today ? row.activated_on : row.accepted_on);
}

/** Writes down what an event says of a time that a run has taken up; what is ahead needs no correction. */
export async function noteCancellation(trx: Knex, subscriptionId: string, on: LocalDate, told: Told): Promise<void> {
  // Who rates meanwhile has read the books without it.
  await lockRatings(trx);
  const known = await trx('subscription').where({ subscription_id: subscriptionId }).first('cancelled_on');
  if (known?.cancelled_on === on) return;
  const change = { kind: 'cancellation', on } as const;
  const from = await firstDayOf(trx, subscriptionId, change);
  if (from === undefined || from > (await takenUpUntil(trx, subscriptionId))) return;
  await writeDown(trx, subscriptionId, from, change, told);
}

/** In the order in which they became known. */
export async function readBackdated(db: Knex, subscriptionId: string): Promise<readonly WrittenChange[]> {
  return db('backdated_change').where({ subscription_id: subscriptionId }).orderBy('number').select({
    from: 'from_day',
    change: 'change',
    knownOn: 'known_on',
    by: 'requested_by',
    why: 'reason',
  });
}

/** The end of the last cycle of the account that a run has taken up, or that was billed elsewhere; '' if there is none. */
export async function takenUpUntil(db: Knex, subscriptionId: string): Promise<LocalDate> {
  const { rows } = await db.raw<{ rows: { until: LocalDate | null }[] }>(
    `
    select greatest((select max(period_until) from account_cycle c where c.account_id = s.account_id),
                    (select max(period_until) from invoice i where i.account_id = s.account_id)) as until
    from subscription s where s.subscription_id = ?`,
    [subscriptionId],
  );
  return rows[0]?.until ?? '';
}

/** Undefined where there is nothing to take back. */
async function firstDayOf(trx: Knex, subscriptionId: string, change: BackdatedChange): Promise<LocalDate | undefined> {
  const row = await trx('subscription')
    .where({ subscription_id: subscriptionId })
    .forNoKeyUpdate()
    .first('activated_on', 'cancelled_on');
  if (!row) return undefined;
  switch (change.kind) {
    case 'plan change':
    case 'plan change taken back':
    case 'pause taken back':
      return change.from;
    case 'pause': {
      const known = await trx('subscription_pause')
        .where({ subscription_id: subscriptionId, from_day: change.from })
        .first('until_day');
      return known ? earliest(known.until_day, change.until, change.from) : change.from;
    }
    case 'cancellation':
      return earliest(row.cancelled_on, change.on, change.on);
    case 'cancellation taken back':
      return row.cancelled_on ?? undefined;
    case 'activation':
      return earliest(row.activated_on, change.on, change.on);
  }
}

function earliest(a: LocalDate | null, b: LocalDate | undefined, otherwise: LocalDate): LocalDate {
  return [a, b].filter((day) => day !== null && day !== undefined).sort()[0] ?? otherwise;
}

async function writeDown(
  trx: Knex,
  subscriptionId: string,
  from: LocalDate,
  change: BackdatedChange,
  { by, why, on }: Told,
): Promise<void> {
  const last = await trx('backdated_change')
    .where({ subscription_id: subscriptionId })
    .max({ number: 'number' })
    .first();
  await trx('backdated_change').insert({
    subscription_id: subscriptionId,
    number: (last?.number ?? 0) + 1,
    from_day: from,
    change: JSON.stringify(change),
    known_on: on,
    requested_by: by ?? null,
    reason: why,
  });
}

async function enter(trx: Knex.Transaction, id: string, change: BackdatedChange): Promise<ChangeOutcome> {
  const update = async (changes: Readonly<Record<string, LocalDate | null>>) => {
    await trx('subscription').where({ subscription_id: id }).update(changes);
    return 'done' as const;
  };
  switch (change.kind) {
    case 'plan change':
      return setPlanChange(trx, id, change);
    case 'plan change taken back':
      return removePlanChange(trx, id, change.from);
    case 'pause':
      return setPause(trx, id, { from: change.from, ...(change.until !== undefined && { until: change.until }) });
    case 'pause taken back':
      return removePause(trx, id, change.from);
    case 'cancellation':
      return update({ cancelled_on: change.on });
    case 'cancellation taken back':
      return update({ cancelled_on: null });
    case 'activation':
      return update({ activated_on: change.on });
  }
}
