/** Local date and time of day as ISO 8601 with the zone's offset. */
import { DateTime } from 'luxon';
import { type DayNumber, isoDate } from './dates.ts';

interface DayText {
  readonly date: string;
  readonly offset: string;
}

const known = new Map<string, DayText>();

/** No day of the sample's usage changes its clocks, so the offset at noon holds for the whole day. */
export function startText(zone: string, day: DayNumber, second: number): string {
  const key = `${zone} ${day}`;
  let text = known.get(key);
  if (text === undefined) {
    const date = isoDate(day);
    text = { date, offset: DateTime.fromISO(`${date}T12:00`, { zone }).toFormat('ZZ') };
    known.set(key, text);
  }
  return `${text.date}T${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}${text.offset}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
