import type { Knex } from 'knex';
import { accountDate, startOfAccountDay } from '../../engine/account-days.ts';
import { cycleBounds } from '../../engine/cycles.ts';
import { placeOfLate } from '../../engine/late-usage.ts';
import type { AccountCycle, UsageEvent } from '../../engine/model.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { LateRecord } from '../bill-run/load-usage.ts';

export interface SortedLate {
  /** Its own cycle was issued, and is corrected by it. */
  readonly correcting: readonly LateRecord[];
  /** The open cycle bills it: so its plan says, or its own cycle cannot be corrected. */
  readonly billedHere: readonly LateRecord[];
  /** Its plan bills nothing that comes so late. */
  readonly tooLate: readonly LateRecord[];
}

interface PastRow {
  readonly account_id: string;
  readonly period_from: string;
  readonly period_until: string;
  readonly state: string;
  readonly usage_cut: number | null;
  readonly is_stored: boolean;
}

/**
 * Says of late records which cycle they go to; in the order of the cycles.
 *
 * @param document the rules by which plans say it; the defaults hold where there are none.
 */
export async function sortLate(
  db: Knex,
  cycles: readonly AccountCycle[],
  late: readonly (readonly LateRecord[])[],
  document: RuleSet | undefined,
): Promise<readonly SortedLate[]> {
  const ids = cycles.filter((_, index) => (late[index] ?? []).length > 0).map(({ account }) => account.id);
  if (ids.length === 0) return cycles.map(() => ({ correcting: [], billedHere: [], tooLate: [] }));
  const past: PastRow[] = await db('account_cycle')
    .whereIn('account_id', ids)
    .select(
      'account_id',
      'period_from',
      'period_until',
      'state',
      'usage_cut',
      db.raw('inputs is not null as is_stored'),
    );
  return cycles.map((cycle, index) => {
    const own = past.filter((row) => row.account_id === cycle.account.id);
    const places = (late[index] ?? []).map((record) => ({ record, place: placeOf(record, cycle, own, document) }));
    const at = (wanted: string) => places.filter(({ place }) => place === wanted).map(({ record }) => record);
    return { correcting: at('correcting'), billedHere: at('billed here'), tooLate: at('too late') };
  });
}

function placeOf(
  record: LateRecord,
  cycle: AccountCycle,
  past: readonly PastRow[],
  document: RuleSet | undefined,
): 'correcting' | 'billed here' | 'too late' | 'decided elsewhere' {
  const { account, bounds, subscriptions } = cycle;
  const { event, decidedIn, isBilled, arrived } = record;
  if (decidedIn !== null && decidedIn !== bounds.from) return 'decided elsewhere';
  if (decidedIn !== null) return isBilled ? 'billed here' : 'too late';
  const its = past.find(
    ({ period_from, period_until }) =>
      event.startAt >= startOfAccountDay(account, period_from) &&
      event.startAt < startOfAccountDay(account, period_until),
  );
  // Who rejected a cycle has decided about the usage that it had.
  if (its?.state === 'rejected' && arrived <= (its.usage_cut ?? 0)) return 'decided elsewhere';
  const subscription = subscriptions.find(({ id }) => id === record.subscriptionId);
  const place = document ? placeOfLate(event, subscription, cycle, document) : 'own cycle';
  if (place === 'too late') return 'too late';
  return place === 'own cycle' && its?.state === 'invoiced' && its.is_stored ? 'correcting' : 'billed here';
}

/**
 * Keeps which cycle bills late records, or found them too late, with the rating that found them: no other cycle counts them again, whatever
 * it is evaluated once more for.
 */
export async function storeLate(
  trx: Knex.Transaction,
  cycles: readonly { readonly cycle: AccountCycle; readonly late: readonly LateRecord[] }[],
): Promise<void> {
  const rows = cycles.flatMap(({ cycle: { account, bounds, tooLate = [] }, late }) => {
    const row = (event: UsageEvent, isBilled: boolean) => rowOf(event, account.id, bounds.from, isBilled);
    return [...late.map(({ event }) => row(event, true)), ...tooLate.map((event) => row(event, false))];
  });
  await insert(trx, rows);
}

/** Keeps that records correct the bills of their own cycles, where a person has these corrected before the next rating decides. */
export async function storeCorrecting(
  trx: Knex.Transaction,
  { account }: Pick<AccountCycle, 'account'>,
  correcting: readonly LateRecord[],
): Promise<void> {
  const own = ({ startAt }: UsageEvent) => cycleBounds(account, accountDate(account, startAt)).from;
  await insert(
    trx,
    correcting.map(({ event }) => rowOf(event, account.id, own(event), true)),
  );
}

function rowOf({ source, id }: UsageEvent, accountId: string, from: string, isBilled: boolean) {
  return { source, record_id: id, account_id: accountId, period_from: from, is_billed: isBilled };
}

async function insert(trx: Knex.Transaction, rows: readonly ReturnType<typeof rowOf>[]): Promise<void> {
  if (rows.length > 0) await trx('late_usage').insert(rows).onConflict(['source', 'record_id']).ignore();
}
