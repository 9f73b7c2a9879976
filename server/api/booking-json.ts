/** What persons book beside the runs, as JSON: returns, write-offs, pay-outs. */
import { Type } from 'typebox';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import { dayFault } from '../receivables/payment.ts';
import type { ApiDeps } from './api-deps.ts';
import { closed, day, decidedBy } from './json-fields.ts';
import { amountText } from './payment-json.ts';
import { invalidBody } from './problem.ts';
import { todayIn } from './today.ts';

/** The id that makes a booking one, however often it is told. */
export function bookedOnce(what: string, maxLength = 200) {
  return Type.String({ minLength: 1, maxLength, description: `Unique for ever: told again it is the same ${what}` });
}

/** A booking of an amount on a day, by somebody for a reason. */
export function bookingBody(what: string, amountDescription: string, longestId?: number) {
  return Type.Object(
    {
      id: bookedOnce(what, longestId),
      amount: Type.Optional({ ...amountText, description: amountDescription }),
      on: Type.Optional({ ...day, description: 'Today unless told' }),
      ...decidedBy,
    },
    closed,
  );
}

/**
 * The day of what a person says of a payment: today unless told.
 *
 * @param field of the body, where the day is told.
 * @throws ProblemError for a day that cannot be.
 */
export function bookingDay(deps: ApiDeps, told: LocalDate | undefined, now: EpochMs, field: string): LocalDate {
  const today = todayIn(deps, now);
  const detail = dayFault(told ?? today, today);
  if (detail !== undefined) throw invalidBody([{ pointer: `#/${field}`, detail }]);
  return told ?? today;
}
