import type { LocalDate } from '../../engine/model.ts';
import { dayFault } from './payment.ts';

/** What a person books beside the runs: a write-off, a pay-out. */
export interface Booking {
  /** Unique for ever: told again it is the same booking. */
  readonly id: string;
  readonly on: LocalDate;
  readonly by: string;
  readonly reason: string;
}

export interface BookingFault {
  readonly kind: 'unfit';
  readonly field: 'amount' | keyof Booking;
  /** What is wrong with it, to be read after its name. */
  readonly detail: string;
}

/** Why nobody can book this today, whatever it is and whoever asks, API or command; undefined if it can be booked. */
export function bookingFault({ id, on, by, reason }: Booking, today: LocalDate): BookingFault | undefined {
  for (const [field, text] of Object.entries({ id, by, reason }) as ['id' | 'by' | 'reason', string][])
    if (text.trim() === '') return { kind: 'unfit', field, detail: 'must be more than blanks' };
  const detail = dayFault(on, today);
  return detail === undefined ? undefined : { kind: 'unfit', field: 'on', detail };
}
