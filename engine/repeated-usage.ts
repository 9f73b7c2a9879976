/** The same use told twice under different ids: a switch that was restarted, a file that was converted again. */
import { zoneAt } from './account-days.ts';
import type { AccountTimes } from './billing-account.ts';
import { exceptionOf } from './exceptions.ts';
import { groupBy } from './group-by.ts';
import type { Exception, UsageEvent } from './model.ts';
import { localTime } from './period.ts';
import { contentOf, eventKey } from './usage.ts';

/**
 * One exception for each group of events that agree in everything but their ids and sequence numbers. They are charged, all of
 * them: two short messages may leave in one second, and only a person can find out.
 *
 * @param events in the order of rating, so that what starts together stands together.
 */
export function repeatedUsage(events: readonly UsageEvent[], account: AccountTimes): readonly Exception[] {
  const exceptions: Exception[] = [];
  for (let first = 0; first < events.length; ) {
    let next = first + 1;
    while (events[next]?.startAt === events[first]?.startAt && next < events.length) next += 1;
    if (next - first > 1) exceptions.push(...alike(events.slice(first, next), account));
    first = next;
  }
  return exceptions;
}

function alike(together: readonly UsageEvent[], account: AccountTimes): readonly Exception[] {
  return [...groupBy(together, contentOf).values()].flatMap(([first, second, ...more]) =>
    second ? [repeated(first, second, more.length, account)] : [],
  );
}

function repeated(first: UsageEvent, second: UsageEvent, more: number, account: AccountTimes): Exception {
  const named = ({ id, source }: UsageEvent) => `${id} of ${source}`;
  const others = more === 0 ? named(second) : `${named(second)} and ${more} more`;
  const evidence = `${first.service} of ${first.msisdn} on ${localTime(first.startAt, zoneAt(account, first.startAt))} is told by ${named(first)} and again by ${others}: alike in everything but the id. All are charged.`;
  return exceptionOf('repeated-usage', eventKey(second), evidence);
}
