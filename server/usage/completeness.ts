import type { Knex } from 'knex';
import type { Exception } from '../../engine/model.ts';
import { unknownSource } from './collect-file.ts';

/** What the sources owe us: file numbers that never came, and files whose counts disagree with their header or trailer. */
export async function checkCompleteness(db: Knex): Promise<readonly Exception[]> {
  const gaps = await db.raw(`
    select source, sequence + 1 as first, next - 1 as last from (
      select source, sequence, lead(sequence) over (partition by source order by sequence) as next
      from (select distinct source, sequence from usage_file) numbers) steps
    where next > sequence + 1 order by source, first`);
  const miscounted = await db('usage_file')
    .whereRaw('announced is distinct from lines_read')
    .select('source', 'sequence', 'name', 'announced', 'lines_read')
    .orderBy(['source', 'sequence', 'name']);
  return [
    ...gaps.rows.map(sourceGap),
    ...miscounted.map((file) =>
      sourceException(
        'trailer-mismatch',
        file.source === unknownSource ? file.name : `${file.source}#${file.sequence}`,
        `${file.name} holds ${file.lines_read} records; ${file.announced === null ? 'its header and trailer do not agree on a number, or one is missing' : `its header and trailer promise ${file.announced}`}.`,
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

function sourceException(code: 'source-gap' | 'trailer-mismatch', subject: string, evidence: string): Exception {
  return { code, action: 'flag', severity: 'medium', object: 'source', subject, evidence };
}
