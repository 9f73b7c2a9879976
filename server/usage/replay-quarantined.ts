import type { Knex } from 'knex';
import { decodeUsageLine } from './decode-usage-csv.ts';
import { type CollectContext, placeLine } from './place-line.ts';
import { storeUsage, type UsageCounts } from './store-usage.ts';

interface KnownFile {
  readonly file_id: number;
  readonly source: string;
  readonly sequence: number;
  readonly name: string;
  readonly sha256: string;
}

/**
 * Tries the quarantined lines of a file again, after what was wrong has been mended (a subscription registered, a service
 * declared): deliver the same file once more. Lines that are accepted now move to a delivery of their own, which arrives
 * now, so that a bill run that was over before takes them as late; every line is still counted once.
 */
export async function replayQuarantined(
  trx: Knex.Transaction,
  context: CollectContext,
  file: KnownFile,
): Promise<UsageCounts | undefined> {
  const waiting = await trx('quarantined_record')
    .where({ file_id: file.file_id, state: 'open' })
    .whereNot({ reason: 'no-header' })
    .orderBy('line_number');
  const mended = waiting.flatMap(({ line_number, raw }) => {
    const decoded = decodeUsageLine(raw, context.services);
    if (decoded.kind !== 'record') return [];
    const placed = placeLine(context, line_number, raw, decoded);
    return 'refusal' in placed ? [] : [placed];
  });
  if (mended.length === 0) return undefined;
  const lines = mended.map((record) => record.lineNumber);
  await trx('quarantined_record')
    .where({ file_id: file.file_id })
    .whereIn('line_number', lines)
    .update({ state: 'replayed' });
  const less = (column: string) => trx.raw('?? - ?', [column, lines.length]);
  await trx('usage_file')
    .where({ file_id: file.file_id })
    .update({ lines_read: less('lines_read'), quarantined: less('quarantined'), announced: less('announced') });
  const delivery = {
    source: file.source,
    sequence: file.sequence,
    name: `${file.name}, again`,
    sha256: `${file.sha256} ${lines[0]}`,
  };
  return storeUsage(trx, delivery, [mended], () => ({ records: mended.length }));
}
