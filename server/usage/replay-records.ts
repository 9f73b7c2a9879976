import type { Knex } from 'knex';
import type { CollectContext } from './place-line.ts';
import type { QuarantineReason, Refusal } from './quarantine-reasons.ts';
import {
  acceptMended,
  type KnownFile,
  type MendedLine,
  mendedLine,
  type QuarantineDecision,
  type WaitingLine,
} from './replay-quarantined.ts';
import { formatNamed } from './usage-formats.ts';
import { lockSource } from './usage-lock.ts';

/** A record in quarantine that is to be tried again. */
export interface ReplayRequest {
  /** Number of the delivery. */
  readonly file: number;
  readonly line: number;
  /** The line as it should have been, in the format of its file; without it the line as it came. */
  readonly corrected?: string;
  /** Instead: what single fields of the line as it came should have said, by their names in the format. */
  readonly fields?: Readonly<Record<string, string>>;
}

export interface ReplayOutcome {
  readonly accepted: number;
  readonly duplicate: number;
  /** Still waiting, each with its place in the request. */
  readonly refused: readonly {
    readonly index: number;
    readonly reason: QuarantineReason;
    readonly detail: string;
  }[];
  /** Places in the request of what does not wait: unknown, accepted since, or of a file that was taken out. */
  readonly notWaiting: readonly number[];
}

/** Tries single records again, corrected or as they came: what is accepted is stored, what is not goes on waiting. */
export async function replayRecords(
  context: CollectContext,
  requests: readonly ReplayRequest[],
  decision: QuarantineDecision,
): Promise<ReplayOutcome> {
  const outcome = { accepted: 0, duplicate: 0, refused: [] as ReplayOutcome['refused'][number][] };
  const notWaiting: number[] = [];
  for (const fileId of new Set(requests.map(({ file }) => file))) {
    const wanted = [...requests.entries()].filter(([, { file }]) => file === fileId);
    await context.db.transaction(async (trx) => {
      const file = await lockedFile(trx, fileId);
      const mended = new Map<number, MendedLine>();
      for (const [index, request] of wanted) {
        const { line } = request;
        const waiting: WaitingLine | undefined =
          file &&
          (await trx('quarantined_record').where({ file_id: fileId, line_number: line, state: 'open' }).first());
        if (!file || !waiting || mended.has(line)) {
          notWaiting.push(index);
          continue;
        }
        const found = correctedLine(context, file, waiting, request);
        if ('reason' in found) outcome.refused.push({ index, reason: found.reason, detail: found.detail });
        else mended.set(line, found);
      }
      if (!file || mended.size === 0) return;
      const { accepted, duplicate } = await acceptMended(trx, file, [...mended.values()], decision);
      outcome.accepted += accepted;
      outcome.duplicate += duplicate;
    });
  }
  return { ...outcome, notWaiting };
}

function correctedLine(
  context: CollectContext,
  file: KnownFile,
  waiting: WaitingLine,
  { corrected, fields }: ReplayRequest,
): MendedLine | Refusal {
  if (!fields) return mendedLine(context, file, waiting, corrected);
  const line = formatNamed(file.format, context.formats)?.withFields(waiting.raw, fields);
  if (line !== undefined) return mendedLine(context, file, waiting, line);
  return {
    reason: waiting.reason,
    detail: `The line has no field ${Object.keys(fields).join(', ')}: correct all of it`,
  };
}

/** A delivery that is in the books, absent if it was taken out. Nobody else collects of its source meanwhile. */
export async function lockedFile(trx: Knex.Transaction, fileId: number): Promise<KnownFile | undefined> {
  const file = await trx('usage_file').where({ file_id: fileId }).whereNull('withdrawn_at').first();
  if (file) await lockSource(trx, file.source);
  return file;
}
