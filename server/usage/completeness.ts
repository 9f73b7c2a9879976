import type { Knex } from 'knex';
import type { Exception } from '../../engine/model.ts';

/** What the sources owe us: file numbers that never came, and files whose counts disagree with their header or trailer. */
export async function checkCompleteness(db: Knex): Promise<readonly Exception[]> {
  const gaps = await db.raw(`
    select source, sequence from (
      select source, generate_series(min(sequence), max(sequence)) as sequence from usage_file group by source) expected
    where not exists (select from usage_file f where f.source = expected.source and f.sequence = expected.sequence)
    order by source, sequence`);
  const miscounted = await db('usage_file')
    .whereRaw('announced is distinct from lines_read')
    .select('source', 'sequence', 'name', 'announced', 'lines_read')
    .orderBy(['source', 'sequence', 'name']);
  return [
    ...gaps.rows.map((gap: { source: string; sequence: number }) =>
      sourceException(
        'source-gap',
        `${gap.source}#${gap.sequence}`,
        `File ${gap.sequence} of source ${gap.source} never came; its usage is not billed yet.`,
      ),
    ),
    ...miscounted.map((file) =>
      sourceException(
        'trailer-mismatch',
        `${file.source}#${file.sequence}`,
        `${file.name} holds ${file.lines_read} records; ${file.announced === null ? 'its header and trailer do not agree on a number, or one is missing' : `its header and trailer promise ${file.announced}`}.`,
      ),
    ),
  ];
}

function sourceException(code: 'source-gap' | 'trailer-mismatch', subject: string, evidence: string): Exception {
  return { code, action: 'flag', severity: 'medium', object: 'source', subject, evidence };
}
