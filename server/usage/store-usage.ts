import type { Knex } from 'knex';
import type { EpochMs, UsageEvent } from '../../engine/model.ts';
import { type Cell, copyRows } from '../database/copy.ts';
import type { Refusal } from './quarantine-reasons.ts';
import type { Subscriber } from './subscriber-directory.ts';

/** A file, or a batch that came over HTTP: what usage arrives in. */
export interface UsageDelivery {
  readonly source: string;
  readonly sequence: number;
  readonly name: string;
  readonly sha256: string;
  /** Name of its format. */
  readonly format: string;
}

/** What header and trailer say of a delivery. */
export interface Announced {
  /** Null if they differ or lack. */
  readonly records: number | null;
  /** Of quantities and numbers, where the trailer sums them up. */
  readonly totals?: { readonly announced: string; readonly read: string };
}

/** One record line of a delivery, with where it goes. */
export type PlacedRecord =
  | PlacedEvent
  | { readonly lineNumber: number; readonly refusal: Refusal; readonly raw: string };

export interface PlacedEvent {
  readonly lineNumber: number;
  readonly event: Omit<UsageEvent, 'source'>;
  readonly subscriber: Subscriber;
}

export interface UsageCounts {
  readonly linesRead: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  /** Of the accepted: started before the account's open cycle. */
  readonly late: number;
}

/**
 * Stores a delivery so that every record ends in exactly one place: accepted, duplicate or quarantined. Runs inside
 * the caller's transaction. While one batch is being stored, the next is made. `announced` is asked for at the end, when a trailer has been read.
 */
export async function storeUsage(
  trx: Knex.Transaction,
  delivery: UsageDelivery,
  batches: AsyncIterable<readonly PlacedRecord[]> | Iterable<readonly PlacedRecord[]>,
  announced: (linesRead: number) => Announced,
): Promise<UsageCounts> {
  const [file] = await trx('usage_file')
    .insert({ ...delivery, announced: null, lines_read: 0, accepted: 0, duplicate: 0, quarantined: 0, late: 0 })
    .returning('file_id');
  const shelf: Shelf = { trx, fileId: file.file_id, source: delivery.source, repeats: false, earliest: undefined };
  let counts: UsageCounts = { linesRead: 0, accepted: 0, duplicate: 0, quarantined: 0, late: 0 };
  let storing: Promise<void> = Promise.resolve();
  const store = async (batch: readonly PlacedRecord[]) => {
    counts = added(counts, await storeBatch(shelf, batch));
  };
  try {
    for await (const batch of batches) {
      await storing;
      storing = store(batch);
      // Whoever waits for it hears of a failure; until then it is not unheard of.
      storing.catch(() => {});
    }
  } finally {
    await storing;
  }
  const { records: promised, totals } = announced(counts.linesRead);
  await trx('usage_file')
    .where({ file_id: shelf.fileId })
    .update({
      announced: promised,
      totals_announced: totals?.announced ?? null,
      totals_read: totals?.read ?? null,
      lines_read: counts.linesRead,
      accepted: counts.accepted,
      duplicate: counts.duplicate,
      quarantined: counts.quarantined,
      late: counts.late,
      earliest: shelf.earliest ?? null,
    });
  return counts;
}

/** Where the batches of one delivery go. */
interface Shelf {
  readonly trx: Knex.Transaction;
  readonly fileId: number;
  readonly source: string;
  /** A record of this delivery was there before. */
  repeats: boolean;
  /** Start of its earliest record so far. */
  earliest: EpochMs | undefined;
}

/**
 * Straight into the books, which the key of usage refuses if a record was there before. Only then the batch, and those after it, are
 * laid out beside the books first, to find which.
 */
async function storeBatch(shelf: Shelf, batch: readonly PlacedRecord[]): Promise<UsageCounts> {
  const placed = batch.filter((record): record is PlacedEvent => 'event' in record);
  for (const { event } of placed) shelf.earliest = Math.min(shelf.earliest ?? event.startAt, event.startAt);
  const quarantined = batch.length - placed.length;
  if (quarantined > 0) await storeQuarantined(shelf, batch);
  const repeated = (await storeNew(shelf, placed)) ? none : await storeUnlessRepeated(shelf, placed);
  return {
    linesRead: batch.length,
    accepted: placed.length - repeated.lines,
    duplicate: repeated.lines,
    quarantined,
    late: placed.filter(isLate).length - repeated.late,
  };
}

const none = { lines: 0, late: 0 };

/** False if a record was there before; nothing of the batch is stored then. */
async function storeNew(shelf: Shelf, placed: readonly PlacedEvent[]): Promise<boolean> {
  if (shelf.repeats) return false;
  try {
    await shelf.trx.transaction((savepoint) =>
      copyRows(
        savepoint,
        'usage_event',
        ['file_id', 'source', ...namesFor(placed)],
        toRows(placed, [shelf.fileId, shelf.source]),
      ),
    );
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== uniqueViolation) throw error;
    shelf.repeats = true;
    return false;
  }
}

const uniqueViolation = '23505';

