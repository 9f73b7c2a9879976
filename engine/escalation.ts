/** Telling somebody again: the levels of a message about something that lasts. */
import type { EpochMs } from './model.ts';
import { addDays, instantAt, localDate, localMinutes } from './period.ts';
import type { Facts } from './rule-set.ts';
import { type BusinessEventName, businessEvents } from './vocabulary.ts';

/** Whether the state that an event began still lasts; what begins no state ends with nothing. */
export function stillLasts(event: BusinessEventName, facts: Facts): boolean {
  const found = businessEvents.find(({ name }) => name === event);
  if (!found || !('lasts' in found)) return true;
  const [fact, value] = found.lasts;
  return facts[fact] === value;
}

/** So many days on, at the same time of the day in a zone. */
export function levelDueAt(from: EpochMs, afterDays: number, zone: string): EpochMs {
  return instantAt(addDays(localDate(from, zone), afterDays), localMinutes(from, zone), zone);
}
