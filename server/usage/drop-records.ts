import type { Knex } from 'knex';
import { decided, type QuarantineDecision } from './replay-quarantined.ts';
import { lockedFile } from './replay-records.ts';

export interface DropOutcome {
  readonly dropped: number;
  /** Places in the request of what does not wait: unknown, settled since, or of a file that was taken out. */
  readonly notWaiting: readonly number[];
}

/** Records that are never to be rated wait no longer; they stay in the books as they came, with who says so and why. */
export async function dropRecords(
  db: Knex,
  records: readonly { readonly file: number; readonly line: number }[],
  decision: QuarantineDecision & { readonly why: string },
): Promise<DropOutcome> {
  const dropped = new Set<number>();
  for (const fileId of new Set(records.map(({ file }) => file))) {
    const wanted = [...records.entries()].filter(([, { file }]) => file === fileId);
    await db.transaction(async (trx) => {
      if (!(await lockedFile(trx, fileId))) return;
      const rows: { line_number: number }[] = await trx('quarantined_record')
        .where({ file_id: fileId, state: 'open' })
        .whereIn(
          'line_number',
          wanted.map(([, { line }]) => line),
        )
        .update({ state: 'dropped', why: decision.why, ...decided(decision) })
        .returning('line_number');
      const lines = new Set(rows.map(({ line_number }) => line_number));
      for (const [index, { line }] of wanted) if (lines.delete(line)) dropped.add(index);
    });
  }
  const notWaiting = [...records.keys()].filter((index) => !dropped.has(index));
  return { dropped: dropped.size, notWaiting };
}
