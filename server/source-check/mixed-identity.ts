import { exceptionOf } from '../../engine/exceptions.ts';
import { groupBy } from '../../engine/group-by.ts';
import type { Exception } from '../../engine/model.ts';
import type { CollectContext } from '../usage/place-line.ts';
import type { Doubt, RunCycle } from './run-cycles.ts';
import { strangeDevices } from './strange-devices.ts';
import { tornRecords } from './torn-records.ts';

/** Of doubts about whose the records are: found before rating, of more than one account at once. */
export const doubtCode = 'mixed-identity';

/** Sentences that the evidence quotes. */
const quoted = 3;

/** A subscription whose records seem to be another one's, or the other way round, and its cycle. */
export interface DoubtedCycle {
  readonly accountId: string;
  readonly periodFrom: string;
  readonly exception: Exception;
}

/** Doubts whose the records of some cycles are, by account; an exception for each subscription. */
export async function findMixedIdentity(
  context: CollectContext,
  cycles: ReadonlyMap<string, RunCycle>,
): Promise<readonly DoubtedCycle[]> {
  const doubts = [...(await tornRecords(context, cycles)), ...(await strangeDevices(context.db, cycles))];
  const bySubscription = groupBy(doubts, (doubt) => doubt.subscriptionId);
  return [...bySubscription].map(([subscriptionId, own]) => ({
    exception: exceptionOf(doubtCode, subscriptionId, inWords(own)),
    accountId: own[0].cycle.accountId,
    periodFrom: own[0].cycle.periodFrom,
  }));
}

function inWords(doubts: readonly Doubt[]): string {
  const sentences = doubts.map(({ evidence }) => evidence);
  const more = sentences.length > quoted ? [`And ${sentences.length - quoted} more like these.`] : [];
  return [...sentences.slice(0, quoted), ...more].join(' ');
}
