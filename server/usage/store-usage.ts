import type { Knex } from 'knex';
import type { UsageEvent } from '../../engine/model.ts';
import { type Cell, copyRows } from '../database/copy.ts';
import type { Refusal } from './quarantine-reasons.ts';
import type { Subscriber } from './subscriber-directory.ts';

/** A file, or a batch that came over HTTP: what usage arrives in. */
export interface UsageDelivery {
  readonly source: string;
  readonly sequence: number;
  readonly name: string;
  readonly sha256: string;
}

/** One record line of a delivery, with where it goes. */
export type PlacedRecord =
  | { readonly lineNumber: number; readonly event: Omit<UsageEvent, 'source'>; readonly subscriber: Subscriber }
  | { readonly lineNumber: number; readonly refusal: Refusal; readonly raw: string };

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
 * the caller's transaction. `announced` is asked for at the end, when a trailer has been read; null if none agrees.
 */
export async function storeUsage(
  trx: Knex.Transaction,
  delivery: UsageDelivery,
  records: AsyncIterable<PlacedRecord> | Iterable<PlacedRecord>,
  announced: () => number | null,
): Promise<UsageCounts> {
  await trx.raw(
    `create temporary table if not exists staged_usage (line_number integer, raw text, reason text, detail text, late boolean, ${eventColumns.map(([name, type]) => `${name} ${type}`).join(', ')}) on commit delete rows`,
  );
  await copyRows(
    trx,
    'staged_usage',
    [...['line_number', 'raw', 'reason', 'detail', 'late'], ...eventNames],
    toRows(records),
  );
  await trx.raw(`
    create temporary table if not exists repeated_usage (line_number integer, record_id text) on commit delete rows`);
  await trx.raw(
    `
    insert into repeated_usage
    select line_number, record_id from (
      select line_number, record_id, row_number() over (partition by record_id order by line_number) as copy
      from staged_usage where reason is null) staged
    where copy > 1 or exists (select from usage_event e where e.source = ? and e.record_id = staged.record_id)`,
    [delivery.source],
  );
  const counts = await countStaged(trx);
  const [file] = await trx('usage_file')
    .insert({
      source: delivery.source,
      sequence: delivery.sequence,
      name: delivery.name,
      sha256: delivery.sha256,
      announced: announced(),
      lines_read: counts.linesRead,
      accepted: counts.accepted,
      duplicate: counts.duplicate,
      quarantined: counts.quarantined,
      late: counts.late,
    })
    .returning('file_id');
  await fileAway(trx, file.file_id, delivery.source);
  return counts;
}

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
] as const;
const eventNames = eventColumns.map(([name]) => name);

async function* toRows(records: AsyncIterable<PlacedRecord> | Iterable<PlacedRecord>): AsyncGenerator<readonly Cell[]> {
  for await (const record of records) {
    if ('refusal' in record) {
      // PostgreSQL's text cannot hold a NUL; the replacement character shows where one stood.
      const raw = record.raw.slice(0, 4_000).replaceAll('\0', '\uFFFD');
      yield [record.lineNumber, raw, record.refusal.reason, record.refusal.detail, null, ...eventNames.map(() => null)];
      continue;
    }
    const { event, subscriber } = record;
    yield [
      record.lineNumber,
      null,
      null,
      null,
      event.startAt < subscriber.openFrom,
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
    ];
  }
}

async function countStaged(trx: Knex.Transaction): Promise<UsageCounts> {
  const { rows } = await trx.raw(`
    select count(*)::int as lines, count(s.reason)::int as quarantined, count(r.line_number)::int as duplicate,
           (count(*) filter (where s.late and r.line_number is null))::int as late
    from staged_usage s left join repeated_usage r using (line_number)`);
  const { lines, quarantined, duplicate, late } = rows[0] as Record<
    'lines' | 'quarantined' | 'duplicate' | 'late',
    number
  >;
  return { linesRead: lines, accepted: lines - quarantined - duplicate, duplicate, quarantined, late };
}

async function fileAway(trx: Knex.Transaction, fileId: number, source: string): Promise<void> {
  await trx.raw(
    `
    insert into usage_event (source, file_id, ${eventNames.join(', ')})
    select ?, ?, ${eventNames.join(', ')} from staged_usage s
    where reason is null and not exists (select from repeated_usage r where r.line_number = s.line_number)`,
    [source, fileId],
  );
  await trx.raw('insert into duplicate_record select ?, line_number, ?, record_id from repeated_usage', [
    fileId,
    source,
  ]);
  await trx.raw(
    `
    insert into quarantined_record (file_id, line_number, reason, detail, raw)
    select ?, line_number, reason, detail, raw from staged_usage where reason is not null`,
    [fileId],
  );
  await trx.raw('truncate staged_usage, repeated_usage');
}
