/** Late usage: what comes when the cycle in which it started has been billed. Where it goes, its plan says. */
import { accountDate, zoneAt } from './account-days.ts';
import { cycleNumber } from './cycles.ts';
import { exceptionOf } from './exceptions.ts';
import type { AccountCycle, Exception, Subscription, UsageEvent } from './model.ts';
import { localTime } from './period.ts';
import { planVersions, versionAt } from './plans.ts';
import { policyOf } from './policies.ts';
import type { RuleSet } from './rule-set.ts';
import { eventKey } from './usage.ts';

/** The bill of its own cycle is corrected, or the open cycle bills it; or it came so late that neither does. */
export type LatePlace = 'own cycle' | 'open cycle' | 'too late';

type OpenCycle = Pick<AccountCycle, 'account' | 'customer' | 'bounds'>;

/** By the plan that the subscription had at the time of the use; by the default where it had none. */
export function placeOfLate(
  { startAt }: Pick<UsageEvent, 'startAt'>,
  subscription: Subscription | undefined,
  open: OpenCycle,
  document: RuleSet,
): LatePlace {
  const plan = subscription && versionAt(planVersions(open, subscription, document), startAt)?.plan;
  const { billedBy, withinCycles } = policyOf(plan, 'lateUsage');
  if (withinCycles !== undefined && cyclesBefore(open, startAt) > withinCycles) return 'too late';
  const { closedOn } = open.account;
  // A closed account has no next cycle: nothing but corrections is on an invoice of its.
  const isLast = closedOn !== undefined && closedOn <= open.bounds.from;
  return billedBy === 'own cycle' || isLast ? 'own cycle' : 'open cycle';
}

/** What no cycle bills any more is told, record by record. */
export function tooLateUsage({ account, bounds, tooLate = [] }: AccountCycle): readonly Exception[] {
  return tooLate.map((event) => {
    const { startAt, service, msisdn } = event;
    const age = cyclesBefore({ account, bounds }, startAt);
    const quantities = [
      event.durationMs > 0 && `${event.durationMs / 1000} s`,
      event.bytes > 0 && `${event.bytes} bytes`,
      event.messages > 0 && `${event.messages} messages`,
      event.value && `worth ${event.value.amount} ${event.value.currency}`,
      event.change !== undefined && `a change by ${event.change}`,
    ].filter((words) => typeof words === 'string');
    const what = [`${service} of ${msisdn}`, ...quantities].join(', ');
    return exceptionOf(
      'late-beyond-limit',
      eventKey(event),
      `Started ${localTime(startAt, zoneAt(account, startAt))}, ${age} cycles before this one, and came only now: ${what}. It is not billed.`,
    );
  });
}

function cyclesBefore({ account, bounds }: Pick<OpenCycle, 'account' | 'bounds'>, startAt: number): number {
  return cycleNumber(account, bounds.from) - cycleNumber(account, accountDate(account, startAt));
}
