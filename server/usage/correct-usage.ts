import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import type { UsageEvent } from '../../engine/model.ts';
import { type CollectContext, placeRecord } from './place-line.ts';
import type { PlacedEvent } from './store-usage.ts';
import type { Subscriber } from './subscriber-directory.ts';
import { lockSource } from './usage-lock.ts';
import type { UsageRecord } from './usage-record.ts';

/** What is said of a record that was wrong. */
export interface UsageCorrection {
  /** Chosen by who asks; asked for again, it changes nothing. */
  readonly id: string;
  readonly source: string;
  readonly recordId: string;
  readonly reason: string;
  readonly by: string;
  /** What is true instead; absent if nothing is, and the record is withdrawn. */
  readonly replacement?: Omit<UsageRecord, 'id'>;
}

export type UsageCorrectionOutcome =
  | { readonly kind: 'taken'; readonly taken: number; readonly known: number }
  | { readonly kind: 'unknown record'; readonly index: number }
  | { readonly kind: 'id taken'; readonly index: number }
  | { readonly kind: 'refused'; readonly index: number; readonly detail: string };

/** What stands for the source of corrections: each is a delivery, so that a run's usage cut is before or after it. */
const correctionSource = '(corrections)';

/** Withdraws or replaces records, all or none. They stay in the books, and no longer count from the next cut on. */
export async function correctUsage(
  context: CollectContext,
  corrections: readonly UsageCorrection[],
): Promise<UsageCorrectionOutcome> {
  const undone: { outcome?: UsageCorrectionOutcome } = {};
  try {
    return await context.db.transaction(async (trx) => {
      await lockSource(trx, correctionSource);
      let taken = 0;
      for (const [index, correction] of corrections.entries()) {
        const outcome = await correctRecord(trx, context, correction);
        if (outcome === 'known') continue;
        if (outcome !== 'taken') {
          undone.outcome = { ...outcome, index };
          throw new Error(outcome.kind);
        }
        taken += 1;
      }
      return { kind: 'taken', taken, known: corrections.length - taken };
    });
  } catch (error) {
    if (undone.outcome) return undone.outcome;
    throw error;
  }
}

type Refused = { readonly kind: 'unknown record' | 'id taken' } | { readonly kind: 'refused'; readonly detail: string };

async function correctRecord(
  trx: Knex.Transaction,
  context: CollectContext,
  correction: UsageCorrection,
): Promise<'taken' | 'known' | Refused> {
  const { id, source, recordId, reason, by, replacement } = correction;
  const known = await trx('usage_correction').where({ correction_id: id }).first();
  if (known) {
    const said = { source: known.source, recordId: known.record_id, replacement: known.replacement ?? undefined };
    return isDeepStrictEqual(said, { source, recordId, replacement }) ? 'known' : { kind: 'id taken' };
  }
  const record = await trx('usage_event').where({ source, record_id: recordId }).first('file_id');
  if (!record) return { kind: 'unknown record' };
  const right = replacement && placed(context, { ...replacement, id: recordId });
  if (typeof right === 'string') return { kind: 'refused', detail: right };
  const delivery = await deliver(trx, id);
  const current = { source, record_id: recordId, known_until: null };
  for (const table of ['usage_event', 'usage_replacement'])
    await trx(table).where(current).update({ known_until: delivery });
  if (right) {
    await trx('usage_replacement').insert({
      ...rowOf({ ...right.event, source }, right.subscriber),
      file_id: delivery,
      arrived: record.file_id,
    });
    // It counts as having come with what it replaces, but may have started before all of that.
    await trx('usage_file')
      .where({ file_id: record.file_id })
      .update({ earliest: trx.raw('least(earliest, ?)', [right.event.startAt]) });
  }
  await trx('usage_correction').insert({
    correction_id: id,
    delivery,
    source,
    record_id: recordId,
    replacement: replacement ? JSON.stringify(replacement) : null,
    reason,
    requested_by: by,
  });
  return 'taken';
}

/** The event, and who it is of, or why it is nobody's. */
function placed(
  { services, directory }: CollectContext,
  record: UsageRecord,
): Pick<PlacedEvent, 'event' | 'subscriber'> | string {
  if (!services.has(record.service)) return `There is no service "${record.service}"`;
  const found = placeRecord(directory, record);
  return 'reason' in found ? `${found.reason}: ${found.detail}` : found;
}

async function deliver(trx: Knex.Transaction, id: string): Promise<number> {
  const last = await trx('usage_file').where({ source: correctionSource }).max({ last: 'sequence' }).first();
  const [file] = await trx('usage_file')
    .insert({
      source: correctionSource,
      sequence: (last?.last ?? 0) + 1,
      name: `correction ${id}`,
      sha256: createHash('sha256').update(`${correctionSource} ${id}`).digest('hex'),
      announced: 0,
      lines_read: 0,
      accepted: 0,
      duplicate: 0,
      quarantined: 0,
      late: 0,
    })
    .returning('file_id');
  return file.file_id;
}

function rowOf(event: UsageEvent, { accountId, subscriptionId }: Subscriber) {
  return {
    account_id: accountId,
    subscription_id: subscriptionId,
    source: event.source,
    record_id: event.id,
    sequence: event.sequence,
    msisdn: event.msisdn,
    service: event.service,
    start_at: event.startAt,
    duration_ms: event.durationMs,
    bytes: event.bytes,
    messages: event.messages,
    direction: event.direction,
    called_number: event.calledNumber,
    calling_number: event.callingNumber,
    visited_network: event.visitedNetwork,
    value: event.value?.amount ?? null,
    value_currency: event.value?.currency ?? null,
    session: event.part?.session ?? null,
    part_number: event.part?.number ?? null,
    is_last_part: event.part?.isLast ?? null,
    closing_cause: event.part?.closingCause ?? null,
    change: event.change ?? null,
    imsi: event.imsi ?? null,
    roaming_partner: event.roamingPartner ?? null,
    record_type: event.recordType ?? null,
    attributes: event.attributes ? JSON.stringify(event.attributes) : null,
  };
}