const eventColumns = [
  ['account_id', 'text'],
  ['subscription_id', 'text'],
  ['record_id', 'text'],
  ['sequence', 'bigint'],
  ['msisdn', 'text'],
  ['service', 'text'],
  ['start_at', 'bigint'],
  ['duration_ms', 'bigint'],
  ['bytes', 'bigint'],
  ['messages', 'bigint'],
  ['direction', 'text'],
  ['called_number', 'text'],
  ['calling_number', 'text'],
  ['visited_network', 'text'],
  ['value', 'numeric'],
  ['value_currency', 'text'],
  ['session', 'text'],
  ['part_number', 'integer'],
  ['is_last_part', 'boolean'],
  ['closing_cause', 'text'],
  ['change', 'bigint'],
] as const;

/** Few sources say these: a batch without any of them does not carry the columns. */
const detailColumns = [
  ['imsi', 'text'],
  ['roaming_partner', 'text'],
  ['record_type', 'text'],
  ['attributes', 'jsonb'],
] as const;
const allColumns = [...eventColumns, ...detailColumns];
const eventNames = eventColumns.map(([name]) => name);
const allNames = allColumns.map(([name]) => name);

function namesFor(placed: readonly PlacedEvent[]): readonly string[] {
  return placed.some(hasDetails) ? allNames : eventNames;
}

function hasDetails({ event }: PlacedEvent): boolean {
  return (event.imsi ?? event.roamingPartner ?? event.recordType ?? event.attributes) !== undefined;
}

function* toRows(
  placed: readonly PlacedEvent[],
  before: readonly Cell[] | ((record: PlacedEvent) => readonly Cell[]),
): Generator<readonly Cell[]> {
  const isDetailed = placed.some(hasDetails);
  for (const record of placed) {
    const { event, subscriber } = record;
    const row = [
      ...(typeof before === 'function' ? before(record) : before),
      subscriber.accountId,
      subscriber.subscriptionId,
      event.id,
      event.sequence,
      event.msisdn,
      event.service,
      event.startAt,
      event.durationMs,
      event.bytes,
      event.messages,
      event.direction,
      event.calledNumber,
      event.callingNumber,
      event.visitedNetwork,
      event.value?.amount ?? null,
      event.value?.currency ?? null,
      event.part?.session ?? null,
      event.part?.number ?? null,
      event.part?.isLast ?? null,
      event.part?.closingCause ?? null,
      event.change ?? null,
    ];
    if (isDetailed)
      row.push(event.imsi ?? null, event.roamingPartner ?? null, event.recordType ?? null, event.attributes ?? null);
    yield row;
  }
}

/** Of records that are there before, in the books or further up in the delivery, the first counts. */
async function storeUnlessRepeated(
  { trx, fileId, source }: Shelf,
  placed: readonly PlacedEvent[],
): Promise<{ readonly lines: number; readonly late: number }> {
  const columns = allColumns.map(([name, type]) => `${name} ${type}`).join(', ');
  await trx.raw(
    `create temporary table if not exists staged_usage (line_number integer, late boolean, ${columns}) on commit drop`,
  );
  await trx.raw(
    'create temporary table if not exists repeated_usage (line_number integer, record_id text, late boolean) on commit drop',
  );
  const stage = (record: PlacedEvent) => [record.lineNumber, isLate(record)];
  await copyRows(trx, 'staged_usage', ['line_number', 'late', ...namesFor(placed)], toRows(placed, stage));
  await trx.raw(
    `
    insert into repeated_usage
    select line_number, record_id, late from (
      select line_number, record_id, late, row_number() over (partition by record_id order by line_number) as copy
      from staged_usage) staged
    where copy > 1 or exists (select from usage_event e where e.source = ? and e.record_id = staged.record_id)`,
    [source],
  );
  await trx.raw(
    `
    insert into usage_event (file_id, source, ${allNames.join(', ')})
    select ?, ?, ${allNames.join(', ')} from staged_usage s
    where not exists (select from repeated_usage r where r.line_number = s.line_number)`,
    [fileId, source],
  );
  await trx.raw('insert into duplicate_record select ?, line_number, ?, record_id from repeated_usage', [
    fileId,
    source,
  ]);
  const { rows } = await trx.raw(
    'select count(*)::int as lines, (count(*) filter (where late))::int as late from repeated_usage',
  );
  await trx.raw('truncate staged_usage, repeated_usage');
  return rows[0];
}

/** So many characters of a refused line are kept. */
export const longestRaw = 65_536;

async function storeQuarantined({ trx, fileId }: Shelf, batch: readonly PlacedRecord[]): Promise<void> {
  const rows = batch.flatMap((record) =>
    'refusal' in record
      ? [
          [
            fileId,
            record.lineNumber,
            record.refusal.reason,
            storable(record.refusal.detail),
            storable(record.raw.slice(0, longestRaw)),
          ],
        ]
      : [],
  );
  await copyRows(trx, 'quarantined_record', ['file_id', 'line_number', 'reason', 'detail', 'raw'], rows);
}

/** PostgreSQL's text cannot hold a NUL; the replacement character shows where one stood. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function isLate({ event, subscriber }: PlacedEvent): boolean {
  return event.startAt < subscriber.openFrom;
}

function added(a: UsageCounts, b: UsageCounts): UsageCounts {
  return {
    linesRead: a.linesRead + b.linesRead,
    accepted: a.accepted + b.accepted,
    duplicate: a.duplicate + b.duplicate,
    quarantined: a.quarantined + b.quarantined,
    late: a.late + b.late,
  };
}
