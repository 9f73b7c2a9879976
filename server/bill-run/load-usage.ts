import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountTimes } from '../../engine/billing-account.ts';
import type { CycleBounds, UsageEvent } from '../../engine/model.ts';

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
  /** First day of the cycle that bills it, or found it too late to be billed, if one has. */
  readonly decidedIn: string | null;
  readonly isBilled: boolean;
}

export interface CycleUsage {
  /** What started in the cycle, and no later one bills. */
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
    return [
      ...own,
      ...late.filter(({ decidedIn, isBilled }) => decidedIn === from && isBilled).map(({ event }) => event),
    ];
  });
}

/**
 * What started in each selected cycle, and what came late since the account's last cycle that counts was rated. Late usage is counted once: by the
 * cycle that bills it, and never again by its own one. What came since that and the cycles after it were rated waits to be decided.
 */
export async function loadCycleUsage(db: Knex, selections: readonly UsageSelection[]): Promise<readonly CycleUsage[]> {
  const { rows } = await db.raw<{ rows: UsageRow[] }>(usageSql, [
    selections.map(({ accountId }) => accountId),
    selections.map(({ times, bounds }) => startOfAccountDay(times, bounds.from)),
    selections.map(({ times, bounds }) => startOfAccountDay(times, bounds.until)),
    selections.map(({ usageCut }) => usageCut ?? everything),
    selections.map(({ bounds }) => bounds.from),
  ]);
  return rows.map(toCycleUsage);
}

/** What a bill reads of every record. */
const usageColumns = [
  'record_id',
  'source',
  'sequence',
  'msisdn',
  'service',
  'start_at',
  'duration_ms',
  'bytes',
  'messages',
  'direction',
  'called_number',
  'calling_number',
  'visited_network',
] as const;

/** The records of one cycle, column by column: many times fewer rows to be written and read than with one for each record. Without records, null. */
type UsageRow = Readonly<Record<(typeof usageColumns)[number], readonly (string | number)[] | null>> & {
  readonly details: readonly (RecordDetails | null)[] | null;
  readonly late: readonly (Omit<LateRecord, 'event'> | null)[] | null;
};

/** What few records say. */
interface RecordDetails {
  readonly value: string | null;
  readonly currency: string | null;
  readonly session: string | null;
  readonly part: number | null;
  readonly isLast: boolean | null;
  readonly closingCause: string | null;
  readonly change: number | null;
  readonly imsi: string | null;
  readonly roamingPartner: string | null;
  readonly recordType: string | null;
  readonly attributes: NonNullable<UsageEvent['attributes']> | null;
}

// Late usage cannot have started before the earliest record of what has come since: without that, each month would read all months before it.
const usageSql = `
  with wanted as (
    select w.*, coalesce((select max(k.usage_cut) from account_cycle k
                          where k.account_id = w.account_id and k.period_until <= w.period_from and k.state <> 'rejected'), 0) as late_from,
                        (select max(k.usage_cut) from account_cycle k
                          where k.account_id = w.account_id and k.period_from >= w.period_from and k.state <> 'rejected') as rated_at
    from unnest(?::text[], ?::bigint[], ?::bigint[], ?::int[], ?::date[]) with ordinality as w (account_id, from_ms, until_ms, cut, period_from, place)),
  come as (
    select late_from, cut, (select min(coalesce(f.earliest, 0)) from usage_file f where f.file_id > late_from and f.file_id <= cut) as earliest
    from (select distinct late_from, cut from wanted) as since)
  select u.*
  from wanted w join come using (late_from, cut) cross join lateral (
    select ${usageColumns.map((column) => `json_agg(e.${column}) as ${column}`).join(', ')},
      json_agg(case when num_nonnulls(e.value, e.session, e.change, e.imsi, e.roaming_partner, e.record_type, e.attributes) > 0 then
        json_build_object('value', e.value::text, 'currency', e.value_currency, 'session', e.session, 'part', e.part_number,
          'isLast', e.is_last_part, 'closingCause', e.closing_cause, 'change', e.change, 'imsi', e.imsi,
          'roamingPartner', e.roaming_partner, 'recordType', e.record_type, 'attributes', e.attributes) end) as details,
      json_agg(case when e.start_at < w.from_ms then
        json_build_object('decidedIn', l.period_from, 'isBilled', coalesce(l.is_billed, true), 'subscriptionId', e.subscription_id,
          'arrived', e.arrived) end) as late
    from usage_version e left join late_usage l on l.source = e.source and l.record_id = e.record_id
    where e.account_id = w.account_id and e.start_at >= least(w.from_ms, come.earliest) and e.start_at < w.until_ms and e.file_id <= w.cut
      and (e.known_until is null or e.known_until > w.cut)
      and case when e.start_at < w.from_ms then e.arrived > w.late_from or l.period_from = w.period_from
               when l.source is null then w.rated_at is null or e.arrived <= w.rated_at
               else l.period_from <= w.period_from end) u
  order by w.place`;

function toCycleUsage(row: UsageRow): CycleUsage {
  const own: UsageEvent[] = [];
  const late: LateRecord[] = [];
  for (let index = 0; index < (row.record_id?.length ?? 0); index += 1) {
    const event = toUsageEvent(row, index);
    const found = row.late?.[index];
    if (found) late.push({ ...found, event });
    else own.push(event);
  }
  return { own, late };
}

function toUsageEvent(row: UsageRow, index: number): UsageEvent {
  const text = (column: (typeof usageColumns)[number]) => (row[column]?.[index] ?? '') as string;
  const number = (column: (typeof usageColumns)[number]) => (row[column]?.[index] ?? 0) as number;
  const event = {
    id: text('record_id'),
    source: shared(text('source')),
    sequence: number('sequence'),
    msisdn: shared(text('msisdn')),
    service: shared(text('service')),
    startAt: number('start_at'),
    durationMs: number('duration_ms'),
    bytes: number('bytes'),
    messages: number('messages'),
    direction: text('direction') === 'incoming' ? ('incoming' as const) : ('outgoing' as const),
    calledNumber: text('called_number'),
    callingNumber: text('calling_number'),
    visitedNetwork: shared(text('visited_network')),
  };
  // What is always of one shape is read faster, and few records say more.
  const details = row.details?.[index];
  return details ? { ...event, ...toDetails(details) } : event;
}

function toDetails(found: RecordDetails): Partial<UsageEvent> {
  const { value, currency, session, part, isLast, closingCause, change, imsi, roamingPartner, recordType } = found;
  return {
    ...(value !== null && currency !== null && { value: { amount: value, currency } }),
    ...(session !== null && {
      part: {
        session,
        number: part ?? 1,
        isLast: isLast ?? false,
        ...(closingCause !== null && { closingCause }),
      },
    }),
    ...(change !== null && { change }),
    ...(imsi !== null && { imsi }),
    ...(roamingPartner !== null && { roamingPartner }),
    ...(recordType !== null && { recordType }),
    ...(found.attributes !== null && { attributes: found.attributes }),
  };
}

/**
 * One text for all that are equal, and such as names in the program are: a cell is a part of what came from the database, which is compared
 * letter by letter wherever a rule asks for it.
 */
function shared(text: string): string {
  const known = sharedTexts.get(text);
  if (known !== undefined) return known;
  if (sharedTexts.size > mostShared) sharedTexts.clear();
  const [name = text] = Object.keys({ [text]: true });
  sharedTexts.set(name, name);
  return name;
}

const sharedTexts = new Map<string, string>();
/** Services, sources and networks are few; the numbers of one shard's lines come one after the other. */
const mostShared = 2_000;
