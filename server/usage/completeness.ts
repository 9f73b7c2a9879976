import type { Knex } from 'knex';
import type { Exception } from '../../engine/model.ts';
import { unknownSource } from './collect-file.ts';

/** What the sources owe us: file numbers that never came, and files whose counts disagree with their header or trailer. */
export async function checkCompleteness(db: Knex): Promise<readonly Exception[]> {
  const gaps = await db.raw(`
    select source, sequence + 1 as first, next - 1 as last from (
      select source, sequence, lead(sequence) over (partition by source order by sequence) as next
      from (select distinct source, sequence from usage_file where withdrawn_at is null) numbers) steps
    where next > sequence + 1 order by source, first`);
  const miscounted = await db('usage_file')
    .whereNull('withdrawn_at')
    .whereRaw('(announced is distinct from lines_read or totals_announced <> totals_read)')
    .select('source', 'sequence', 'name', 'announced', 'lines_read', 'totals_announced', 'totals_read')
    .orderBy(['source', 'sequence', 'name']);
  return [
    ...gaps.rows.map(sourceGap),
    ...miscounted.map((file) =>
      sourceException(
        'trailer-mismatch',
        file.source === unknownSource ? file.name : `${file.source}#${file.sequence}`,
        mismatchInWords(file),
      ),
    ),
  ];
}

function sourceGap({ source, first, last }: { source: string; first: number; last: number }): Exception {
  if (first === last)
    return sourceException(
      'source-gap',
      `${source}#${first}`,
      `File ${first} of source ${source} never came; its usage is not billed yet.`,
    );
  return sourceException(
    'source-gap',
    `${source}#${first}-${last}`,
    `Files ${first} to ${last} of source ${source} never came; their usage is not billed yet.`,
  );
}

function mismatchInWords(file: {
  readonly name: string;
  readonly announced: number | null;
  readonly lines_read: number;
  readonly totals_announced: string | null;
  readonly totals_read: string | null;
}): string {
  if (file.announced === null)
    return `${file.name} holds ${file.lines_read} records; its header and trailer do not agree on a number, or one is missing.`;
  if (file.announced !== file.lines_read)
    return `${file.name} holds ${file.lines_read} records; its header and trailer promise ${file.announced}.`;
  return `The records of ${file.name} add up to ${file.totals_read}; its trailer says ${file.totals_announced} (seconds, bytes, messages, numbers).`;
}

function sourceException(code: 'source-gap' | 'trailer-mismatch', subject: string, evidence: string): Exception {
  return { code, action: 'flag', severity: 'medium', object: 'source', subject, evidence };
}
