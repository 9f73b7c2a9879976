import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountCycle } from '../../engine/model.ts';
import type { LateRecord } from '../bill-run/load-usage.ts';

export interface SortedLate {
  /** Its own cycle was issued, and is corrected by it. */
  readonly correcting: readonly LateRecord[];
  /** Its own cycle cannot be corrected here, so that the open one bills it. */
  readonly billedHere: readonly LateRecord[];
}

interface PastRow {
  readonly account_id: string;
  readonly period_from: string;
  readonly period_until: string;
  readonly state: string;
  readonly usage_cut: number | null;
  readonly is_stored: boolean;
}

/** Says of late records which cycle they go to; in the order of the cycles. */
export async function sortLate(
  db: Knex,
  cycles: readonly AccountCycle[],
  late: readonly (readonly LateRecord[])[],
): Promise<readonly SortedLate[]> {
  const ids = cycles.filter((_, index) => (late[index] ?? []).length > 0).map(({ account }) => account.id);
  if (ids.length === 0) return cycles.map(() => ({ correcting: [], billedHere: [] }));
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
    const places = (late[index] ?? []).map((record) => ({ record, place: placeOf(record, cycle, own) }));
    const at = (wanted: string) => places.filter(({ place }) => place === wanted).map(({ record }) => record);
    return { correcting: at('correcting'), billedHere: at('billed here') };
  });
}

function placeOf(record: LateRecord, { account, bounds }: AccountCycle, past: readonly PastRow[]) {
  const { event, billedIn, arrived } = record;
  if (billedIn !== null) return billedIn === bounds.from ? 'billed here' : 'billed elsewhere';
  const its = past.find(
    ({ period_from, period_until }) =>
      event.startAt >= startOfAccountDay(account, period_from) &&
      event.startAt < startOfAccountDay(account, period_until),
  );
  if (its?.state === 'invoiced' && its.is_stored) return 'correcting';
  // Who rejected a cycle has decided about the usage that it had.
  if (its?.state === 'rejected' && arrived <= (its.usage_cut ?? 0)) return 'rejected';
  return 'billed here';
}

/** Keeps which cycle bills late records, with the rating that found them: no later one bills them again. */
export async function storeLate(
  trx: Knex.Transaction,
  cycles: readonly { readonly cycle: AccountCycle; readonly late: readonly LateRecord[] }[],
): Promise<void> {
  const rows = cycles.flatMap(({ cycle: { account, bounds }, late }) =>
    late.map(({ event }) => ({
      source: event.source,
      record_id: event.id,
      account_id: account.id,
      period_from: bounds.from,
    })),
  );
  if (rows.length > 0) await trx('late_usage').insert(rows).onConflict(['source', 'record_id']).ignore();
}
