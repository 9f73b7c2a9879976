import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';

/**
 * Takes a usage file out until its source delivers it again: its records are removed, its number is missing, and the same bytes are
 * not collected any more. Does nothing to a file that a run has taken in already: what is billed is corrected, not removed.
 */
export async function withdrawFile(
  trx: Knex.Transaction,
  file: { readonly source: string; readonly sequence: number },
  now: EpochMs,
): Promise<void> {
  const { source, sequence } = file;
  const ids: number[] = await trx('usage_file')
    .where({ source, sequence })
    .whereNull('withdrawn_at')
    .whereRaw('file_id > coalesce((select max(usage_cut) from bill_run), 0)')
    // A cycle that was rated again has taken in more than its run.
    .whereRaw('file_id > coalesce((select max(usage_cut) from account_cycle), 0)')
    .pluck('file_id');
  await trx('usage_event').whereIn('file_id', ids).delete();
  await trx('quarantined_record').whereIn('file_id', ids).where({ state: 'open' }).update({ state: 'dropped' });
  await trx('usage_file')
    .whereIn('file_id', ids)
    .update({ withdrawn_at: new Date(now).toISOString() });
}

/** The file that an exception of a source is about: `MSC1#12`. */
export function fileOfSubject(subject: string): { readonly source: string; readonly sequence: number } | undefined {
  const [, source, sequence] = /^(.+)#(\d+)$/.exec(subject) ?? [];
  return source === undefined ? undefined : { source, sequence: Number(sequence) };
}
