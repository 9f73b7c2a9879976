import type { CollectContext } from '../usage/place-line.ts';
import { findNamed, type Subscriber } from '../usage/subscriber-directory.ts';
import { formatNamed } from '../usage/usage-formats.ts';
import { type Doubt, doubtIn, type RunCycle } from './run-cycles.ts';

/** So many lines are read: of a file with more, the file itself is doubted. */
const mostLines = 20_000;

interface WaitingLine {
  readonly line_number: number;
  readonly raw: string;
  readonly detail: string;
  readonly name: string;
  readonly format: string;
}

/**
 * Records of the cycles that wait in quarantine because they name the number of one subscription and the IMSI or id of another: whichever is right,
 * the bill of one of them lacks a record. Each subscription that such a record names is doubted, once for each record.
 */
export async function tornRecords(
  context: CollectContext,
  cycles: ReadonlyMap<string, RunCycle>,
): Promise<readonly Doubt[]> {
  const lines: WaitingLine[] = await context
    .db('quarantined_record as q')
    .join('usage_file as f', 'f.file_id', 'q.file_id')
    .where({ 'q.reason': 'torn-subscriber', 'q.state': 'open' })
    .whereNull('f.withdrawn_at')
    .orderBy(['q.file_id', 'q.line_number'])
    .limit(mostLines)
    .select('q.line_number', 'q.raw', 'q.detail', 'f.name', 'f.format');
  return lines.flatMap((line) => {
    const evidence = `Line ${line.line_number} of ${line.name} waits in quarantine: ${line.detail}.`;
    const decoded = formatNamed(line.format, context.formats)?.decode(line.raw, context.services);
    if (decoded?.kind !== 'record') return [];
    const { event } = decoded;
    const named = new Map<string, Subscriber>(
      findNamed(context.directory, event).map(({ subscriber }) => [subscriber.subscriptionId, subscriber]),
    );
    return [...named.values()].flatMap(({ accountId, subscriptionId }) =>
      doubtIn(cycles, { accountId, subscriptionId, at: event.startAt }, evidence),
    );
  });
}
