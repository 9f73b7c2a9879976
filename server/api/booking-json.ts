/** What persons book beside the runs, as JSON: returns, write-offs, pay-outs. */
import { Type } from 'typebox';
import { closed, day, decidedBy } from './json-fields.ts';
import { amountText } from './payment-json.ts';

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
