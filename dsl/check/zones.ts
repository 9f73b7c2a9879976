/** Local times to instants, with the time-zone data of the platform. */
import { DateTime, IANAZone } from 'luxon';
import type { Report } from '../diagnostic.ts';
import type { Instant, Word } from '../syntax/tree.ts';

export function isZone(name: string): boolean {
  // Zones that were looked at are kept by luxon; asking the platform anew takes longer than reading a sentence.
  return IANAZone.create(name).isValid;
}

export function checkZone(zone: Word, report: Report): string | undefined {
  if (isZone(zone.text)) return zone.text;
  report(
    'unknown-zone',
    zone.span,
    `there is no time zone \`${zone.text}\``,
    'write one as Area/City, such as Europe/Berlin',
  );
  return undefined;
}

/** Epoch milliseconds; a local time that a clock change skips does not exist and is reported. */
export function instantToBase(instant: Instant, defaultZone: string, report: Report): number | undefined {
  const zone = instant.zone ? checkZone(instant.zone, report) : defaultZone;
  if (!zone) return undefined;
  const text = `${instant.date}T${instant.time.padStart(5, '0')}`;
  const moment = DateTime.fromISO(text, { zone });
  if (moment.isValid && moment.toFormat("yyyy-MM-dd'T'HH:mm") === text.slice(0, 16)) {
    if (moment.getPossibleOffsets().length === 1) return moment.toMillis();
    report(
      'ambiguous-time',
      instant.span,
      `${instant.date} ${instant.time} comes twice in ${zone}: the clocks go back`,
      'write a time outside that hour, or the instant in the zone Etc/UTC',
    );
    return undefined;
  }
  report(
    'impossible-date',
    instant.span,
    `${instant.date} ${instant.time} does not exist in ${zone}`,
    'write a day and a time that exist there',
  );
  return undefined;
}
