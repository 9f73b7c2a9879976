import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountTimes } from '../../engine/billing-account.ts';
import type { CycleBounds, UsageEvent } from '../../engine/model.ts';
import { literal, readRows } from '../database/copy.ts';

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
  const usage = selections.map(() => ({ own: [] as UsageEvent[], late: [] as LateRecord[] }));
  await readRows(
    db,
    usageSql(selections),
    ([place, isLate, decidedIn, isBilled, subscriptionId, arrived, ...cells]) => {
      const found = usage[Number(place) - 1];
      const event = toUsageEvent(cells);
      if (isLate === 'f') found?.own.push(event);
      else
        found?.late.push({
          event,
          subscriptionId: subscriptionId ?? '',
          arrived: Number(arrived),
          decidedIn: decidedIn ?? null,
          isBilled: isBilled !== 'f',
        });
    },
  );
  return usage;
}

function usageSql(selections: readonly UsageSelection[]): string {
  const each = (pick: (one: UsageSelection) => string | number, type: string) => literal(selections.map(pick), type);
  const wanted = [
    each(({ accountId }) => accountId, 'text'),
    each(({ times, bounds }) => startOfAccountDay(times, bounds.from), 'bigint'),
    each(({ times, bounds }) => startOfAccountDay(times, bounds.until), 'bigint'),
    each(({ usageCut }) => usageCut ?? everything, 'int'),
    each(({ bounds }) => bounds.from, 'date'),
  ];
  // Late usage cannot have started before the earliest record of what has come since: without that, each month would read all months before it.
  return `
    with wanted as (
      select w.*, coalesce((select max(k.usage_cut) from account_cycle k
                            where k.account_id = w.account_id and k.period_until <= w.period_from and k.state <> 'rejected'), 0) as late_from,
                          (select max(k.usage_cut) from account_cycle k
                            where k.account_id = w.account_id and k.period_from >= w.period_from and k.state <> 'rejected') as rated_at
      from unnest(${wanted.join(', ')}) with ordinality as w (account_id, from_ms, until_ms, cut, period_from, place)),
    come as (
      select late_from, cut, (select min(coalesce(f.earliest, 0)) from usage_file f where f.file_id > late_from and f.file_id <= cut) as earliest
      from (select distinct late_from, cut from wanted) as since)
    select w.place, e.start_at < w.from_ms as late, l.period_from as decided_in, l.is_billed, e.subscription_id, e.arrived,
      ${usageColumns.map((column) => `e.${column}`).join(', ')}
    from wanted w join come using (late_from, cut)
    join usage_version e on e.account_id = w.account_id and e.start_at >= least(w.from_ms, come.earliest) and e.start_at < w.until_ms and e.file_id <= w.cut
      and (e.known_until is null or e.known_until > w.cut)
    left join late_usage l on l.source = e.source and l.record_id = e.record_id
    where case when e.start_at < w.from_ms then e.arrived > w.late_from or l.period_from = w.period_from
               when l.source is null then w.rated_at is null or e.arrived <= w.rated_at
               else l.period_from <= w.period_from end`;
}

/** What a bill reads of a record, in the order of `toUsageEvent`. */
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
  'value',
  'value_currency',
  'session',
  'part_number',
  'is_last_part',
  'closing_cause',
  'change',
  'imsi',
  'roaming_partner',
  'record_type',
  'attributes',
] as const;

function toUsageEvent(cells: readonly (string | undefined)[]): UsageEvent {
  const [id, source, sequence, msisdn, service, startAt, durationMs, bytes, messages, direction, ...more] = cells;
  const [called, calling, network, ...details] = more;
  const event = {
    id: id ?? '',
    source: shared(source),
    sequence: Number(sequence),
    msisdn: shared(msisdn),
    service: shared(service),
    startAt: Number(startAt),
    durationMs: Number(durationMs),
    bytes: Number(bytes),
    messages: Number(messages),
    direction: direction === 'incoming' ? ('incoming' as const) : ('outgoing' as const),
    calledNumber: called ?? '',
    callingNumber: calling ?? '',
    visitedNetwork: shared(network),
  };
  // What is always of one shape is read faster, and few records say more.
  return details.every((cell) => cell === undefined) ? event : { ...event, ...detailsOf(details) };
}

function detailsOf(cells: readonly (string | undefined)[]): Partial<UsageEvent> {
  const [value, currency, session, part, isLast, closingCause, change, ...rest] = cells;
  const [imsi, roamingPartner, recordType, attributes] = rest;
  return {
    ...(value !== undefined && currency !== undefined && { value: { amount: value, currency } }),
    ...(session !== undefined && {
      part: {
        session,
        number: Number(part ?? 1),
        isLast: isLast === 't',
        ...(closingCause !== undefined && { closingCause }),
      },
    }),
    ...(change !== undefined && { change: Number(change) }),
    ...(imsi !== undefined && { imsi }),
    ...(roamingPartner !== undefined && { roamingPartner }),
    ...(recordType !== undefined && { recordType }),
    ...(attributes !== undefined && { attributes: JSON.parse(attributes) }),
  };
}

/**
 * One text for all that are equal, and such as names in the program are: a cell is a part of what came from the database, which is compared
 * letter by letter wherever a rule asks for it.
 */
function shared(text: string | undefined): string {
  if (text === undefined) return '';
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
