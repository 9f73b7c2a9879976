/** Counts over time: how many events of one kind lie in the time before an event. */
import type { EventCount } from '../../engine/rule-set.ts';
import type { EventCountNode } from '../syntax/tree.ts';
import { amountInWords, expectPositive } from './quantities.ts';
import type { Scene } from './scene.ts';
import { knownDestinations, knownService } from './services.ts';

/** The derived fact that a count is, or a report of what is wrong with it. Only a rule on one event, after rating, has one. */
export function lowerCount({ span, service, to, within }: EventCountNode, scene: Scene): string | undefined {
  const { book, report } = scene;
  if (scene.scope !== 'event' || scene.stage !== 'done') {
    report(
      'out-of-scope',
      span,
      'events are counted over time only where a rule is about one event, once all of them are known',
      'ask it in an anomaly that holds, flags or rejects an `event`',
    );
    return undefined;
  }
  const known = knownService(service, book, report);
  const destinations = to.length > 0 ? knownDestinations(to, scene) : undefined;
  const withinMs = expectPositive(within, 'duration', 'the time in which events are counted', report);
  if (known === undefined || withinMs === undefined || (to.length > 0 && !destinations)) return undefined;
  const among = destinations ? ` to ${destinations.among.join(' or ')}` : '';
  const fact = `count of ${known}${among} in ${amountInWords(withinMs, 'duration')}`;
  const expression: EventCount = {
    op: 'count of events',
    fact,
    service: known,
    ...(destinations && { to: destinations }),
    withinMs,
  };
  book.derived.set(fact, { name: fact, type: { kind: 'count' }, expression });
  return fact;
}
