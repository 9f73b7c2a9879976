/** Promotions that end: which discounts are in time, and what part of a line their days cover. */
import { cycleNumber } from './cycles.ts';
import type { AccountCycle, ChargedLine, Subscription } from './model.ts';
import { type Rational, rational } from './money.ts';
import type { DiscountOutcome } from './outcomes.ts';
import { addDays, addMonths, daysIn, intersect, type Period } from './period.ts';

const whole = rational(1);

/** Whether a discount that counts cycles still runs in the cycle of this number. */
export function isInCycles(
  { cyclesFromAcceptance }: DiscountOutcome,
  number: number,
  { account }: AccountCycle,
  { acceptedOn }: Subscription,
): boolean {
  if (cyclesFromAcceptance === undefined) return true;
  const since = number - cycleNumber(account, acceptedOn);
  return 0 <= since && since < cyclesFromAcceptance;
}

/** The part of a line's days on which a discount that counts months runs. */
export function coveredPart(
  { monthsFromAcceptance }: DiscountOutcome,
  line: Pick<ChargedLine, 'from' | 'until'>,
  subscription: Pick<Subscription, 'acceptedOn'> | undefined,
): Rational {
  if (monthsFromAcceptance === undefined || !subscription) return whole;
  const days = daysIn(line);
  return days === 0 ? whole : rational(daysIn(intersect(line, promotionOf(subscription, monthsFromAcceptance))), days);
}

/** From the day of acceptance to the day before the same day of a later month; to the end of a month that has no such day. */
function promotionOf({ acceptedOn }: Pick<Subscription, 'acceptedOn'>, months: number): Period {
  const until = addMonths(acceptedOn, months);
  const isShorter = until.slice(8) !== acceptedOn.slice(8);
  return { from: acceptedOn, until: isShorter ? addDays(until, 1) : until };
}
