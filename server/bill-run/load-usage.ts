import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountTimes } from '../../engine/billing-account.ts';
import type { CycleBounds, UsageEvent } from '../../engine/model.ts';
import type { UsageRow } from '../database/rows.ts';

/** Which account cycles to load; `usageCut` is the last delivery that counts, undefined for all there is. */
export interface CycleSelection {
  readonly accountId: string;
  readonly bounds: CycleBounds;
  readonly usageCut?: number;
}

export interface UsageSelection extends CycleSelection {
  readonly times: AccountTimes;
}

/** A record that started before the cycle, and came when the cycle before it had been rated. */
export interface LateRecord {
  readonly event: UsageEvent;
  readonly subscriptionId: string;
  /** The delivery with which it came. */
  readonly arrived: number;
  /** First day of the cycle that has billed it, if one has. */
  readonly billedIn: string | null;
}

export interface CycleUsage {
  /** What started in the cycle. */
  readonly own: readonly UsageEvent[];
  readonly late: readonly LateRecord[];
}

/** No delivery has a higher number. */
export const everything = 2 ** 31 - 1;

/** The usage of each selected cycle as it was rated, in the order of the selection; with a later cut, as it is known now. */
export async function loadUsage(
  db: Knex,
  selections: readonly UsageSelection[],
): Promise<readonly (readonly UsageEvent[])[]> {
  const usage = await loadCycleUsage(db, selections);
  return usage.map(({ own, late }, index) => {
    const from = selections[index]?.bounds.from;
    return [...own, ...late.filter(({ billedIn }) => billedIn === from).map(({ event }) => event)];
  });
}

/** What started in each selected cycle, and what came late since the account's last cycle that counts was rated. */
export async function loadCycleUsage(db: Knex, selections: readonly UsageSelection[]): Promise<readonly CycleUsage[]> {
  const wanted = selections.map(({ accountId, bounds, usageCut, times }) => ({
    accountId,
    from: startOfAccountDay(times, bounds.from),
    until: startOfAccountDay(times, bounds.until),
    cut: usageCut ?? everything,
    day: bounds.from,
  }));
  const { rows } = await db.raw<{ rows: (UsageRow & Placed)[] }>(
    `
    with wanted as (
      select w.*, coalesce((select max(k.usage_cut) from account_cycle k
                            where k.account_id = w.account_id and k.period_until <= w.period_from and k.state <> 'rejected'), 0) as late_from
      from unnest(?::text[], ?::bigint[], ?::bigint[], ?::int[], ?::date[]) with ordinality
        as w (account_id, from_ms, until_ms, cut, period_from, place))
    select w.place, e.*, e.start_at < w.from_ms as late, l.period_from as billed_in
    from wanted w
    join usage_version e on e.account_id = w.account_id and e.start_at < w.until_ms and e.file_id <= w.cut
      and (e.known_until is null or e.known_until > w.cut)
    left join late_usage l on l.source = e.source and l.record_id = e.record_id
    where e.start_at >= w.from_ms or e.arrived > w.late_from or l.period_from = w.period_from`,
    [
      wanted.map((w) => w.accountId),
      wanted.map((w) => w.from),
      wanted.map((w) => w.until),
      wanted.map((w) => w.cut),
      wanted.map((w) => w.day),
    ],
  );
  const usage = selections.map(() => ({ own: [] as UsageEvent[], late: [] as LateRecord[] }));
  for (const row of rows) {
    const found = usage[row.place - 1];
    const event = toUsageEvent(row);
    if (!row.late) found?.own.push(event);
    else
      found?.late.push({ event, subscriptionId: row.subscription_id, arrived: row.arrived, billedIn: row.billed_in });
  }
  return usage;
}

interface Placed {
  readonly place: number;
  readonly late: boolean;
  readonly billed_in: string | null;
  readonly subscription_id: string;
  readonly arrived: number;
}

export function toUsageEvent(row: UsageRow): UsageEvent {
  return {
    id: row.record_id,
    source: row.source,
    sequence: row.sequence,
    msisdn: row.msisdn,
    service: row.service,
    startAt: row.start_at,
    durationMs: row.duration_ms,
    bytes: row.bytes,
    messages: row.messages,
    direction: row.direction,
    calledNumber: row.called_number,
    callingNumber: row.calling_number,
    visitedNetwork: row.visited_network,
    ...(row.value !== null && row.value_currency !== null
      ? { value: { amount: row.value, currency: row.value_currency } }
      : {}),
    ...(row.session !== null && {
      part: {
        session: row.session,
        number: row.part_number ?? 1,
        isLast: row.is_last_part === true,
        ...(row.closing_cause !== null && { closingCause: row.closing_cause }),
      },
    }),
    ...(row.change !== null && { change: row.change }),
    ...(row.imsi !== null && { imsi: row.imsi }),
    ...(row.roaming_partner !== null && { roamingPartner: row.roaming_partner }),
    ...(row.record_type !== null && { recordType: row.record_type }),
    ...(row.attributes && { attributes: row.attributes }),
  };
}
