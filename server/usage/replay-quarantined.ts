import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import type { RecordLine, RefusedLine } from './decoded-line.ts';
import { refuse } from './decoded-line.ts';
import { type CollectContext, placeLine } from './place-line.ts';
import type { QuarantineReason, Refusal } from './quarantine-reasons.ts';
import { longestRaw, type PlacedEvent, storeUsage, type UsageCounts } from './store-usage.ts';
import { formatNamed } from './usage-formats.ts';

/** A delivery, as the books know it. */
export interface KnownFile {
  readonly file_id: number;
  readonly source: string;
  readonly sequence: number;
  readonly name: string;
  readonly sha256: string;
  readonly format: string;
}

/** A line that waits, as it came. */
export interface WaitingLine {
  readonly line_number: number;
  readonly reason: QuarantineReason;
  readonly raw: string;
}

/** A waiting line that would be accepted now. */
export interface MendedLine {
  readonly placed: PlacedEvent;
  /** What a person says the line should have been. */
  readonly corrected?: string;
}

/** Who settles records that wait, and when. */
export interface QuarantineDecision {
  readonly by: string;
  readonly at: EpochMs;
}

/**
 * Tries the quarantined lines of a file again, after what was wrong has been mended (a subscription registered, a service
 * declared): deliver the same file once more. Undefined if none of them is accepted now.
 */
export async function replayQuarantined(
  trx: Knex.Transaction,
  context: CollectContext,
  file: KnownFile,
): Promise<UsageCounts | undefined> {
  const waiting: WaitingLine[] = await trx('quarantined_record')
    .where({ file_id: file.file_id, state: 'open' })
    .orderBy('line_number');
  const mended = waiting.flatMap((line) => {
    const found = mendedLine(context, file, line);
    return 'reason' in found ? [] : [found];
  });
  return mended.length === 0 ? undefined : acceptMended(trx, file, mended);
}

/** The line as it came, or as a person has corrected it, if it would be accepted now, and else why not. */
export function mendedLine(
  context: Omit<CollectContext, 'db'>,
  file: KnownFile,
  { line_number, reason, raw }: WaitingLine,
  corrected?: string,
): MendedLine | Refusal {
  if (reason === 'no-header') return { reason, detail: 'nobody knows whose records the file holds' };
  if (corrected === undefined && raw.length >= longestRaw)
    return refuse('not-a-record', 'Only the beginning of the line was kept');
  const format = formatNamed(file.format, context.formats);
  if (!format) return refuse('not-a-record', `No format "${file.format}" is declared any more`);
  const decoded = format.decode(corrected ?? raw, context.services);
  if (decoded.kind === 'header' || decoded.kind === 'trailer')
    return refuse('not-a-record', `The line is a ${decoded.kind}`);
  const refusal = foreignTo(file, decoded);
  if (refusal) return refusal;
  const placed = placeLine(context, line_number, raw, decoded);
  if ('refusal' in placed) return placed.refusal;
  return { placed, ...(corrected !== undefined && { corrected }) };
}

/** The columns of the books that say who decided. */
export function decided({ by, at }: QuarantineDecision): { readonly decided_by: string; readonly decided_at: string } {
  return { decided_by: by, decided_at: new Date(at).toISOString() };
}

function foreignTo({ source }: KnownFile, decoded: RecordLine | RefusedLine): Refusal | undefined {
  if (decoded.kind === 'refused' || decoded.source === undefined || decoded.source === source) return undefined;
  return refuse('other-source', `the file is of ${source}`);
}

/**
 * Lines that are accepted now move to a delivery of their own, which arrives now, so that a bill run that was over before takes
 * them as late; every line is still counted once.
 */
export async function acceptMended(
  trx: Knex.Transaction,
  file: KnownFile,
  mended: readonly MendedLine[],
  decision?: QuarantineDecision,
): Promise<UsageCounts> {
  const lines = mended.map(({ placed }) => placed.lineNumber);
  const ofFile = () => trx('quarantined_record').where({ file_id: file.file_id });
  await ofFile()
    .whereIn('line_number', lines)
    .update({ state: 'replayed', ...(decision && decided(decision)) });
  for (const { placed, corrected } of mended)
    if (corrected !== undefined) await ofFile().where({ line_number: placed.lineNumber }).update({ corrected });
  const less = (column: string) => trx.raw('?? - ?', [column, lines.length]);
  await trx('usage_file')
    .where({ file_id: file.file_id })
    .update({ lines_read: less('lines_read'), quarantined: less('quarantined'), announced: less('announced') });
  const delivery = {
    source: file.source,
    sequence: file.sequence,
    name: `${file.name}, again`,
    sha256: `${file.sha256} ${lines[0]}`,
    format: file.format,
  };
  return storeUsage(trx, delivery, [mended.map(({ placed }) => placed)], () => ({ records: mended.length }));
}
